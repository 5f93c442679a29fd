import { type Position, Range } from 'vscode';
import { isProseLanguage, stripReasoning } from '../answers/codeBlocks';
import { type CodeTarget, fitCode } from '../answers/fitCode';
import { QuilletError } from '../core/errors';
import type { IncompleteDecoration } from '../editor/incompleteDecoration';
import type { Notifier } from '../notifications/notifier';
import { toLineFeeds } from '../text/indentation';
import { AnswerBatch, type BatchPlace } from './answerBatch';
import type { Destination, DestinationCall, RunTarget } from './destination';
import { streamAnswer } from './streamedAnswer';
import { writeWholeAnswer } from './wholeAnswer';

/** Where an answer is streamed to, and the line ends that keep it apart from the selection. */
interface Placement {
  anchor(target: RunTarget): Position;
  readonly prefix: string;
  readonly suffix: string;
  /** Whether the answer has lines of its own, so that in code it has to be code. */
  readonly isLines: boolean;
}

export type StreamedPlace = 'insert' | 'before' | 'after';

const placements: Readonly<Record<StreamedPlace, Placement>> = {
  insert: { anchor: ({ range }) => range.end, prefix: '', suffix: '', isLines: false },
  before: { anchor: ({ range }) => range.start.with({ character: 0 }), prefix: '', suffix: '\n', isLines: true },
  after: {
    anchor: ({ document, range }) => document.lineAt(lastLine(range)).range.end,
    prefix: '\n',
    suffix: '',
    isLines: true,
  },
};

/** A selection that ends at the start of a line ends, for a reader, with the line before. */
function lastLine(range: Range): number {
  return range.end.character === 0 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
}

export interface StreamedParts {
  readonly mark: IncompleteDecoration;
  readonly notifier: Notifier;
}

/**
 * Puts the answer into the text: right behind the selection, or on lines of its own before or after it. It is streamed,
 * but for code on lines of its own: what is code in an answer is known at its end. Several answers that arrive at once
 * would leave an undo step each, so they are written together when all are complete.
 */
export function createStreamedDestination({ mark, notifier }: StreamedParts, place: StreamedPlace): Destination {
  return {
    writes: true,
    several: 'each',
    async start(calls) {
      const [call, ...others] = calls;
      if (call === undefined || others.length > 0) await new AnswerBatch(notifier, calls, writingAt(place)).run();
      else await writeOne(mark, place, call);
    },
  };
}

async function writeOne(mark: IncompleteDecoration, place: StreamedPlace, call: DestinationCall): Promise<void> {
  const { target, plan, execute } = call;
  const { anchor, prefix, suffix, isLines } = placements[place];
  const at = new Range(anchor(target), anchor(target));
  if (isLines && isCode(target)) {
    const around = (code: string) => prefix + code + suffix;
    return writeWholeAnswer(call, { range: at, place: lineBeside(target), around });
  }
  await streamAnswer(mark, { plan, execute, document: target.document, at, prefix, suffix, canUndo: true });
}

function writingAt(place: StreamedPlace): BatchPlace {
  const { anchor, prefix, suffix, isLines } = placements[place];
  return {
    place: ({ target }) => new Range(anchor(target), anchor(target)),
    text: (answer, { target }) => {
      if (isLines && isCode(target)) return prefix + fitCode(answer, lineBeside(target)) + suffix;
      const text = stripReasoning(toLineFeeds(answer));
      if (text === '') throw new QuilletError('body.empty', { subject: 'reasoning' });
      return prefix + text + suffix;
    },
  };
}

function isCode({ place }: RunTarget): boolean {
  return !isProseLanguage(place.languageId);
}

/** Code on lines of its own is indented like the first line of the selection that holds something. */
function lineBeside({ place }: RunTarget): CodeTarget {
  const lines = toLineFeeds(place.linePrefix + place.text).split('\n');
  return { ...place, text: lines.find((line) => line.trim() !== '') ?? '', linePrefix: '' };
}
