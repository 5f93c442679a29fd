import { FilePermission, languages, type Range, type TextDocument, type TextEditor, window, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import { readEditorSetting } from './settingsReader';

/** Documents that are windows on something else: what looks like a file there is a log or a search result. */
const NOT_A_FILE = new Set(['output', 'search-editor', 'comment', 'vscode-interactive-input']);
/** Schemes of documents that extensions may write to (vscode-facts 13); others ask the file system provider. */
const WRITABLE = new Set(['untitled', 'vscode-notebook-cell', 'vscode-userdata']);

/** @throws QuilletError `editor.none` where no text editor has the focus. */
export function requireEditor(): TextEditor {
  const editor = window.activeTextEditor;
  if (editor === undefined || editor.document.isClosed) throw new QuilletError('editor.none');
  return editor;
}

/**
 * The selections that hold something, in document order.
 * @throws QuilletError `editor.selection` where nothing but white space is selected, `doc.binary` where it is no text.
 */
export function requireSelections(editor: TextEditor): Range[] {
  const ranges = editor.selections
    .filter((selection) => editor.document.getText(selection).trim() !== '')
    .sort((left, right) => left.start.compareTo(right.start));
  if (ranges.length === 0) throw new QuilletError('editor.selection');
  if (ranges.some((range) => editor.document.getText(range).includes('\0'))) throw new QuilletError('doc.binary');
  return ranges;
}

/** @throws QuilletError also `editor.several`, for commands that write to one place. */
export function requireOneSelection(editor: TextEditor): Range {
  const [range, ...others] = requireSelections(editor);
  if (range === undefined || others.length > 0) {
    throw new QuilletError('editor.several', { subject: String(others.length + 1) });
  }
  return range;
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
  if (WRITABLE.has(scheme)) return;
  const isWritable = !NOT_A_FILE.has(scheme) && workspace.fs.isWritableFileSystem(scheme) === true;
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
