import * as vscode from 'vscode';
import type { CommandHost } from '../platform/commands';
import type { PromptFileOpening } from '../prompts/authoring/promptFileOpening';

type Exports = Readonly<Record<string, unknown>>;

interface Product {
  createQuillet(context: vscode.ExtensionContext, opening: PromptFileOpening): CommandHost;
}

// Set by the build: names of the files in the folder of the desktop entry.
declare const QUILLET_PARTS: readonly string[];

/**
 * Replaces `quillet.ts` in browsers, where an extension has a single file and no `require`. Reads the bundles of the
 * desktop build through VS Code's file system and runs each as a function body on first use, as VS Code runs an entry
 * point. All are read up front, because `require` is synchronous.
 * @throws Error from the file system if a bundle cannot be read
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

function createRequire(sources: ReadonlyMap<string, string>): (name: string) => Exports {
  const loaded = new Map<string, Exports>([
    ['vscode', vscode],
    // Not available in a browser. Callers check for undefined.
    ['node:child_process', { spawn: undefined }],
    ['node:fs/promises', { realpath: undefined, lstat: undefined }],
  ]);
  const load = (name: string): Exports => {
    const known = loaded.get(name);
    if (known !== undefined) return known;
    const source = sources.get(name);
    if (source === undefined) throw new Error(`Module not found: ${name}`);
    const module: { exports: Exports } = { exports: {} };
    // The web worker host allows this; VS Code loads extensions the same way. The source is from this package.
    new Function('module', 'exports', 'require', source)(module, module.exports, load);
    loaded.set(name, module.exports);
    return module.exports;
  };
  return load;
}
