/**
 * A `${…}` in a template: `${name}`, `${input:name:placeholder}` or `${pick:name:one|other}`, each with an optional
 * default after `:=`, as in `${symbol:=this code}`. A leading backslash escapes it: `\${name}` is plain text.
 */
export interface TemplateVariable {
  name: string;
  argument?: string;
  placeholder?: string;
  /** Replaces a missing or empty value. */
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

/**
 * Inserts values in a single pass, so that variables inside a value are never expanded. Keys are `name`, `input:<name>`
 * and `pick:<name>`. Variables without a value stay in the text and are returned as `missing`.
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

export function escapeTemplate(text: string): string {
  return text.replaceAll(VARIABLE_PATTERN, '\\$&');
}

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

export interface TemplateToken {
  readonly variable?: TemplateVariable;
  readonly offset: number;
  readonly source: string;
}

// Arguments exclude braces and line ends: an unclosed `${` must not cause a search to the end of the text.
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

export function parseVariableSuffix(suffix: string, variable: TemplateVariable): void {
  const separator = suffix.indexOf(DEFAULT_SEPARATOR);
  if (separator !== -1) variable.fallback = suffix.slice(separator + DEFAULT_SEPARATOR.length);
  const head = separator === -1 ? suffix : suffix.slice(0, separator);
  if (head === '') return;
  const colon = head.indexOf(':', 1);
  variable.argument = head.slice(1, colon === -1 ? undefined : colon);
  if (colon !== -1) variable.placeholder = head.slice(colon + 1);
}
