import { findVariables, type TemplateVariable } from '../../text/template';
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
  'workspaceFolderBasename',
  'answerLanguage',
  'input',
  'pick',
] as const;

export type PromptVariableName = (typeof PROMPT_VARIABLE_NAMES)[number];

export interface VariableProblem {
  readonly variable: TemplateVariable;
  readonly code: 'unknownVariable' | 'nameMissing' | 'optionsMissing' | 'argument';
}

export function findVariableProblems(template: string): VariableProblem[] {
  return findVariables(template).flatMap((variable) => checkVariable(variable) ?? []);
}

function checkVariable(variable: TemplateVariable): VariableProblem | undefined {
  const { name, argument, placeholder } = variable;
  if (!isPromptVariableName(name)) return { variable, code: 'unknownVariable' };
  if (name === 'input' || name === 'pick') {
    if (argument === undefined || argument.trim() === '') return { variable, code: 'nameMissing' };
    const isEmptyPick = name === 'pick' && parsePickOptions(variable).length === 0;
    return isEmptyPick ? { variable, code: 'optionsMissing' } : undefined;
  }
  return argument === undefined && placeholder === undefined ? undefined : { variable, code: 'argument' };
}

function isPromptVariableName(name: string): name is PromptVariableName {
  return PROMPT_VARIABLE_NAMES.some((knownName) => knownName === name);
}

export function parsePickOptions({ placeholder = '' }: TemplateVariable): readonly string[] {
  const options = placeholder.split('|').map((option) => option.trim());
  return [...new Set(options)].filter((option) => option !== '');
}
