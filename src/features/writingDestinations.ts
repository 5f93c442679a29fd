import { env, l10n, Range, ViewColumn, window, workspace } from 'vscode';
import { ReasoningFilter } from '../core/answerText';
import { proposedCode } from '../core/codeProposal';
import { continuationOf } from '../core/continuation';
import { QuilletError, toQuilletError } from '../core/errors';
import { isComplete, type RunResult, type SinkReport } from '../core/run';
import type { Destination, DestinationCall } from '../host/destination';
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

/** Streams the answer into the text behind the selection. */
export function createInsertDestination(mark: IncompleteMark): Destination {
  const insert: Destination = {
    writes: true,
    async start({ target, plan, execute }) {
      const writer = new StreamWriter(target.document, new Range(target.range.end, target.range.end));
      const resume = (answer: string) => {
        const end = writer.writtenRange.end;
        return insert.start({
          target: { ...target, range: new Range(end, end) },
          plan: continuationOf(plan, answer),
          execute,
        });
      };
      try {
        await execute(
          plan,
          streamSink(writer, { resume, onIncomplete: () => mark.show(target.document, writer.writtenRange) }),
        );
      } finally {
        writer.dispose();
      }
    },
  };
  return insert;
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
  readonly onIncomplete?: () => void;
  readonly resume?: (answer: string) => Promise<void>;
}

function streamSink(writer: StreamWriter, { onIncomplete, resume }: StreamEnd) {
  const reasoning = new ReasoningFilter();
  const push = (text: string): void => {
    if (text !== '') writer.push(text);
  };
  return {
    stopped: writer.stopped,
    onText: (piece: string) => push(reasoning.push(piece)),
    async finish(result: RunResult): Promise<SinkReport> {
      push(reasoning.end());
      const report = await writer.finish();
      if (!isComplete(result) && !writer.writtenRange.isEmpty) onIncomplete?.();
      return { ...report, ...(resume === undefined ? {} : { resume: () => resume(result.text) }) };
    },
  };
}
