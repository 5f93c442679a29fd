import { withoutUndefined } from '../util/withoutUndefined';
import { getHomeFolder } from './environment';

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

/** Without a shell and in the home folder, so that a workspace can't plant a program of the same name. */
export async function runProcess(
  [program = '', ...args]: readonly string[],
  limits: ProcessLimits,
  signal: AbortSignal,
): Promise<string> {
  // Empty in a browser.
  const { spawn }: Partial<typeof import('node:child_process')> = await import('node:child_process');
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
        // A grandchild process may keep the pipe open.
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
    child.stdout.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      if (size > limits.maxOutputBytes) kill('tooLong');
      else output += decoder.decode(chunk, { stream: true });
    });
  });
}
