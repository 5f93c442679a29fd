import { QuilletError } from '../core/errors';
import type { CommandTable } from '../host/commands';
import type { ReviewActions, Reviews } from '../host/reviews';
import type { ThreadFinder } from '../host/threadFinder';

export interface ReviewCommandsParts {
  readonly finder: ThreadFinder;
  readonly reviews: Reviews;
}

/** What users do with a proposal, by its buttons or, for the review nearest to the caret, by palette and keyboard. */
export function reviewCommands(
  parts: ReviewCommandsParts,
): CommandTable<'quillet.accept' | 'quillet.reject' | 'quillet.openDiff'> {
  const review = (argument: unknown): ReviewActions => {
    const actions = parts.reviews.get(parts.finder.find(argument, 'review'));
    if (actions === undefined) throw new QuilletError('editor.thread');
    return actions;
  };
  return {
    'quillet.accept': (argument) => review(argument).accept(),
    'quillet.reject': (argument) => review(argument).reject(),
    'quillet.openDiff': (argument) => review(argument).openDiff(),
  };
}
