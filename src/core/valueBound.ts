import type { Fields } from '../util/json';

type NumericParameter = 'temperature' | 'topP' | 'maxOutputTokens' | 'seed';

export interface ValueBound {
  readonly parameter: NumericParameter;
  readonly sent: number;
  readonly bound: number;
}

const WIRE_NAMES: readonly (readonly [RegExp, NumericParameter])[] = [
  [/\bmax_(?:completion_|output_|new_)?tokens\b/, 'maxOutputTokens'],
  [/\btemperature\b/, 'temperature'],
  [/\btop_?p\b/i, 'topP'],
  [/\bseed\b/, 'seed'],
];

// The server does not take the field at all, or no value but its own.
const FIELD_REFUSAL =
  /unsupported (?:param|field|arg)|unrecogni[sz]ed|unknown (?:name|param|field|arg)|extra (?:inputs|fields)|unexpected (?:keyword|field|param)|use ['"`]?\w+['"`]? instead|only the default/i;

const VALUE_REFUSAL =
  /too (?:large|high|big|small|low|long|many)|\b(?:less|greater|more|fewer|larger|smaller|higher|lower) than|\bat (?:most|least)\b|\b(?:above|below|exceeds?|outside|minimum|maximum)\b|\bup to \d|\bbetween\b|\bin [[(]|\brange\b|non-?negative|must be (?:a )?positive|[<>≤≥]=? ?-?\d|(?:supported|allowed|permitted|valid|possible) values|\bone of\b|input should be/i;

// Not a part of a model's name.
const NUMBER = '(?<![A-Za-z][-\\d.]{0,20})(-?\\d+(?:,\\d{3})*(?:\\.\\d+)?)(?!\\w)';
const RANGES = [
  `[[(] ?${NUMBER} ?, ?${NUMBER} ?[\\])]`,
  `(?:between|from) ${NUMBER} (?:and|to) ${NUMBER}`,
  `${NUMBER} ?(?:\\.\\.|-|–) ?${NUMBER}`,
  `${NUMBER} ?(?:<|≤)=? ?[\\w ]{1,40} ?(?:<|≤)=? ?${NUMBER}`,
].map((pattern) => new RegExp(pattern));
const UPPER = new RegExp(
  `(?:at most|(?:less|lower|smaller) than(?: or equal to)?|no more than|up to|exceed|greater than|larger than|limit|max[a-z]*(?: [a-z]+){0,5} (?:is|of|be)|maximum|[<≤]=?|\\d ?>) ?[^\\d\\n]{0,30}?${NUMBER}`,
  'gi',
);
const LOWER = new RegExp(
  `(?:at least|greater than(?: or equal to)?|no less than|minimum|[>≥]=?) ?[^\\d\\n]{0,30}?${NUMBER}`,
  'gi',
);

/** Whether a server rejects the value of a field that it knows. */
export function isValueRefusal(message: string): boolean {
  return !FIELD_REFUSAL.test(message) && VALUE_REFUSAL.test(message);
}

/** Finds the nearest accepted value in the server's own words. What is left of a context window is not a bound. */
export function findValueBound(
  { parameter = '', serverMessage = '' }: { readonly parameter?: string; readonly serverMessage?: string },
  parameters: Readonly<Partial<Record<NumericParameter, number>>>,
  extraBody: Fields = {},
): ValueBound | undefined {
  if (!isValueRefusal(serverMessage) || /context length|(?:input|prompt) tokens|in the messages/i.test(serverMessage))
    return undefined;
  const words = `${parameter} ${serverMessage}`;
  const name = findParameter(words);
  const isOverridden = Object.keys(extraBody).some((field) => findParameter(field) === name);
  const sent = name === undefined || isOverridden ? undefined : parameters[name];
  if (name === undefined || sent === undefined) return undefined;
  const bound = nearestBound(serverMessage, sent);
  return bound === undefined ? undefined : { parameter: name, sent, bound };
}

function findParameter(words: string): NumericParameter | undefined {
  return WIRE_NAMES.find(([pattern]) => pattern.test(words))?.[1];
}

function nearestBound(message: string, sent: number): number | undefined {
  for (const range of RANGES) {
    const [, low, high] = range.exec(message) ?? [];
    if (low === undefined || high === undefined) continue;
    if (sent > toNumber(high)) return toNumber(high);
    if (sent < toNumber(low)) return toNumber(low);
  }
  const upper = numbersAfter(UPPER, message).find((number) => number < sent);
  return upper ?? numbersAfter(LOWER, message).find((number) => number > sent);
}

function numbersAfter(pattern: RegExp, message: string): number[] {
  return [...message.matchAll(pattern)].map(([, number = '']) => toNumber(number));
}

function toNumber(text: string): number {
  return Number(text.replaceAll(',', ''));
}
