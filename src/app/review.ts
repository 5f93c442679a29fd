import { createCellReviewDestination } from '../review/cellReviewDestination';
import { type ReviewCommandsServices, reviewCommands } from '../review/reviewCommands';
import { createReviewDestination, type ReviewServices } from '../review/reviewDestination';

export function createReview(services: ReviewServices & ReviewCommandsServices) {
  const review = createReviewDestination(services);
  return { review, inCells: createCellReviewDestination({ ...services, review }), commands: reviewCommands(services) };
}
