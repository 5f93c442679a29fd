import { createRequire } from 'node:module';
import path from 'node:path';

/** As far as it is used here. */
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

/** A program as PowerShell takes it apart. */
export interface ParsedProgram {
  readonly hasError: boolean;
  /** What each text between single quotes says. */
  readonly texts: readonly string[];
  /** Every variable that is filled in, wherever it stands. */
  readonly variables: readonly string[];
  /** The names of programs and commands that are run. */
  readonly commands: readonly string[];
}

/** The parser that VS Code itself reads PowerShell with. */
export async function powerShellParser(): Promise<(program: string) => ParsedProgram> {
  const folder = path.resolve('node_modules/@vscode/tree-sitter-wasm/wasm');
  const { Parser, Language } = createRequire(import.meta.url)(path.join(folder, 'tree-sitter.js')) as TreeSitter;
  await Parser.init({ locateFile: () => path.join(folder, 'tree-sitter.wasm') });
  const parser = new Parser();
  parser.setLanguage(await Language.load(path.join(folder, 'tree-sitter-powershell.wasm')));
  return (program) => {
    const { rootNode } = parser.parse(program);
    const nodes = allNodes(rootNode);
    const of = (type: string) => nodes.filter((node) => node.type === type).map(({ text }) => text);
    return {
      hasError: rootNode.hasError,
      // Two quotes of any kind stand for one.
      texts: of('verbatim_string_characters').map((text) => text.slice(1, -1).replace(/(['‘’‚‛])\1/g, '$1')),
      variables: of('variable'),
      commands: of('command_name'),
    };
  };
}

function allNodes(node: SyntaxNode): SyntaxNode[] {
  return [node, ...node.children.flatMap((child) => (child === null ? [] : allNodes(child)))];
}
