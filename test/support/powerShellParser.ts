import { createRequire } from 'node:module';
import path from 'node:path';

interface SyntaxNode {
  readonly type: string;
  readonly text: string;
  readonly hasError: boolean;
  readonly children: readonly (SyntaxNode | null)[];
}

interface TreeSitter {
  readonly Parser: {
    init(options: { locateFile(): string }): Promise<void>;
    new (): { setLanguage(language: unknown): void; parse(text: string): { readonly rootNode: SyntaxNode } };
  };
  readonly Language: { load(file: string): Promise<unknown> };
}

export interface ParsedProgram {
  readonly hasError: boolean;
  /** Values of the single-quoted strings. */
  readonly texts: readonly string[];
  /** All expanded variables, also inside strings. */
  readonly variables: readonly string[];
  /** Names of the invoked commands. */
  readonly commands: readonly string[];
}

/** Loads the PowerShell grammar that VS Code uses. */
export async function powerShellParser(): Promise<(program: string) => ParsedProgram> {
  const folder = path.resolve('node_modules/@vscode/tree-sitter-wasm/wasm');
  const { Parser, Language } = createRequire(import.meta.url)(path.join(folder, 'tree-sitter.js')) as TreeSitter;
  await Parser.init({ locateFile: () => path.join(folder, 'tree-sitter.wasm') });
  const parser = new Parser();
  parser.setLanguage(await Language.load(path.join(folder, 'tree-sitter-powershell.wasm')));
  return (program) => {
    const { rootNode } = parser.parse(program);
    const nodes = allNodes(rootNode);
    const textsOf = (type: string) => nodes.filter((node) => node.type === type).map(({ text }) => text);
    return {
      hasError: rootNode.hasError,
      // A doubled quote of any kind is an escaped quote.
      texts: textsOf('verbatim_string_characters').map((text) => text.slice(1, -1).replace(/(['‘’‚‛])\1/g, '$1')),
      variables: textsOf('variable'),
      commands: textsOf('command_name'),
    };
  };
}

function allNodes(node: SyntaxNode): SyntaxNode[] {
  return [node, ...node.children.flatMap((child) => (child === null ? [] : allNodes(child)))];
}
