import { env, l10n, languages, Range, type TextEditor, Uri, type WorkspaceFolder } from 'vscode';
import { QuilletError } from '../../core/errors';
import { parentFolder, splitExtension } from '../../editor/common/fileNames';
import { symbolPath } from '../../editor/common/symbolPath';
import { getDocumentSymbols } from '../../editor/documentSymbols';
import { lastLine } from '../../editor/lastLine';
import { getFileUri } from '../../editor/notebookCells';
import { getAbsolutePath, getFileName, getRelativePath, getWorkspaceFolderOf } from '../../editor/workspacePath';
import type { FileExclusions } from '../../ignore/fileExclusions';
import { getStagedChanges } from '../../platform/stagedChanges';
import {
  type CodeContext,
  readDefinitions,
  readInstructions,
  readNamedFile,
  readOpenFiles,
} from '../../references/workspaceContext';
import { summarizeDiff } from '../../text/diffSummary';
import { type TemplateVariable, variableKey } from '../../text/template';
import { type Truncation, truncate } from '../common/truncateValues';
import type { PromptVariableName } from '../common/variables';
import type { TerminalOutput } from './terminalOutput';

// Limit of `before` and `after`, in UTF-16 units.
const MAX_SURROUNDING_LENGTH = 4000;

export interface WindowSource {
  readonly answerLanguage: string;
  readonly terminal: TerminalOutput;
}

export interface ValueSource extends WindowSource {
  readonly editor: TextEditor;
  readonly exclusions: Pick<FileExclusions, 'filterDiff' | 'requireAllowed'>;
  readonly ranges: readonly Range[];
  /** If set, an empty range means up to this many characters before it. */
  readonly insertContext?: number;
}

export interface PromptValues {
  readonly values: ReadonlyMap<string, string>;
  /** Why a variable has no value: lowercase, without a full stop. */
  readonly reasons: ReadonlyMap<string, string>;
  readonly truncations: readonly Truncation[];
}

type VariableValue = string | { readonly reason: string };

type Reader<Source> = (source: Source) => VariableValue | Promise<VariableValue>;

/** Reads only the variables that are named, because some are expensive or private, like the clipboard. */
export async function resolvePromptValues(
  variables: readonly TemplateVariable[],
  source: ValueSource,
): Promise<PromptValues> {
  const resolved = await resolveValues(variables, READERS, source);
  const [values, reasons] = [new Map(resolved.values), new Map(resolved.reasons)];
  for (const variable of variables) {
    const { name, argument } = variable;
    if (name !== 'file' || argument === undefined) continue;
    const text = await readNamedFile(argument, source);
    if (text === undefined) reasons.set(name, l10n.t("can't find {0}, or it is empty", argument));
    else values.set(variableKey(variable), text);
  }
  return { ...resolved, values, reasons };
}

export function resolveWindowValues(
  variables: readonly TemplateVariable[],
  source: WindowSource,
): Promise<PromptValues> {
  return resolveValues(variables, WINDOW_READERS, source);
}

async function resolveValues<Source>(
  variables: readonly TemplateVariable[],
  readers: Readonly<Record<string, Reader<Source>>>,
  source: Source,
): Promise<PromptValues> {
  const values = new Map<string, string>();
  const reasons = new Map<string, string>();
  const truncations: Truncation[] = [];
  const names = new Set(variables.map(({ name }) => name).filter((name) => Object.hasOwn(readers, name)));
  const found = await Promise.all([...names].map(async (name) => ({ name, value: await readers[name]?.(source) })));
  for (const { name, value = '' } of found) {
    if (typeof value !== 'string') {
      reasons.set(name, value.reason);
      continue;
    }
    const { text, truncation } = truncate(name, value);
    values.set(name, text);
    if (truncation !== undefined) truncations.push(truncation);
  }
  return { values, reasons, truncations };
}

const WINDOW_READERS = {
  clipboard: async () => env.clipboard.readText(),
  terminal: async ({ terminal }) =>
    (await terminal.lastOutput()) ?? {
      reason: l10n.t('no command has finished in a terminal with shell integration yet; run it again'),
    },
  answerLanguage: ({ answerLanguage }) => (answerLanguage === 'auto' ? languageName(env.language) : answerLanguage),
  pathSeparator: () => Uri.file('/').fsPath,
} satisfies Readonly<Record<string, Reader<WindowSource>>>;

