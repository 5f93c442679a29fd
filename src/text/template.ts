import { withLineAndColumn } from './positions';
import { replaceRanges } from './replaceRanges';

/**
 * A `${…}` in a template: `${name}`, `${input:name:placeholder}` or `${pick:name:one|other}`, each with an optional
 * default after `:=`, as in `${symbol:=this code}`. A leading backslash escapes it: `\${name}` is plain text.
 */
export interface TemplateVariable {
  name: string;
  argument?: string;
  placeholder?: string;
  fallback?: string;
  /** In UTF-16 units, like `length`. A variable never spans lines. */
  offset: number;
  length: number;
  /** 1-based, like `column`. */
  line: number;
  column: number;
}

export function findVariables(template: string): TemplateVariable[] {
  return tokenizeTemplate(template).flatMap(({ variable }) => variable ?? []);
}

/** Inserts values by variable key in a single pass, so that variables inside a value are never expanded. */
export function expandTemplate(
  template: string,
  values: ReadonlyMap<string, string>,
): { text: string; missing: TemplateVariable[] } {
  const missing: TemplateVariable[] = [];
  const text = replaceRanges(template, tokenizeTemplate(template), (source, { variable }) => {
    if (variable === undefined) return source.slice(1);
    const value = resolveVariable(variable, values);
    if (value === undefined) missing.push(variable);
    return value ?? source;
  });
  return { text, missing };
}

function escapeTemplate(text: string): string {
  return text.replaceAll(VARIABLE_PATTERN, '\\$&');
}

export function fillInputs(template: string, inputs: ReadonlyMap<string, string>): string {
  return replaceRanges(template, tokenizeTemplate(template), (source, { variable }) => {
    const { name, argument = '' } = variable ?? {};
    const answer = name === 'input' || name === 'pick' ? inputs.get(argument) : undefined;
    return answer === undefined ? source : escapeTemplate(answer);
  });
}

function resolveVariable(variable: TemplateVariable, values: ReadonlyMap<string, string>): string | undefined {
  const value = values.get(variableKey(variable));
  return value === undefined || value === '' ? (variable.fallback ?? value) : value;
}

export function variableKey(variable: TemplateVariable): string {
  return variable.argument === undefined ? variable.name : `${variable.name}:${variable.argument}`;
}

interface TemplateToken {
  readonly variable?: TemplateVariable;
  readonly start: number;
  readonly end: number;
}

// Arguments exclude braces and line ends: an unclosed `${` must not cause a search to the end of the text.
const VARIABLE_PATTERN = /\$\{([a-z]\w*)(:[^{}\n]*)?\}/gi;

const ESCAPABLE_VARIABLE_PATTERN = new RegExp(`\\\\?${VARIABLE_PATTERN.source}`, 'gi');

const SUFFIX_PATTERN = /^(?::(?!=)(?<argument>[^:]*)(?::(?!=)(?<placeholder>.*?))?)?(?::=(?<fallback>.*))?$/s;

export function tokenizeTemplate(template: string): TemplateToken[] {
  const matches = Array.from(template.matchAll(ESCAPABLE_VARIABLE_PATTERN), (match) => ({ match, start: match.index }));
  return withLineAndColumn(template, matches).map(({ match, start, line, column }) => {
    const [source, name = '', suffix = ''] = match;
    const end = start + source.length;
    if (source.startsWith('\\')) return { start, end };
    const variable: TemplateVariable = { name, offset: start, length: source.length, line, column };
    const { argument, placeholder, fallback } = SUFFIX_PATTERN.exec(suffix)?.groups ?? {};
    if (argument !== undefined) variable.argument = argument;
    if (placeholder !== undefined) variable.placeholder = placeholder;
    if (fallback !== undefined) variable.fallback = fallback;
    return { variable, start, end };
  });
}
