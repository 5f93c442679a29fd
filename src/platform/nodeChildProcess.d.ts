/** The part of the module that processRunner.ts uses. In the web bundle `spawn` is undefined. */
declare module 'node:child_process' {
  interface RunningProcess {
    readonly stdout: {
      on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
      destroy(): unknown;
    };
    on(event: 'error', listener: (error: Error & { readonly code?: string }) => void): unknown;
    on(event: 'close', listener: (code: number | null) => void): unknown;
    kill(signal: 'SIGKILL'): boolean;
  }

  export const spawn:
    | ((
        program: string,
        args: readonly string[],
        options: {
          readonly shell: false;
          readonly windowsHide: true;
          readonly stdio: readonly ['ignore', 'pipe', 'ignore'];
          readonly cwd?: string;
        },
      ) => RunningProcess)
    | undefined;
}
