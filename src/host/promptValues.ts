import { env, l10n, languages, Range, type TextEditor, window, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import { findVariables, type TemplateVariable } from '../core/promptVariables';

/** Characters of the document around the selection that `before` and `after` may hold. */
const SURROUNDINGS = 4000;

/** The answers a user gives to `input` variables, by name; kept to repeat a prompt without asking again. */
export type PromptInputs = ReadonlyMap<string, string>;

export interface ValueSource {
  readonly editor: TextEditor;
  readonly ranges: readonly Range[];
  readonly answerLanguage: string;
}

/** Asks for every input a template names and that is not answered yet. Undefined when the user went away. */
export async function askInputs(
  template: string,
  title: string,
  given: PromptInputs,
): Promise<PromptInputs | undefined> {
  const inputs = new Map(given);
  for (const variable of findVariables(template)) {
    const name = variable.name === 'input' ? variable.argument : undefined;
    if (name === undefined || inputs.has(name)) continue;
    const answer = await askInput(title, name, variable);
    if (answer === undefined) return undefined;
    inputs.set(name, answer);
  }
  return inputs;
}

async function askInput(title: string, name: string, variable: TemplateVariable): Promise<string | undefined> {
  const answer = await window.showInputBox({
    title,
    prompt: variable.placeholder ?? name,
    ignoreFocusOut: true,
    validateInput: (value) =>
      value !== '' && value.trim() === '' ? l10n.t('Type something, or press Escape.') : undefined,
  });
  return answer === undefined || answer.trim() === '' ? undefined : answer;
}

/** The values of the variables a template uses. What is costly or private, like the clipboard, is read only when named. */
export async function promptValues(template: string, source: ValueSource): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const { name } of findVariables(template)) {
    const value = name === 'input' ? undefined : await variableValue(name, source);
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

async function variableValue(
  name: string,
  { editor, ranges, answerLanguage }: ValueSource,
): Promise<string | undefined> {
  const { document } = editor;
  switch (name) {
    case 'selection':
      return ranges.map((range) => document.getText(range)).join('\n\n');
    case 'file':
      return workspace.asRelativePath(document.uri, false);
    case 'fileBasename':
      return document.uri.path.split('/').at(-1) ?? '';
    case 'languageId':
      return document.languageId;
    case 'before':
      return textBefore(editor, ranges, SURROUNDINGS);
    case 'after':
      return textAfter(editor, ranges);
    case 'diagnostics':
      return diagnosticsText(editor, ranges);
    case 'clipboard':
      return env.clipboard.readText();
    case 'answerLanguage':
      return answerLanguage === 'auto' ? languageName(env.language) : answerLanguage;
    case 'workspaceFolderBasename':
      return workspace.getWorkspaceFolder(document.uri)?.name;
    default:
      return undefined;
  }
}

/** The text in front of the first range, at most so many characters. */
export function textBefore(editor: TextEditor, ranges: readonly Range[], most: number): string {
  const { document } = editor;
  const end = document.offsetAt(ranges[0]?.start ?? editor.selection.start);
  const start = Math.max(0, end - most);
  return document.getText(new Range(document.positionAt(start), document.positionAt(end)));
}

function textAfter({ document, selection }: TextEditor, ranges: readonly Range[]): string {
  const start = document.offsetAt(ranges.at(-1)?.end ?? selection.end);
  return document.getText(new Range(document.positionAt(start), document.positionAt(start + SURROUNDINGS)));
}

function diagnosticsText({ document }: TextEditor, ranges: readonly Range[]): string {
  return languages
    .getDiagnostics(document.uri)
    .filter((diagnostic) => ranges.some((range) => range.intersection(diagnostic.range) !== undefined))
    .map(
      ({ range, message, source }) =>
        `${range.start.line + 1}: ${message}${source === undefined ? '' : ` (${source})`}`,
    )
    .join('\n');
}

/** `pt-br` as "Portuguese (Brazil)" in English, which is the language the built-in prompts are written in. */
function languageName(tag: string): string {
  // VS Code's own language, for which the names of all languages need not be loaded: that takes longer than the request.
  if (tag === 'en') return 'English';
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;
}

/** The error for a prompt that cannot be filled in: it names all that is missing at once, with their lines. */
export function missingVariables(missing: readonly TemplateVariable[]): QuilletError {
  const names = missing.map((variable) => l10n.t('{0} (line {1})', variable.name, String(variable.line)));
  return new QuilletError('prompt.variables', { subject: [...new Set(names)].join(', ') });
}
