import {
  FilePermission,
  languages,
  Range,
  TabInputText,
  type TextDocument,
  type TextEditor,
  window,
  workspace,
} from 'vscode';
import { QuilletError } from '../core/errors';
import { isLocked } from '../platform/fileSystem';
import { readEditorSetting } from '../settings/configuration';
import { isCell } from './notebookCells';

// Their text looks like a file but is a log, a search result or an input.
const UNWRITABLE_SCHEMES = new Set(['output', 'search-editor', 'comment', 'vscode-interactive-input']);
const MEGABYTE = 1024 * 1024;
// No model reads more: a larger selection is a mistake.
const MAX_SELECTED_CHARACTERS = 10_000_000;
// VS Code doesn't expose larger files to extensions.
const MAX_FILE_BYTES = 50 * MEGABYTE;
// Always writable; other schemes depend on their file system provider.
const WRITABLE_SCHEMES = new Set(['untitled', 'vscode-notebook-cell', 'vscode-userdata']);

export function requireEditor(): TextEditor {
  const editor = window.activeTextEditor;
  if (editor === undefined || editor.document.isClosed) throw new QuilletError('editor.none');
  return editor;
}

/** Tells apart files that are too large for extensions. */
export async function requireFocusedEditor(): Promise<TextEditor> {
  const editor = window.activeTextEditor;
  if (editor !== undefined) return requireEditor();
  const size = await getActiveTabSize();
  if (size <= MAX_FILE_BYTES) throw new QuilletError('editor.none');
  const megabytes = (bytes: number) => Math.ceil(bytes / MEGABYTE);
  throw new QuilletError('doc.toolarge', { subject: String(megabytes(size)), max: megabytes(MAX_FILE_BYTES) });
}

async function getActiveTabSize(): Promise<number> {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof TabInputText)) return 0;
  try {
    return (await workspace.fs.stat(input.uri)).size;
  } catch {
    return 0;
  }
}

/** The non-blank selections in document order. */
export function requireSelections(editor: TextEditor): Range[] {
  checkSelectionSize(editor);
  const ranges = getSelectedRanges(editor)
    .filter((selection) => editor.document.getText(selection).trim() !== '')
    .toSorted((left, right) => left.start.compareTo(right.start));
  if (ranges.length === 0) throw new QuilletError('editor.selection');
  if (ranges.some((range) => editor.document.getText(range).includes('\0'))) throw new QuilletError('doc.binary');
  return ranges;
}

function checkSelectionSize(editor: TextEditor): void {
  const { document } = editor;
  const size = getSelectedRanges(editor).reduce(
    (sum, { start, end }) => sum + document.offsetAt(end) - document.offsetAt(start),
    0,
  );
  if (size <= MAX_SELECTED_CHARACTERS) return;
  throw new QuilletError('limit.selection', { subject: size.toLocaleString(), max: MAX_SELECTED_CHARACTERS });
}

function getSelectedRanges({ document, selections }: TextEditor): readonly Range[] {
  if (!isCell(document) || selections.some(({ isEmpty }) => !isEmpty)) return selections;
  const last = document.lineAt(document.lineCount - 1);
  return [new Range(0, 0, last.lineNumber, last.text.length)];
}

/** No API tells whether an editor is read-only. A file marked so for the session is only noticed at the first write. */
export async function requireWritable(document: TextDocument): Promise<void> {
  if (document.isClosed) throw new QuilletError('doc.closed');
  const { scheme } = document.uri;
  if (WRITABLE_SCHEMES.has(scheme)) return;
  const isWritable = !UNWRITABLE_SCHEMES.has(scheme) && workspace.fs.isWritableFileSystem(scheme) === true;
  if (!isWritable || isReadonlyBySetting(document) || (await hasReadonlyPermission(document))) {
    throw new QuilletError('doc.readonly');
  }
}

function isReadonlyBySetting(document: TextDocument): boolean {
  return matchesSetting(document, 'files.readonlyInclude') && !matchesSetting(document, 'files.readonlyExclude');
}

function matchesSetting(document: TextDocument, key: string): boolean {
  const globs = readEditorSetting<Record<string, boolean>>(document, key) ?? {};
  // The globs may be relative to the workspace folder, but a document selector matches absolute paths.
  const isMatch = (pattern: string) => languages.match({ pattern }, document) > 0;
  return Object.entries(globs).some(([pattern, isOn]) => isOn && (isMatch(pattern) || isMatch(`**/${pattern}`)));
}

async function hasReadonlyPermission(document: TextDocument): Promise<boolean> {
  if (document.uri.scheme === 'file') {
    // VS Code lets users edit a write-protected file unless they ask otherwise.
    return readEditorSetting<boolean>(document, 'files.readonlyFromPermissions') === true && isLocked(document.uri);
  }
  try {
    const { permissions } = await workspace.fs.stat(document.uri);
    return permissions !== undefined && (permissions & FilePermission.Readonly) !== 0;
  } catch {
    // A deleted or unsaved file has no permissions, but its editor is writable.
    return false;
  }
}
