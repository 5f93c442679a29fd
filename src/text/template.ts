/**
 * One `${…}` in a template: `${name}`, `${input:name:placeholder}` or `${pick:name:one|other}`, each with a default after
 * `:=` where there is one, as in `${symbol:=this code}`. A backslash in front, `\${name}`, makes it plain text.
 */
export interface TemplateVariable {
  name: string;
  argument?: string;
  placeholder?: string;
  /** What stands in where there is no value, or an empty one. */
  fallback?: string;
  /** Where it starts in the template, in UTF-16 units. */
  offset: number;
  /** How long it is as it was written, in UTF-16 units. It never spans lines. */
  length: number;
  /** 1-based. */
  line: number;
  /** 1-based. */
  column: number;
}

/** Finds every variable of a template, known or not, in order. */
export function findVariables(template: string): TemplateVariable[] {
  return tokenizeTemplate(template).flatMap(({ variable }) => variable ?? []);
}

/**
 * Puts the values in, in a single pass: what a value contains is never looked at again. The value of an input is found
 * under `input:<name>`, that of a pick under `pick:<name>`. Variables without a value stay in the text and are all
 * reported together.
 */
export function expandTemplate(
  template: string,
  values: ReadonlyMap<string, string>,
): { text: string; missing: TemplateVariable[] } {
  const missing: TemplateVariable[] = [];
  const parts: string[] = [];
  let copiedTo = 0;
  for (const { variable, offset, source } of tokenizeTemplate(template)) {
    parts.push(template.slice(copiedTo, offset));
    copiedTo = offset + source.length;
    const value = variable === undefined ? source.slice(1) : resolveVariable(variable, values);
    if (variable !== undefined && value === undefined) missing.push(variable);
    parts.push(value ?? source);
  }
  parts.push(template.slice(copiedTo));
  return { text: parts.join(''), missing };
}

/** A text that stands for itself in a template, whatever looks like a variable in it. */
export function escapeTemplate(text: string): string {
  return text.replaceAll(VARIABLE_PATTERN, '\\$&');
}

/** A template in which the inputs that were answered are plain text; the others are still asked for. */
export function fillInputs(template: string, inputs: ReadonlyMap<string, string>): string {
  const parts: string[] = [];
  let copiedTo = 0;
  for (const { name, argument = '', offset, length } of findVariables(template)) {
    const answer = name === 'input' || name === 'pick' ? inputs.get(argument) : undefined;
    if (answer === undefined) continue;
    parts.push(template.slice(copiedTo, offset), escapeTemplate(answer));
    copiedTo = offset + length;
  }
  return parts.join('') + template.slice(copiedTo);
}

export function resolveVariable(variable: TemplateVariable, values: ReadonlyMap<string, string>): string | undefined {
  const value = values.get(variableKey(variable));
  return value === undefined || value === '' ? (variable.fallback ?? value) : value;
}

export function variableKey(variable: TemplateVariable): string {
  return variable.argument === undefined ? variable.name : `${variable.name}:${variable.argument}`;
}

/** Something that looks like a variable; without one where a backslash makes it plain text. */
export interface TemplateToken {
  readonly variable?: TemplateVariable;
  readonly offset: number;
  readonly source: string;
}

/** Braces and line ends are left out of arguments, so that a `${` without its end costs no search to the end of the text. */
export const VARIABLE_PATTERN = /\$\{([a-z]\w*)(:[^{}\n]*)?\}/gi;

export const ESCAPABLE_VARIABLE_PATTERN = new RegExp(`\\\\?${VARIABLE_PATTERN.source}`, 'gi');

export const DEFAULT_SEPARATOR = ':=';

export function tokenizeTemplate(template: string): TemplateToken[] {
  const tokens: TemplateToken[] = [];
  let line = 1;
  let lineStart = 0;
  let lineEnd = template.indexOf('\n');
  for (const match of template.matchAll(ESCAPABLE_VARIABLE_PATTERN)) {
    const [source, name = '', suffix = ''] = match;
    const offset = match.index;
    while (lineEnd !== -1 && lineEnd < offset) {
      line += 1;
      lineStart = lineEnd + 1;
      lineEnd = template.indexOf('\n', lineStart);
    }
    if (source.startsWith('\\')) tokens.push({ offset, source });
    else {
      const variable = { name, offset, length: source.length, line, column: offset - lineStart + 1 };
      if (suffix !== '') parseVariableSuffix(suffix, variable);
      tokens.push({ variable, offset, source });
    }
  }
  return tokens;
}

/** What stands behind the name: `:argument`, `:placeholder`, and `:=default` at the end. */
export function parseVariableSuffix(suffix: string, variable: TemplateVariable): void {
  const separator = suffix.indexOf(DEFAULT_SEPARATOR);
  if (separator !== -1) variable.fallback = suffix.slice(separator + DEFAULT_SEPARATOR.length);
  const head = separator === -1 ? suffix : suffix.slice(0, separator);
  if (head === '') return;
  const colon = head.indexOf(':', 1);
  variable.argument = head.slice(1, colon === -1 ? undefined : colon);
  if (colon !== -1) variable.placeholder = head.slice(colon + 1);
}
