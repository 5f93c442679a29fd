/** The part of the module that fileSystem.ts uses. In the web bundle both are undefined. */
declare module 'node:fs/promises' {
  interface Entry {
    isFile(): boolean;
    isDirectory(): boolean;
    isSymbolicLink(): boolean;
  }
  export const realpath: ((path: string) => Promise<string>) | undefined;
  export const lstat: ((path: string) => Promise<Entry>) | undefined;
}
