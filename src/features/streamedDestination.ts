import { type Position, Range } from 'vscode';
import { continuationOf } from '../core/continuation';
import type { RunRecord } from '../core/runRecord';
import type { Destination, DestinationCall, RunTarget } from '../host/destination';
import type { IncompleteMark } from '../host/incompleteMark';
import { streamSink } from '../host/streamSink';
import { StreamWriter } from '../host/streamWriter';

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
  return {
    writes: true,
    several: 'each',
    async start(calls) {
      await Promise.all(calls.map((call) => streamOne(mark, place, call)));
    },
  };
}

async function streamOne(mark: IncompleteMark, place: StreamedPlace, call: DestinationCall): Promise<void> {
  const { target, plan, execute } = call;
  const { anchor, prefix, suffix } = placements[place];
  const writer = new StreamWriter(target.document, new Range(anchor(target), anchor(target)));
  const resume = (answer: string) => {
    const written = writer.writtenRange.end;
    // The rest belongs before the line end that keeps the answer apart from the selection.
    const end = suffix === '' ? written : target.document.lineAt(Math.max(0, written.line - 1)).range.end;
    writer.dispose();
    const rest = { target: { ...target, range: new Range(end, end) }, plan: continuationOf(plan, answer), execute };
    return streamOne(mark, 'insert', rest);
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
}
