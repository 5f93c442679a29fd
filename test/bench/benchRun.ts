import { Runner, readSettings } from './host';
import { measureStart } from './startPart';
import { measureLargeFile, measureMemory, measureStreams } from './streamPart';

const parts: Readonly<Record<string, (runner: Runner) => Promise<void>>> = {
  start: measureStart,
  stream: measureStreams,
  large: measureLargeFile,
  memory: measureMemory,
};

/** VS Code calls this inside the extension host. */
export async function run(): Promise<void> {
  const runner = new Runner(readSettings());
  await parts[runner.settings.part]?.(runner);
  await runner.end();
}
