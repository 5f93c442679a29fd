import { collectStrings } from '../../core/outboundText';
import { expandTemplate } from '../../text/template';
import type { JsonValue } from '../../util/json';

/** The value of each `${name}` in a template. An absent value removes its field. */
export type TemplateValues = Readonly<Record<string, JsonValue | undefined>>;

const SINGLE_VARIABLE = /^\$\{([A-Za-z_]\w*)\}$/;

/** A string that is a single variable becomes its value, which may be a list or a number. Values are never expanded. */
export function fillTemplate(template: JsonValue, values: TemplateValues): JsonValue | undefined {
  if (typeof template === 'string') return fillText(template, values);
  if (template === null || typeof template !== 'object') return template;
  if (isList(template)) {
    return template.map((item) => fillTemplate(item, values)).filter((item) => item !== undefined);
  }
  const fields = Object.entries(template).map(([name, field]) => [name, fillTemplate(field, values)] as const);
  return Object.fromEntries(fields.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
}

export function unknownVariables(template: JsonValue, known: readonly string[]): string[] {
  const texts = collectStrings(template);
  const names = texts.flatMap((text) => Array.from(text.matchAll(/\$\{([A-Za-z_]\w*)\}/g), ([, name = '']) => name));
  return [...new Set(names)].filter((name) => !known.includes(name));
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

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
