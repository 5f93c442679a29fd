import { env, l10n, type Position, Range, ViewColumn, window, workspace } from 'vscode';
import { ReasoningFilter } from '../core/answerText';
import { proposedCode } from '../core/codeProposal';
import { continuationOf } from '../core/continuation';
import { QuilletError, toQuilletError } from '../core/errors';
import { isComplete, type RunResult, type SinkReport } from '../core/run';
import type { RunRecord } from '../core/runRecord';
import type { Destination, DestinationCall, RunTarget } from '../host/destination';
import { replaceTarget } from '../host/documentEdits';
import type { IncompleteMark } from '../host/incompleteMark';
import { StreamWriter } from '../host/streamWriter';
import { TrackedTarget } from '../host/trackedTarget';

/** Replaces the selection in one edit, and only with an answer that is complete. */
export const replaceDestination: Destination = {
  writes: true,
  async start({ target, plan, execute }) {
    const tracked = new TrackedTarget(target.document, target.range);
    try {
      await execute(plan, {
        onText: () => undefined,
        finish: (result) => finishReplace(tracked, result, target.place),
      });
    } finally {
      tracked.dispose();
    }
  },
};

async function finishReplace(
  tracked: TrackedTarget,
  result: RunResult,
  place: DestinationCall['target']['place'],
): Promise<SinkReport> {
  if (tracked.lost !== undefined) return { error: new QuilletError(tracked.lost), unwritten: result.text };
  if (!isComplete(result)) return notComplete(result);
  try {
    const code = proposedCode(result.text, place);
    const problem = await replaceTarget(tracked, code);
    return problem === undefined ? {} : { error: new QuilletError(problem), unwritten: code };
  } catch (thrown) {
    return { error: toQuilletError(thrown), unwritten: result.text };
  }
}

/** An answer that ended for want of room is a failure where it would have taken the place of something. */
function notComplete(result: RunResult): SinkReport {
  const isShort = result.outcome === 'ok';
  return { unwritten: result.text, ...(isShort ? { error: new QuilletError('finish.length') } : {}) };
}

/** Where an answer is streamed to, and the line ends that keep it apart from the selection. */
interface Placement {
  anchor(target: RunTarget): Position;
  readonly prefix: string;
  readonly suffix: string;
}

export type StreamedPlace = 'insert' | 'before' | 'after';

const placements: Readonly<Record<StreamedPlace, Placement>> = {
  insert: { anchor: ({ range }) => range.end, prefix: '', suffix: '' },
  before: { anchor: ({ range }) => range.start.with({ character: 0 }), prefix: '', suffix: '\n' },
  after: { anchor: ({ document, range }) => document.lineAt(lastLine(range)).range.end, prefix: '\n', suffix: '' },
};

/** A selection that ends at the start of a line ends, for a reader, with the line before. */
function lastLine(range: Range): number {
  return range.end.character === 0 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
}

/** Streams the answer into the text: right behind the selection, or on lines of its own before or after it. */
export function createStreamedDestination(mark: IncompleteMark, place: StreamedPlace): Destination {
  const destination: Destination = {
    writes: true,
    async start({ target, plan, execute }) {
      const { anchor, prefix, suffix } = placements[place];
      const writer = new StreamWriter(target.document, new Range(anchor(target), anchor(target)));
      const resume = (answer: string) => {
        const written = writer.writtenRange.end;
        // The rest belongs before the line end that keeps the answer apart from the selection.
        const end = suffix === '' ? written : target.document.lineAt(Math.max(0, written.line - 1)).range.end;
        writer.dispose();
        return createStreamedDestination(mark, 'insert').start({
          target: { ...target, range: new Range(end, end) },
          plan: continuationOf(plan, answer),
          execute,
        });
      };
      const onIncomplete = () => mark.show(target.document, writer.writtenRange);
      let record: RunRecord | undefined;
      try {
        record = await execute(plan, streamSink(writer, { prefix, suffix, resume, onIncomplete }));
      } finally {
        // Where the rest is offered, its place must follow what is edited around it until the user asks for it.
        const isOffered = record?.finishReason === 'length' && record.error === undefined;
        if (!isOffered) writer.dispose();
      }
    },
  };
  return destination;
}

/** Streams the answer into a new Markdown document beside; it stays whatever happens. */
export const documentDestination: Destination = {
  writes: false,
  async start({ plan, execute }) {
    const document = await workspace.openTextDocument({ language: 'markdown', content: '' });
    await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: false });
    const writer = new StreamWriter(document, new Range(0, 0, 0, 0));
    try {
      await execute(plan, streamSink(writer, {}));
    } finally {
      writer.dispose();
    }
  },
};

/** Puts the complete answer on the clipboard. */
export const clipboardDestination: Destination = {
  writes: false,
  async start({ plan, execute }) {
    await execute(plan, {
      onText: () => undefined,
      async finish(result) {
        if (!isComplete(result)) return notComplete(result);
        await env.clipboard.writeText(result.text);
        window.setStatusBarMessage(l10n.t('Quillet: the answer is on the clipboard'), 5000);
        return {};
      },
    });
  },
};

interface StreamEnd {
  readonly prefix?: string;
  readonly suffix?: string;
  readonly onIncomplete?: () => void;
  readonly resume?: (answer: string) => Promise<void>;
}

function streamSink(writer: StreamWriter, { prefix = '', suffix = '', onIncomplete, resume }: StreamEnd) {
  const reasoning = new ReasoningFilter();
  let isEmpty = true;
  const push = (text: string): void => {
    if (text === '') return;
    writer.push(isEmpty ? prefix + text : text);
    isEmpty = false;
  };
  return {
    stopped: writer.stopped,
    onText: (piece: string) => push(reasoning.push(piece)),
    async finish(result: RunResult): Promise<SinkReport> {
      push(reasoning.end());
      if (!isEmpty && suffix !== '') writer.push(suffix);
      const report = await writer.finish();
      if (isEmpty && result.outcome === 'ok')
        return { error: new QuilletError('body.empty', { subject: 'reasoning' }) };
      if (!isComplete(result) && !writer.writtenRange.isEmpty) onIncomplete?.();
      return { ...report, ...(resume === undefined ? {} : { resume: () => resume(result.text) }) };
    },
  };
}
