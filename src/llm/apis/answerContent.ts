import type { StreamEvent } from '../../core/chat';
import { asFields, type Fields } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';
import { serverMessage } from '../http/serverError';

export interface AnswerContent {
  readonly text: string;
  /** Undefined if there is none, empty if its text is hidden. */
  readonly reasoning?: string;
}

const NOTHING: AnswerContent = { text: '' };

const REASONING_FIELDS = [
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'reasoning_text',
  'thinking',
  'thinking_blocks',
  'thinking_content',
  'thought',
  'thoughts',
] as const;

/** Reads a string, a part such as `{ type: 'text', text }` or `{ text: { value } }`, or a list of these. */
export function readContent(content: unknown): AnswerContent {
  if (typeof content === 'string') return { text: content };
  if (Array.isArray(content)) {
    const parts = content.map(readContent);
    const reasonings = parts.flatMap(({ reasoning }) => reasoning ?? []);
    return {
      text: parts.map(({ text }) => text).join(''),
      ...(reasonings.length > 0 && { reasoning: reasonings.join('') }),
    };
  }
  const part = asFields(content);
  if (part === undefined) return NOTHING;
  if (isReasoningPart(part)) return { text: '', reasoning: reasoningText(part) };
  const { type, text, value, parts } = part;
  if (Array.isArray(parts)) return readContent(parts);
  if (typeof type === 'string' && !/text/i.test(type))
    return { text: '', ...withoutUndefined({ reasoning: readReasoning(part) }) };
  const ownText = [text, asFields(text)?.['value'], value, part['content']].find((found) => typeof found === 'string');
  return {
    text: typeof ownText === 'string' ? ownText : '',
    ...withoutUndefined({ reasoning: readReasoning(part) }),
  };
}

/** Whether an object is a part with reasoning instead of an answer. Gemini marks these with `thought: true`. */
export function isReasoningPart(part: Fields): boolean {
  return (
    part['thought'] === true || (typeof part['type'] === 'string' && /think|thought|reason|summary/i.test(part['type']))
  );
}

/** Reads the first filled field, because gateways repeat the same text in several. Undefined if there is none. */
export function readReasoning(fields: Fields): string | undefined {
  const filled = REASONING_FIELDS.map((name) => fields[name]).filter((value) => isFilled(value));
  return filled.length === 0 ? undefined : (filled.map((value) => reasoningText(value)).find(hasText) ?? '');
}

const REASONING_TEXT_FIELDS = ['text', 'thinking', 'summary', 'content', 'reasoning', 'value'] as const;

/** The text in a reasoning field or part: signatures and encrypted reasoning are none. */
export function reasoningText(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (depth > 6) return '';
  if (Array.isArray(value)) return value.map((child) => reasoningText(child, depth + 1)).join('');
  const fields = asFields(value) ?? {};
  return REASONING_TEXT_FIELDS.map((name) => reasoningText(fields[name], depth + 1)).find(hasText) ?? '';
}

/** Reads the first reasoning anywhere in a document. */
export function findReasoning(value: unknown, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null || depth > 6) return undefined;
  const fields = asFields(value);
  const own =
    fields === undefined ? undefined : isReasoningPart(fields) ? reasoningText(fields) : readReasoning(fields);
  if (own !== undefined) return own;
  for (const child of Object.values(value)) {
    const found = findReasoning(child, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a value holds any text or `true`. Empty lists, objects of nulls and numbers don't count. */
export function isFilled(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value !== '';
  if (typeof value !== 'object' || value === null || depth > 6) return value === true;
  return Object.values(value).some((child) => isFilled(child, depth + 1));
}

export function hasText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function unknownEvent(chunk: unknown): StreamEvent {
  const message = typeof chunk === 'object' ? serverMessage(chunk) : undefined;
  return { kind: 'unknown', ...withoutUndefined({ message }) };
}
