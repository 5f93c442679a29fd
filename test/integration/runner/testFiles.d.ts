/** Made by esbuild.js: imports all the test files, found by glob. */
declare module 'test-files' {
  export function load(): Promise<void>;
}
