import { replaceRanges } from '../../text/replaceRanges';
import { findVariables, type TemplateVariable, tokenizeTemplate } from '../../text/template';
import { withoutUndefined } from '../../util/withoutUndefined';

/** Descriptions are in `prompts/promptDocs.ts`, values in `prompts/execution/variableResolver.ts`. */
export const PROMPT_VARIABLE_NAMES = [
  'selection',
  'file',
  'fileBasename',
  'languageId',
  'before',
  'after',
  'diagnostics',
  'symbol',
  'clipboard',
  'terminal',
  'gitDiff',
  'definitions',
  'openFiles',
  'instructions',
  'answerLanguage',
  // Also variables of VS Code's own prompt files.
  'selectedText',
  'workspaceFolder',
  'workspaceFolderBasename',
  'fileWorkspaceFolder',
  'relativeFile',
  'fileBasenameNoExtension',
  'fileExtname',
  'fileDirname',
  'relativeFileDirname',
  'fileDirnameBasename',
  'lineNumber',
  'columnNumber',
  'pathSeparator',
  'input',
  'pick',
] as const;

export type PromptVariableName = (typeof PROMPT_VARIABLE_NAMES)[number];

export interface VariableProblem {
  readonly variable: TemplateVariable;
  readonly code: 'unknownVariable' | 'nameMissing' | 'optionsMissing' | 'argument';
}

// In a shell, `${input:-x}` and the like are variables with a default.
const INPUT_NAME = /^\s*[^\s\-+?]/;

export function findVariableProblems(template: string): VariableProblem[] {
  return findVariables(template).flatMap((variable) => checkVariable(variable) ?? []);
}

function checkVariable(variable: TemplateVariable): VariableProblem | undefined {
  const { name, argument, placeholder } = variable;
  if (!isPromptVariableName(name)) return { variable, code: 'unknownVariable' };
  if (name === 'input' || name === 'pick') {
    if (argument === undefined || !INPUT_NAME.test(argument)) return { variable, code: 'nameMissing' };
    const isEmptyPick = name === 'pick' && parsePickOptions(variable).length === 0;
    return isEmptyPick ? { variable, code: 'optionsMissing' } : undefined;
  }
  // `${file:path}` is the content of that file.
  const isFileContent = name === 'file' && INPUT_NAME.test(argument ?? '');
  const hasNoArgument = argument === undefined || isFileContent;
  return hasNoArgument && placeholder === undefined ? undefined : { variable, code: 'argument' };
}

interface PromptTemplates {
  readonly user: string;
  readonly system?: string;
  readonly languageNotes?: Readonly<Record<string, string>>;
}

/** Escapes what only looks like a variable, such as a template literal in an example, so that it is sent as written. */
export function escapeForeignVariables<Prompt extends PromptTemplates>(prompt: Prompt): Prompt {
  return mapTemplates(prompt, (template) => mapForeignVariables(template, (source) => `\\${source}`));
}

/** Reverts {@link escapeForeignVariables}. */
export function unescapeForeignVariables<Prompt extends PromptTemplates>(prompt: Prompt): Prompt {
  return mapTemplates(prompt, (template) => mapForeignVariables(template, (source) => source.replace(/^\\/, '')));
}

function mapTemplates<Prompt extends PromptTemplates>(prompt: Prompt, convert: (template: string) => string): Prompt {
  const { user, system, languageNotes } = prompt;
  const notes = Object.entries(languageNotes ?? {}).map(([language, text]) => [language, convert(text)] as const);
  return {
    ...prompt,
    user: convert(user),
    ...withoutUndefined({
      system: system === undefined ? undefined : convert(system),
      languageNotes: languageNotes === undefined ? undefined : Object.fromEntries(notes),
    }),
  };
}

function mapForeignVariables(template: string, convert: (source: string) => string): string {
  return replaceRanges(template, tokenizeTemplate(template), (source) =>
    findVariableProblems(source.replace(/^\\/, '')).length > 0 ? convert(source) : source,
  );
}

function isPromptVariableName(name: string): name is PromptVariableName {
  return PROMPT_VARIABLE_NAMES.some((knownName) => knownName === name);
}

export function parsePickOptions({ placeholder = '' }: TemplateVariable): readonly string[] {
  const options = placeholder.split('|').map((option) => option.trim());
  return [...new Set(options)].filter((option) => option !== '');
}
