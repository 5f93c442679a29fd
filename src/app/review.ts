import { createCellReviewDestination } from '../review/cellReviewDestination';
import { type ReviewCommandsParts, reviewCommands } from '../review/reviewCommands';
import { createReviewDestination, type ReviewParts } from '../review/reviewDestination';

/** Proposals: where they are shown, in files and in notebooks, and what users do with them. */
export function createReviewing(parts: ReviewParts & ReviewCommandsParts) {
  const review = createReviewDestination(parts);
  return { review, inCells: createCellReviewDestination({ ...parts, review }), commands: reviewCommands(parts) };
}
