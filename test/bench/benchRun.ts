import { Runner, readSettings } from './host';
import { measureStart } from './startBenchmark';
import { measureLargeFile, measureMemory, measureStreams } from './streamBenchmark';

const benchmarks: Readonly<Record<string, (runner: Runner) => Promise<void>>> = {
  start: measureStart,
  stream: measureStreams,
  large: measureLargeFile,
  memory: measureMemory,
};

/** Called by VS Code inside the extension host. */
export async function run(): Promise<void> {
  const runner = new Runner(readSettings());
  await benchmarks[runner.settings.benchmark]?.(runner);
  await runner.end();
}
