import * as vscode from 'vscode';
import { eventually } from './eventually';
import { answerText } from './modelServer';
import { ui } from './quillet';
import { inWorkspace, openFile, select } from './workspace';

export const code = 'let one = 1;\nlet two = 2;\n';

/** Opens a file with a selection, and prepares an answer. */
export async function openSelected(extension = 'ts'): Promise<vscode.TextEditor> {
  const editor = await openFile(code, extension);
  await select(editor, 'let one = 1;');
  await answerText('Fine.');
  return editor;
}

const written = new Set<string>();

/** Writes a workspace file that {@link deletePrompts} deletes. */
export async function writePrompt(name: string, content: string | Uint8Array, folder = '.quillet/prompts') {
  const uri = inWorkspace(`${folder}/${name}`);
  written.add(uri.toString());
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  await vscode.workspace.fs.writeFile(uri, bytes);
  return uri;
}

export function willDelete(uri: vscode.Uri): void {
  written.add(uri.toString());
}

export async function deletePrompts(): Promise<void> {
  for (const uri of written) {
    try {
      await vscode.workspace.fs.delete(vscode.Uri.parse(uri), { recursive: true });
    } catch {
      // Already deleted or renamed by the test.
    }
  }
  written.clear();
}

export function promptText(body: string, ...front: readonly string[]): string {
  return ['---', ...front, '---', body].join('\n');
}

/** The entries of the last quick pick as `label | description | detail`. */
export function listedPrompts(): string[] {
  return (ui.lists.at(-1)?.items ?? []).map(({ label, description = '', detail = '' }) =>
    [label, description, detail].filter((part) => part !== '').join(' | '),
  );
}

export async function codeActionTitles({ document, selection }: vscode.TextEditor): Promise<string[]> {
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    selection,
  );
  return actions.map(({ title }) => title).filter((title) => title.endsWith('with Quillet'));
}

export async function untilCodeActions(editor: vscode.TextEditor, ...titles: readonly string[]): Promise<void> {
  const expected = titles.map((title) => `${title} with Quillet`).sort();
  await eventually(
    async () => {
      const offered = (await codeActionTitles(editor)).sort();
      return JSON.stringify(offered) === JSON.stringify(expected);
    },
    `the lightbulb with ${expected.join(', ')}`,
  );
}
