import { createCellReviewDestination } from '../features/cellReviewDestination';
import { type ReviewCommandsParts, reviewCommands } from '../features/reviewCommands';
import { createReviewDestination, type ReviewParts } from '../features/reviewDestination';

/** Proposals: where they are shown, in files and in notebooks, and what users do with them. */
export function createReviewing(parts: ReviewParts & ReviewCommandsParts) {
  const review = createReviewDestination(parts);
  return { review, inCells: createCellReviewDestination({ ...parts, review }), commands: reviewCommands(parts) };
}
