import { type Position, Range } from 'vscode';
import { CompletionFilter } from '../answers/completionFilter';
import { type AnswerFilter, chainFilters, FenceFilter } from '../answers/fenceFilter';
import { adjacentLineTarget, fitCode } from '../answers/fitCode';
import { isMarkdownLanguage } from '../answers/languages';
import { QuilletError } from '../core/errors';
import { moveCursorsToEnd } from '../editor/editorView';
import type { IncompleteDecoration } from '../editor/incompleteDecoration';
import { lastLine } from '../editor/lastLine';
import type { Notifier } from '../notifications/notifier';
import { toLineFeeds } from '../text/indentation';
import { AnswerBatch, type BatchTarget } from './answerBatch';
import { writeCompleteAnswer } from './completeAnswer';
import { findCompletionAnchor } from './completionAnchor';
import type { Destination, DestinationCall, RunTarget } from './destination';
import { streamAnswer } from './streamedAnswer';

interface Placement {
  getAnchor(target: RunTarget): Position;
  readonly prefix: string;
  readonly suffix: string;
  /** If true, an answer in a code file must be code. */
  readonly isOnOwnLines: boolean;
}

export type StreamedPosition = 'insert' | 'before' | 'after';

const PLACEMENTS: Readonly<Record<StreamedPosition, Placement>> = {
  insert: { getAnchor: findCompletionAnchor, prefix: '', suffix: '', isOnOwnLines: false },
  before: {
    getAnchor: ({ range }) => range.start.with({ character: 0 }),
    prefix: '',
    suffix: '\n',
    isOnOwnLines: true,
  },
  after: {
    getAnchor: ({ document, range }) => document.lineAt(lastLine(range)).range.end,
    prefix: '\n',
    suffix: '',
    isOnOwnLines: true,
  },
};

export interface StreamedDestinationServices {
  readonly decoration: IncompleteDecoration;
  readonly notifier: Notifier;
}

/** Code on lines of its own is written when complete, because what is code is only known at the end. */
export function createStreamedDestination(
  { decoration, notifier }: StreamedDestinationServices,
  position: StreamedPosition,
): Destination {
  return {
    modifiesDocument: true,
    selectionMode: 'each',
    async start(calls) {
      const [call, ...rest] = calls;
      if (call === undefined || rest.length > 0)
        await new AnswerBatch(notifier, calls, createBatchTarget(position)).run();
      else await writeSingleAnswer(decoration, position, call);
    },
  };
}

async function writeSingleAnswer(
  decoration: IncompleteDecoration,
  position: StreamedPosition,
  call: DestinationCall,
): Promise<void> {
  const { target, plan, execute } = call;
  const { getAnchor, prefix, suffix, isOnOwnLines } = PLACEMENTS[position];
  const range = new Range(getAnchor(target), getAnchor(target));
  if (isOnOwnLines && isCode(target)) {
    const wrap = (code: string) => prefix + code + suffix;
    return writeCompleteAnswer(call, { range: range, codeTarget: adjacentLineTarget(target.codeTarget), wrap });
  }
  const filter = createFilter(position, call);
  const { document } = target;
  const streamed = { plan, execute, document, range, prefix, suffix, filter, canUndo: true };
  const onWritten = (written: Range): void => moveCursorsToEnd(document, [written]);
  await streamAnswer(decoration, position === 'insert' ? { ...streamed, onWritten } : streamed);
}

function createBatchTarget(position: StreamedPosition): BatchTarget {
  const { getAnchor, prefix, suffix, isOnOwnLines } = PLACEMENTS[position];
  return {
    getRange: ({ target }) => new Range(getAnchor(target), getAnchor(target)),
    formatText: (answer, call) => {
      const { target } = call;
      if (isOnOwnLines && isCode(target))
        return prefix + fitCode(answer, adjacentLineTarget(target.codeTarget)) + suffix;
      const filter = createFilter(position, call);
      const text = filter.push(toLineFeeds(answer)) + filter.end();
      if (text === '') throw new QuilletError('body.empty');
      return prefix + text + suffix;
    },
    ...(position === 'insert' && { onWritten: moveCursorsToEnd }),
  };
}

function createFilter(position: StreamedPosition, { target, plan }: DestinationCall): AnswerFilter {
  const { document, range, codeTarget } = target;
  const fenceFilters = isCode(target) ? [new FenceFilter()] : [];
  const anchor = findCompletionAnchor(target);
  const { text } = document.lineAt(anchor.line);
  const isAfterLineBreak = anchor.line < range.end.line;
  const isLineEnd = text.slice(anchor.character).trim() === '';
  // A text completion model continues the text itself, line breaks included.
  const isContinuing = plan.endpoint.api === 'completions' && !isAfterLineBreak;
  if (position !== 'insert' || !isLineEnd || isContinuing) return chainFilters(fenceFilters);
  const line = text.slice(0, anchor.character);
  const place = { line, languageId: codeTarget.languageId, isAfterLineBreak };
  return chainFilters([...fenceFilters, new CompletionFilter(place)]);
}

function isCode({ codeTarget }: RunTarget): boolean {
  return !isMarkdownLanguage(codeTarget.languageId);
}
