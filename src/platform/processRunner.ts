import { withoutUndefined } from '../util/withoutUndefined';
import { getHomeFolder } from './environment';

/** Why a program gave nothing that can be used. Neither its output nor its arguments are part of this. */
export type ProcessFailure = 'noPrograms' | 'notFound' | 'exit' | 'timeout' | 'tooLong' | 'stopped';

export class ProcessError extends Error {
  override readonly name = 'ProgramError';

  constructor(readonly reason: ProcessFailure) {
    super(reason);
  }
}

export interface ProcessLimits {
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

/**
 * The only place that starts programs. No shell reads the arguments, nothing is typed into the program, what it writes to
 * the error stream is thrown away, and it starts in the home folder: a workspace must not be able to put a program of the
 * same name in the way. It is killed when it is stopped, takes too long or says too much.
 * @throws ProcessError
 */
export async function runProcess(
  [program = '', ...args]: readonly string[],
  limits: ProcessLimits,
  signal: AbortSignal,
): Promise<string> {
  const { spawn } = await import('node:child_process');
  if (spawn === undefined) throw new ProcessError('noPrograms');
  if (signal.aborted) throw new ProcessError('stopped');
  const home = getHomeFolder();
  const child = spawn(program, args, {
    shell: false,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    ...withoutUndefined({ cwd: home }),
  });
  const decoder = new TextDecoder();
  let output = '';
  let size = 0;
  return new Promise<string>((resolve, reject) => {
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      finish();
    };
    const kill = (reason: ProcessFailure): void =>
      settle(() => {
        child.kill('SIGKILL');
        // A program of its own that it started may hold the pipe open.
        child.stdout.destroy();
        reject(new ProcessError(reason));
      });
    const stop = (): void => kill('stopped');
    const timer = setTimeout(() => kill('timeout'), limits.timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    child.on('error', () => settle(() => reject(new ProcessError('notFound'))));
    child.on('close', (code) =>
      settle(() => {
        if (code === 0) resolve(output + decoder.decode());
        else reject(new ProcessError('exit'));
      }),
    );
    child.stdout.on('data', (chunk) => {
      size += chunk.length;
      if (size > limits.maxOutputBytes) kill('tooLong');
      else output += decoder.decode(chunk, { stream: true });
    });
  });
}
