/** The little of Node's module that `localFiles.ts` uses. In browsers there is no Node, and each of them is undefined. */
declare module 'node:fs/promises' {
  interface Entry {
    isFile(): boolean;
    isDirectory(): boolean;
    isSymbolicLink(): boolean;
  }
  export const realpath: ((path: string) => Promise<string>) | undefined;
  export const lstat: ((path: string) => Promise<Entry>) | undefined;
}
