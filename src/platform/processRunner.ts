import { homeFolder } from './environment';

/** Why a program gave nothing that can be used. Neither its output nor its arguments are part of this. */
export type ProgramFailure = 'noPrograms' | 'notFound' | 'exit' | 'timeout' | 'tooLong' | 'stopped';

export class ProgramError extends Error {
  override readonly name = 'ProgramError';

  constructor(readonly reason: ProgramFailure) {
    super(reason);
  }
}

export interface ProgramLimits {
  readonly milliseconds: number;
  readonly bytes: number;
}

/**
 * The only place that starts programs. No shell reads the arguments, nothing is typed into the program, what it writes to
 * the error stream is thrown away, and it starts in the home folder: a workspace must not be able to put a program of the
 * same name in the way. It is killed when it is stopped, takes too long or says too much.
 * @throws ProgramError
 */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  limits: ProgramLimits,
  signal: AbortSignal,
): Promise<string> {
  const { spawn } = await import('node:child_process');
  if (spawn === undefined) throw new ProgramError('noPrograms');
  if (signal.aborted) throw new ProgramError('stopped');
  const home = homeFolder();
  const child = spawn(program, args, {
    shell: false,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    ...(home === undefined ? {} : { cwd: home }),
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
    const kill = (reason: ProgramFailure): void =>
      settle(() => {
        child.kill('SIGKILL');
        // A program of its own that it started may hold the pipe open.
        child.stdout.destroy();
        reject(new ProgramError(reason));
      });
    const stop = (): void => kill('stopped');
    const timer = setTimeout(() => kill('timeout'), limits.milliseconds);
    signal.addEventListener('abort', stop, { once: true });
    child.on('error', () => settle(() => reject(new ProgramError('notFound'))));
    child.on('close', (code) =>
      settle(() => {
        if (code === 0) resolve(output + decoder.decode());
        else reject(new ProgramError('exit'));
      }),
    );
    child.stdout.on('data', (chunk) => {
      size += chunk.length;
      if (size > limits.bytes) kill('tooLong');
      else output += decoder.decode(chunk, { stream: true });
    });
  });
}
