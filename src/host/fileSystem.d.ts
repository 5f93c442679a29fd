/** The little of Node's module that `realPath.ts` uses. In the web bundle there is no Node, and `realpath` is undefined. */
declare module 'node:fs/promises' {
  export const realpath: ((path: string) => Promise<string>) | undefined;
}
