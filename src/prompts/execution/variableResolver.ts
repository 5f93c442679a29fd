import { env, l10n, languages, Range, type TextEditor } from 'vscode';
import { QuilletError } from '../../core/errors';
import { symbolPath } from '../../editor/common/symbolPath';
import { getDocumentSymbols } from '../../editor/documentSymbols';
import { lastLine } from '../../editor/lastLine';
import { getStagedChanges } from '../../platform/stagedChanges';
import type { TemplateVariable } from '../../text/template';
import { type Truncation, truncate } from '../common/truncateValues';
import type { PromptVariableName } from '../common/variables';
import { FILE_VARIABLES, getPathSeparator } from './fileVariables';
import type { TerminalOutput } from './terminalOutput';

// Limit of `before` and `after`, in UTF-16 units.
const MAX_SURROUNDING_LENGTH = 4000;

/** Context for variables that need no document. */
export interface WindowSource {
  readonly answerLanguage: string;
  readonly terminal: TerminalOutput;
}

export interface ValueSource extends WindowSource {
  readonly editor: TextEditor;
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

type VariableValue = { readonly text: string } | { readonly reason: string };

/**
 * Resolves the variables of a template. Only those it names are read, because some are expensive or private, like the
 * clipboard.
 */
export function resolvePromptValues(
  variables: readonly TemplateVariable[],
  source: ValueSource,
): Promise<PromptValues> {
  return resolveValues(variables, (name) => readVariable(ALL_READERS, name, source));
}

export function resolveWindowValues(
  variables: readonly TemplateVariable[],
  source: WindowSource,
): Promise<PromptValues> {
  return resolveValues(variables, (name) => readVariable(WINDOW_READERS, name, source));
}

async function resolveValues(
  variables: readonly TemplateVariable[],
  read: (name: string) => Promise<VariableValue | undefined>,
): Promise<PromptValues> {
  const values = new Map<string, string>();
  const reasons = new Map<string, string>();
  const truncations: Truncation[] = [];
  const names = [...new Set(variables.map(({ name }) => name))];
  const found = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
  for (const [name, value] of found) {
    if (value === undefined) continue;
    if ('reason' in value) reasons.set(name, value.reason);
    else {
      const { text, truncation } = truncate(name, value.text);
      values.set(name, text);
      if (truncation !== undefined) truncations.push(truncation);
    }
  }
  return { values, reasons, truncations };
}

async function readVariable<Source>(
  readers: Readonly<Record<string, Reader<Source>>>,
  name: string,
  source: Source,
): Promise<VariableValue | undefined> {
  const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
  const value = await read?.(source);
  return typeof value === 'string' ? { text: value } : value;
}

type Reader<Source> = (source: Source) => string | VariableValue | Promise<string | VariableValue>;

const WINDOW_READERS = {
  clipboard: async () => env.clipboard.readText(),
  terminal: async ({ terminal }) =>
    (await terminal.lastOutput()) ?? {
      reason: l10n.t('no command has finished in a terminal with shell integration yet; run it again'),
    },
  answerLanguage: ({ answerLanguage }) => (answerLanguage === 'auto' ? languageName(env.language) : answerLanguage),
  pathSeparator: getPathSeparator,
} satisfies Readonly<Record<string, Reader<WindowSource>>>;

const READERS: Readonly<
  Record<Exclude<PromptVariableName, keyof typeof FILE_VARIABLES | 'input' | 'pick'>, Reader<ValueSource>>
> = {
  ...WINDOW_READERS,
  selection: selectedText,
  selectedText,
  languageId: ({ editor }) => editor.document.languageId,
  before: ({ editor, ranges }) => textBefore(editor, ranges, MAX_SURROUNDING_LENGTH),
  after: ({ editor, ranges }) => textAfter(editor, ranges),
  diagnostics: ({ editor, ranges }) => formatDiagnostics(editor, ranges),
  symbol: (source) => findEnclosingSymbol(source),
  gitDiff: ({ editor }) => getStagedText(editor),
};

const ALL_READERS: Readonly<Record<string, Reader<ValueSource>>> = {
  ...READERS,
  ...Object.fromEntries(
    Object.entries(FILE_VARIABLES).map(([name, read]): [string, Reader<ValueSource>] => [
      name,
      ({ editor, ranges }) => read(editor.document, (ranges[0] ?? editor.selection).start),
    ]),
  ),
};

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

async function findEnclosingSymbol({ editor, ranges }: ValueSource): Promise<string | VariableValue> {
  const [first, last] = [ranges[0] ?? editor.selection, ranges.at(-1) ?? editor.selection];
  const lines = { first: first.start.line, last: lastLine(last) };
  const path = symbolPath(await getDocumentSymbols(editor.document), lines);
  return path ?? { reason: l10n.t('the selection is not in a function or class') };
}

async function getStagedText({ document }: TextEditor): Promise<string | VariableValue> {
  const staged = await getStagedChanges(document.uri);
  if ('text' in staged) return staged.text;
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
  const names = missing.map(({ name, line }) => {
    const reason = reasons.get(name);
    return reason === undefined
      ? l10n.t('{0} (line {1})', name, String(line))
      : l10n.t('{0} (line {1}: {2})', name, String(line), reason);
  });
  return new QuilletError('prompt.variables', { subject: [...new Set(names)].join(', ') });
}
