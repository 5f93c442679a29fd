/** Made by `esbuild.js` from `media/prompts`, with the parser of `promptFile.ts`. */
declare module 'quillet:built-in-prompts' {
  export const builtInPrompts: readonly import('./promptFile').PromptDefinition[];
}
