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
import { readEditorSetting } from '../settings/configuration';
import { isCell } from './notebookCells';

/** Documents that are windows on something else: what looks like a file there is a log or a search result. */
const UNWRITABLE_SCHEMES = new Set(['output', 'search-editor', 'comment', 'vscode-interactive-input']);
const MEGABYTE = 1024 * 1024;
/** More characters than any model reads; what is larger was selected by mistake (U10). */
const MAX_SELECTED_CHARACTERS = 10_000_000;
/** VS Code shows larger files to no extension (vscode-facts 3). */
const MAX_FILE_BYTES = 50 * MEGABYTE;
/** Schemes of documents that extensions may write to (vscode-facts 13); others ask the file system provider. */
const WRITABLE_SCHEMES = new Set(['untitled', 'vscode-notebook-cell', 'vscode-userdata']);

/** @throws QuilletError `editor.none` where no text editor has the focus. */
export function requireEditor(): TextEditor {
  const editor = window.activeTextEditor;
  if (editor === undefined || editor.document.isClosed) throw new QuilletError('editor.none');
  return editor;
}

/**
 * The same, with the reason where an editor has the focus and VS Code keeps it from extensions.
 * @throws QuilletError `doc.toolarge` or `editor.none`.
 */
export async function requireFocusedEditor(): Promise<TextEditor> {
  const editor = window.activeTextEditor;
  if (editor !== undefined) return requireEditor();
  const size = await getActiveTabSize();
  if (size <= MAX_FILE_BYTES) throw new QuilletError('editor.none');
  const megabytes = (bytes: number) => Math.ceil(bytes / MEGABYTE);
  throw new QuilletError('doc.toolarge', { subject: String(megabytes(size)), max: megabytes(MAX_FILE_BYTES) });
}

/** Bytes of the file in the tab in front; 0 where there is none. */
async function getActiveTabSize(): Promise<number> {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof TabInputText)) return 0;
  try {
    return (await workspace.fs.stat(input.uri)).size;
  } catch {
    return 0;
  }
}

/**
 * The selections that hold something, in document order.
 * @throws QuilletError `editor.selection` where nothing but white space is selected, `doc.binary` where it is no text,
 * `limit.selection` where it is too much.
 */
export function requireSelections(editor: TextEditor): Range[] {
  checkSelectionSize(editor);
  const ranges = getSelectedRanges(editor)
    .filter((selection) => editor.document.getText(selection).trim() !== '')
    .toSorted((left, right) => left.start.compareTo(right.start));
  if (ranges.length === 0) throw new QuilletError('editor.selection');
  if (ranges.some((range) => editor.document.getText(range).includes('\0'))) throw new QuilletError('doc.binary');
  return ranges;
}

/** Measured without reading it. */
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

/**
 * Refuses documents that cannot be written, before anything is sent (D14). VS Code has no API that says an editor is
 * read-only, so each source of it is asked: the file system provider, the file's permissions, and the settings. A file
 * made read-only for the session only is noticed when nothing changes on the first write.
 * @throws QuilletError `doc.readonly`.
 */
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
  // These globs may be relative to the workspace folder, while a document selector compares whole paths.
  const isMatch = (pattern: string) => languages.match({ pattern }, document) > 0;
  return Object.entries(globs).some(([pattern, isOn]) => isOn && (isMatch(pattern) || isMatch(`**/${pattern}`)));
}

async function hasReadonlyPermission(document: TextDocument): Promise<boolean> {
  try {
    const { permissions } = await workspace.fs.stat(document.uri);
    return permissions !== undefined && (permissions & FilePermission.Readonly) !== 0;
  } catch {
    // A file that was deleted, or never saved, has no permissions; its editor can still be written to.
    return false;
  }
}
