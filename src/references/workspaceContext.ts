import { type Range, TabInputText, type TextDocument, Uri, window, workspace } from 'vscode';
import { isQuilletError } from '../core/errors';
import { splitExtension } from '../editor/common/fileNames';
import { lastLine } from '../editor/lastLine';
import { getFileName, getRelativePath, getWorkspaceFolderOf } from '../editor/workspacePath';
import type { FileExclusions } from '../ignore/fileExclusions';
import { getFileType } from '../platform/fileSystem';
import { fencedCodeBlock } from '../text/codeFence';
import { findReferencedFile, readReferencedFile, requireSendable } from './referencedFiles';
import { findUsedDeclarations } from './usedDefinitions';

/** The first one that exists counts. Links in it are not followed. */
const INSTRUCTION_FILES = ['AGENTS.md', '.github/copilot-instructions.md', 'CLAUDE.md'];

export interface CodeContext {
  readonly document: TextDocument;
  readonly ranges: readonly Range[];
  readonly exclusions: Pick<FileExclusions, 'requireAllowed'>;
}

/** A named block of text, as references and variables add it to a message. */
export function formatBlock(label: string, text: string, fileName = ''): string {
  return `${label}:\n${fencedCodeBlock(text, splitExtension(fileName).extension.slice(1))}`;
}

/** Empty if the language finds none. */
export async function readDefinitions({ document, ranges, exclusions }: CodeContext): Promise<string> {
  const isAllowed = (uri: Uri) => requireSendable('', uri, exclusions).then(() => true, isRefused);
  const declarations = await findUsedDeclarations(document, ranges, isAllowed);
  const blocks = declarations.map((declaration) => {
    const { uri } = declaration.document;
    const lines = `${declaration.range.start.line + 1}-${lastLine(declaration.range) + 1}`;
    const text = declaration.document.getText(declaration.range);
    return formatBlock(`${getRelativePath(declaration.document)}:${lines}`, text, getFileName(uri));
  });
  return blocks.join('\n\n');
}

/** The text files in other tabs, without those that are excluded or can't be read. */
export async function readOpenFiles({ document, exclusions }: CodeContext): Promise<string> {
  const uris = window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) => (input instanceof TabInputText ? [input.uri] : [])),
  );
  const others = new Map(uris.map((uri) => [uri.toString(), uri]));
  others.delete(document.uri.toString());
  const blocks = await Promise.all(
    [...others.values()]
      .map(async (uri) => {
        if (workspace.getWorkspaceFolder(uri) === undefined) return [];
        const path = workspace.asRelativePath(uri);
        return [formatBlock(path, await readReferencedFile(path, uri, { exclusions }), getFileName(uri))];
      })
      .map((block) => block.catch(ignoreUnreadable)),
  );
  return blocks.flat().join('\n\n');
}

function ignoreUnreadable(thrown: unknown): string[] {
  isRefused(thrown);
  return [];
}

function isRefused(thrown: unknown): false {
  if (!isQuilletError(thrown)) throw thrown;
  return false;
}

/** What the workspace wants every model to know. Undefined if it has no such file with text or is not trusted. */
export async function readInstructions({ document, exclusions }: CodeContext): Promise<string | undefined> {
  const folder = getWorkspaceFolderOf(document);
  if (folder === undefined || !workspace.isTrusted) return undefined;
  for (const path of INSTRUCTION_FILES) {
    const file = Uri.joinPath(folder.uri, path);
    if ((await getFileType(file)) === undefined) continue;
    const text = await unlessEmpty(readReferencedFile(path, file, { exclusions }));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A file that a prompt names. Undefined if it is missing or empty. @throws QuilletError `ref.*`, `doc.excluded` */
export function readNamedFile(
  path: string,
  { exclusions }: Pick<CodeContext, 'exclusions'>,
): Promise<string | undefined> {
  const read = async () => readReferencedFile(path, await findReferencedFile(path, path), { exclusions });
  return unlessEmpty(read());
}

async function unlessEmpty(reading: Promise<string>): Promise<string | undefined> {
  try {
    return await reading;
  } catch (thrown) {
    if (isQuilletError(thrown) && (thrown.kind === 'ref.empty' || thrown.kind === 'ref.missing')) return undefined;
    throw thrown;
  }
}
