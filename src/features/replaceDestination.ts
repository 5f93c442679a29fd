import { proposedCode } from '../core/codeProposal';
import { QuilletError, toQuilletError } from '../core/errors';
import { isComplete, notComplete, type RunResult, type SinkReport } from '../core/run';
import type { Destination, DestinationCall } from '../host/destination';
import { replaceTarget } from '../host/documentEdits';
import { TrackedTarget } from '../host/trackedTarget';

/** Replaces the selection in one edit, and only with an answer that is complete. */
export const replaceDestination: Destination = {
  writes: true,
  several: 'each',
  async start(calls) {
    await Promise.all(calls.map(replaceOne));
  },
};

async function replaceOne({ target, plan, execute }: DestinationCall): Promise<void> {
  const tracked = new TrackedTarget(target.document, target.range);
  try {
    await execute(plan, {
      onText: () => undefined,
      finish: (result) => finishReplace(tracked, result, target.place),
    });
  } finally {
    tracked.dispose();
  }
}

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
