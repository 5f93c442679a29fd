import * as vscode from 'vscode';
import type { CommandHost } from '../platform/commands';
import type { PromptFileOpening } from '../prompts/authoring/promptFileOpening';

/** What a part of the product gives to the others. */
type Exports = Readonly<Record<string, unknown>>;

/** The product itself, as its part exports it. */
interface Product {
  createQuillet(context: vscode.ExtensionContext, opening: PromptFileOpening): CommandHost;
}

/** The names of the files that the product is built into, which the build puts here; they lie where the desktop's entry lies. */
declare const QUILLET_PARTS: readonly string[];

/**
 * Stands in for `quillet.ts` in browsers. VS Code gives an extension one file there and no way to require another, so the
 * parts of the desktop build are read through the file system of the extension and run as VS Code runs an entry: as the
 * body of a function. Their text is read at once, for a `require` cannot wait; each runs when it is first asked for.
 * @throws Error of the file system where a part cannot be read
 */
export async function createQuillet(
  context: vscode.ExtensionContext,
  opening: PromptFileOpening,
): Promise<CommandHost> {
  const folder = vscode.Uri.joinPath(context.extensionUri, 'dist');
  const decoder = new TextDecoder();
  const sources = await Promise.all(
    QUILLET_PARTS.map(async (name) => {
      const file = vscode.Uri.joinPath(folder, name);
      const text = decoder.decode(await vscode.workspace.fs.readFile(file));
      return [`./${name}`, `${text}\n//# sourceURL=${file.toString()}`] as const;
    }),
  );
  const product = createRequire(new Map(sources))('./quillet.js') as unknown as Product;
  return product.createQuillet(context, opening);
}

/** `require` for the parts: VS Code's interface, no programs, and each part once. */
function createRequire(sources: ReadonlyMap<string, string>): (name: string) => Exports {
  const loaded = new Map<string, Exports>([
    ['vscode', vscode],
    // A browser starts no programs and has no files of its own: who asks for them gets nothing, and does without.
    ['node:child_process', { spawn: undefined }],
    ['node:fs/promises', { realpath: undefined, lstat: undefined }],
  ]);
  const load = (name: string): Exports => {
    const known = loaded.get(name);
    if (known !== undefined) return known;
    const source = sources.get(name);
    if (source === undefined) throw new Error(`Quillet has no part ${name}.`);
    const module: { exports: Exports } = { exports: {} };
    // The worker allows this, as VS Code starts every extension in it in the same way. The text is the package's own.
    new Function('module', 'exports', 'require', source)(module, module.exports, load);
    loaded.set(name, module.exports);
    return module.exports;
  };
  return load;
}
