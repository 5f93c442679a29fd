import { expandTemplate } from '../../text/template';
import type { JsonValue } from '../../util/json';

/** What `${name}` in a template stands for. An absent value takes its field out of the body: unset is not sent. */
export type TemplateValues = Readonly<Record<string, JsonValue | undefined>>;

const SINGLE_VARIABLE = /^\$\{([A-Za-z_]\w*)\}$/;

/**
 * Fills a JSON body template. A string that is one variable and nothing else becomes its value as it is, a list or a number
 * included; inside a longer string the value is put in as text. Values are never looked through for variables again.
 * @returns undefined where the template itself is a variable without a value.
 */
export function fillTemplate(template: JsonValue, values: TemplateValues): JsonValue | undefined {
  if (typeof template === 'string') return fillText(template, values);
  if (template === null || typeof template !== 'object') return template;
  if (isList(template)) {
    return template.map((item) => fillTemplate(item, values)).filter((item) => item !== undefined);
  }
  const fields = Object.entries(template).map(([name, field]) => [name, fillTemplate(field, values)] as const);
  return Object.fromEntries(fields.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
}

/** Variables of a template that stand for nothing Quillet knows, so that a slip of the pen is found before sending. */
export function unknownVariables(template: JsonValue, known: readonly string[]): string[] {
  const found = new Set<string>();
  collectVariables(template, found);
  return [...found].filter((name) => !known.includes(name));
}

function fillText(template: string, values: TemplateValues): JsonValue | undefined {
  const variable = SINGLE_VARIABLE.exec(template)?.[1];
  if (variable !== undefined && Object.hasOwn(values, variable)) return values[variable];
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) texts.set(name, toText(value));
  return expandTemplate(template, texts).text;
}

function toText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function collectVariables(template: JsonValue, found: Set<string>): void {
  if (typeof template === 'string') {
    for (const [, name] of template.matchAll(/\$\{([A-Za-z_]\w*)\}/g)) found.add(name ?? '');
  } else if (template !== null && typeof template === 'object') {
    for (const value of isList(template) ? template : Object.values(template)) collectVariables(value, found);
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
