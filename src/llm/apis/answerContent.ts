import type { StreamEvent } from '../../core/chat';
import { asFields, type Fields } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';
import { serverMessage } from '../http/serverError';

export interface AnswerContent {
  readonly text: string;
  readonly hasReasoning: boolean;
}

const NOTHING: AnswerContent = { text: '', hasReasoning: false };

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
  if (typeof content === 'string') return { text: content, hasReasoning: false };
  if (Array.isArray(content)) {
    const parts = content.map(readContent);
    return { text: parts.map(({ text }) => text).join(''), hasReasoning: parts.some((part) => part.hasReasoning) };
  }
  const part = asFields(content);
  if (part === undefined) return NOTHING;
  if (isReasoningPart(part)) return { text: '', hasReasoning: true };
  const { type, text, value, parts } = part;
  if (Array.isArray(parts)) return readContent(parts);
  if (typeof type === 'string' && !/text/i.test(type)) return { text: '', hasReasoning: hasReasoningField(part) };
  const ownText = [text, asFields(text)?.['value'], value, part['content']].find((found) => typeof found === 'string');
  return { text: typeof ownText === 'string' ? ownText : '', hasReasoning: hasReasoningField(part) };
}

/** Whether an object is a part with reasoning instead of an answer. Gemini marks these with `thought: true`. */
export function isReasoningPart(part: Fields): boolean {
  return (
    part['thought'] === true || (typeof part['type'] === 'string' && /think|thought|reason|summary/i.test(part['type']))
  );
}

export function hasReasoningField(fields: Fields): boolean {
  return REASONING_FIELDS.some((name) => isFilled(fields[name]));
}

export function containsReasoning(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > 6) return false;
  const fields = asFields(value);
  if (fields !== undefined && (isReasoningPart(fields) || hasReasoningField(fields))) return true;
  return Object.values(value).some((child) => containsReasoning(child, depth + 1));
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
