import type { StreamEvent } from '../../core/chat';
import { parseUsage } from '../../core/tokenUsage';
import { withoutUndefined } from '../../util/withoutUndefined';
import { toReportedError } from '../http/errorMapping';
import { explicitError, serverMessage } from '../http/serverError';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one chunk of a chat completion stream, or a completion that was sent as a single document. Servers differ in
 * nearly every field, so each is checked first (see docs/sdk-notes.md, "What servers send").
 */
export function readChatChunk(chunk: unknown): StreamEvent[] {
  const fields = asFields(chunk);
  if (fields === undefined) return [unknownEvent(chunk)];
  const events: StreamEvent[] = [];
  if (typeof fields['model'] === 'string' && fields['model'] !== '') {
    events.push({ kind: 'model', model: fields['model'] });
  }
  const choice = firstChoice(fields['choices']);
  if (choice !== undefined) events.push(...readChoice(choice));
  const usage = parseUsage(fields['usage']);
  if (usage !== undefined) events.push({ kind: 'usage', usage });
  if (!Array.isArray(fields['choices']) && usage === undefined) events.push(unknownEvent(fields));
  return events;
}

function unknownEvent(chunk: unknown): StreamEvent {
  const message = typeof chunk === 'object' ? serverMessage(chunk) : undefined;
  return { kind: 'unknown', ...withoutUndefined({ message }) };
}

// Only choice 0 is requested. A choice without an index is the only one.
function firstChoice(choices: unknown): Fields | undefined {
  if (!Array.isArray(choices)) return undefined;
  return choices.map(asFields).find((choice) => choice !== undefined && (choice['index'] ?? 0) === 0);
}

function readChoice(choice: Fields): StreamEvent[] {
  const events: StreamEvent[] = [];
  const delta = asFields(choice['delta']) ?? asFields(choice['message']);
  if (delta !== undefined) {
    if (isReasoning(delta)) events.push({ kind: 'reasoning' });
    const text = contentText(delta['content']);
    if (text !== '') events.push({ kind: 'text', text });
    if (isUnknownContent(delta['content'])) events.push({ kind: 'unknown' });
    if (hasText(delta['refusal'])) events.push({ kind: 'refusal', text: delta['refusal'] });
  }
  const error = explicitError({ choices: [choice] });
  if (error !== undefined) events.push({ kind: 'error', error: toReportedError('sse.error', error, {}) });
  // Ollama has sent "" in every chunk.
  if (hasText(choice['finish_reason'])) events.push({ kind: 'finish', reason: choice['finish_reason'] });
  return events;
}

// Reasoning comes in a field of its own, or as a part of the content.
function isReasoning(delta: Fields): boolean {
  const { content } = delta;
  const isThinking = Array.isArray(content) && content.some((part) => asFields(part)?.['type'] === 'thinking');
  return isThinking || hasText(delta['reasoning_content']) || hasText(delta['reasoning']);
}

// Mistral sends `[{ type: 'thinking' }, { type: 'text', text }]`; only text parts are the answer.
function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map(asFields)
    .map((part) => (part?.['type'] === 'text' && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

function isUnknownContent(content: unknown): boolean {
  return content !== undefined && content !== null && typeof content !== 'string' && !Array.isArray(content);
}

function hasText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}