// Unlike in VS Code, all paths but the workspace folder's are relative to it, because a path can name the user.
const READERS: Readonly<Record<Exclude<PromptVariableName, 'input' | 'pick'>, Reader<ValueSource>>> = {
  ...WINDOW_READERS,
  selection: selectedText,
  selectedText,
  languageId: ({ editor }) => editor.document.languageId,
  before: ({ editor, ranges }) => textBefore(editor, ranges, MAX_SURROUNDING_LENGTH),
  after: ({ editor, ranges }) => textAfter(editor, ranges),
  diagnostics: ({ editor, ranges }) => formatDiagnostics(editor, ranges),
  symbol: findEnclosingSymbol,
  gitDiff: getStagedText,
  definitions: async (source) =>
    (await readDefinitions(toContext(source))) || { reason: l10n.t('nothing in this workspace was found') },
  openFiles: async (source) =>
    (await readOpenFiles(toContext(source))) || { reason: l10n.t('no other text file is open') },
  instructions: async (source) =>
    (await readInstructions(toContext(source))) ?? {
      reason: l10n.t("the workspace has no instructions file, such as AGENTS.md, or isn't trusted"),
    },
  file: relativePath,
  relativeFile: relativePath,
  fileBasename: fileName,
  fileBasenameNoExtension: (source) => splitExtension(fileName(source)).stem,
  fileExtname: (source) => splitExtension(fileName(source)).extension,
  fileDirname: (source) => parentFolder(relativePath(source)),
  relativeFileDirname: (source) => parentFolder(relativePath(source)),
  fileDirnameBasename: ({ editor }) => getFileUri(editor.document).path.split('/').at(-2) ?? '',
  workspaceFolder: (source) => readFolder(source, ({ uri }) => getAbsolutePath(uri)),
  fileWorkspaceFolder: (source) => readFolder(source, ({ uri }) => getAbsolutePath(uri)),
  workspaceFolderBasename: (source) => readFolder(source, ({ name }) => name),
  lineNumber: (source) => String(firstRange(source).start.line + 1),
  columnNumber: (source) => String(firstRange(source).start.character + 1),
};

function toContext({ editor, ranges, exclusions }: ValueSource): CodeContext {
  return { document: editor.document, ranges, exclusions };
}

function firstRange({ editor, ranges }: ValueSource): Range {
  return ranges[0] ?? editor.selection;
}

function relativePath({ editor }: ValueSource): string {
  return getRelativePath(editor.document);
}

function fileName({ editor }: ValueSource): string {
  return getFileName(getFileUri(editor.document));
}

function readFolder({ editor }: ValueSource, read: (folder: WorkspaceFolder) => string): VariableValue {
  const folder = getWorkspaceFolderOf(editor.document);
  return folder === undefined ? { reason: l10n.t('the file is not in a workspace folder') } : read(folder);
}

function selectedText({ editor, ranges, insertContext = 0 }: ValueSource): string {
  const textOf = (range: Range): string =>
    range.isEmpty ? textBefore(editor, [range], insertContext) : editor.document.getText(range);
  return ranges.map(textOf).join('\n\n');
}

export function textBefore(editor: TextEditor, ranges: readonly Range[], maxLength: number): string {
  const { document } = editor;
  const end = document.offsetAt(ranges[0]?.start ?? editor.selection.start);
  const start = Math.max(0, end - maxLength);
  return document.getText(new Range(document.positionAt(start), document.positionAt(end)));
}

function textAfter({ document, selection }: TextEditor, ranges: readonly Range[]): string {
  const start = document.offsetAt(ranges.at(-1)?.end ?? selection.end);
  return document.getText(new Range(document.positionAt(start), document.positionAt(start + MAX_SURROUNDING_LENGTH)));
}

function formatDiagnostics({ document }: TextEditor, ranges: readonly Range[]): string {
  return languages
    .getDiagnostics(document.uri)
    .filter((diagnostic) => ranges.some((range) => range.intersection(diagnostic.range) !== undefined))
    .map(
      ({ range, message, source }) =>
        `${range.start.line + 1}: ${message}${source === undefined ? '' : ` (${source})`}`,
    )
    .join('\n');
}

async function findEnclosingSymbol(source: ValueSource): Promise<VariableValue> {
  const { editor, ranges } = source;
  const lines = { first: firstRange(source).start.line, last: lastLine(ranges.at(-1) ?? editor.selection) };
  const path = symbolPath(await getDocumentSymbols(editor.document), lines);
  return path ?? { reason: l10n.t('the selection is not in a function or class') };
}

async function getStagedText({ editor, exclusions }: ValueSource): Promise<VariableValue> {
  const staged = await getStagedChanges(editor.document.uri);
  if ('diff' in staged) {
    return summarizeDiff(await exclusions.filterDiff(staged.diff, staged.root), Number.POSITIVE_INFINITY);
  }
  const reasons = {
    git: l10n.t('the Git extension is missing or disabled'),
    repository: l10n.t('the file is not in a Git repository'),
    changes: l10n.t('no changes are staged'),
  };
  return { reason: reasons[staged.missing] };
}

/** `pt-br` becomes "Portuguese (Brazil)", in English like the built-in prompts. */
function languageName(tag: string): string {
  // Avoids loading the language names for the most frequent language, which takes longer than the request.
  if (tag === 'en') return 'English';
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;
}

export function missingVariablesError(
  missing: readonly TemplateVariable[],
  reasons: ReadonlyMap<string, string>,
): QuilletError {
  const [only, ...others] = new Set(missing.map(({ name }) => name));
  const onlyReason = only === undefined || others.length > 0 ? undefined : reasons.get(only);
  if (onlyReason !== undefined) return new QuilletError('prompt.variables', { subject: onlyReason, code: 'single' });
  const names = missing.map(({ name, line }) => {
    const reason = reasons.get(name);
    return reason === undefined
      ? l10n.t('{0} (line {1})', name, String(line))
      : l10n.t('{0} (line {1}: {2})', name, String(line), reason);
  });
  return new QuilletError('prompt.variables', { subject: [...new Set(names)].join(', ') });
}
