/** One `${…}` in a template: `${name}`, `${name:argument}` or `${name:argument:placeholder}`. */
export interface TemplateVariable {
  name: string;
  argument?: string;
  placeholder?: string;
  /** Where it starts in the template, in UTF-16 units. */
  offset: number;
  /** 1-based. */
  line: number;
  /** 1-based. */
  column: number;
}

/** Finds every variable of a template, known or not, in order. */
export function findVariables(template: string): TemplateVariable[] {
  return scan(template).map((found) => found.variable);
}

/**
 * Puts the values in, in a single pass: what a value contains is never looked at again. The value of an input is found
 * under `input:<name>`. Variables without a value stay in the text and are all reported together.
 */
export function expandTemplate(
  template: string,
  values: ReadonlyMap<string, string>,
): { text: string; missing: TemplateVariable[] } {
  const missing: TemplateVariable[] = [];
  const parts: string[] = [];
  let copiedTo = 0;
  for (const { variable, source } of scan(template)) {
    const value = values.get(keyOf(variable));
    if (value === undefined) missing.push(variable);
    parts.push(template.slice(copiedTo, variable.offset), value ?? source);
    copiedTo = variable.offset + source.length;
  }
  parts.push(template.slice(copiedTo));
  return { text: parts.join(''), missing };
}

function keyOf(variable: TemplateVariable): string {
  return variable.argument === undefined ? variable.name : `${variable.name}:${variable.argument}`;
}

interface FoundVariable {
  readonly variable: TemplateVariable;
  readonly source: string;
}

/** Braces and line ends are left out of arguments, so that a `${` without its end costs no search to the end of the text. */
const variablePattern = /\$\{([a-z]\w*)(?::([^:{}\n]*)(?::([^{}\n]*))?)?\}/gi;

function scan(template: string): FoundVariable[] {
  const found: FoundVariable[] = [];
  let line = 1;
  let lineStart = 0;
  let lineEnd = template.indexOf('\n');
  for (const match of template.matchAll(variablePattern)) {
    while (lineEnd !== -1 && lineEnd < match.index) {
      line += 1;
      lineStart = lineEnd + 1;
      lineEnd = template.indexOf('\n', lineStart);
    }
    const [source, name = '', argument, placeholder] = match;
    const variable: TemplateVariable = { name, offset: match.index, line, column: match.index - lineStart + 1 };
    if (argument !== undefined) variable.argument = argument;
    if (placeholder !== undefined) variable.placeholder = placeholder;
    found.push({ variable, source });
  }
  return found;
}
