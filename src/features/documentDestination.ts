import { Range, ViewColumn, window, workspace } from 'vscode';
import type { Destination, DestinationCall } from '../host/destination';
import { streamSink } from '../host/streamSink';
import { StreamWriter } from '../host/streamWriter';

/** Streams the answer into a new Markdown document beside; it stays whatever happens. */
export const documentDestination: Destination = {
  writes: false,
  several: 'joined',
  async start(calls) {
    await Promise.all(calls.map(openDocument));
  },
};

async function openDocument({ plan, execute }: DestinationCall): Promise<void> {
  const document = await workspace.openTextDocument({ language: 'markdown', content: '' });
  await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: false });
  const writer = new StreamWriter(document, new Range(0, 0, 0, 0));
  try {
    await execute(plan, streamSink(writer, {}));
  } finally {
    writer.dispose();
  }
}
