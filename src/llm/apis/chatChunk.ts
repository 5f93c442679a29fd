import type { StreamEvent } from '../../core/chat';
import { parseUsage } from '../../core/tokenUsage';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one chunk of a chat completion stream, or a whole completion that was sent instead of a stream. Servers differ
 * in nearly every field (faults B3), so nothing is believed before it was looked at: chunks without choices, deltas that
 * are null, content as an array of parts, an empty finish reason.
 */
export function readChatChunk(chunk: unknown): StreamEvent[] {
  const fields = asFields(chunk);
  if (fields === undefined) return [{ kind: 'unknown' }];
  const events: StreamEvent[] = [];
  if (typeof fields['model'] === 'string' && fields['model'] !== '') {
    events.push({ kind: 'model', model: fields['model'] });
  }
  const choice = firstChoice(fields['choices']);
  if (choice !== undefined) events.push(...readChoice(choice));
  const usage = parseUsage(fields['usage']);
  if (usage !== undefined) events.push({ kind: 'usage', usage });
  if (!Array.isArray(fields['choices']) && usage === undefined) events.push({ kind: 'unknown' });
  return events;
}

/** Only choice 0 is asked for; another index is noise. A choice without an index is the only one there is. */
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
  // Ollama sent "" in every chunk (faults V5); only a word is a reason.
  if (hasText(choice['finish_reason'])) events.push({ kind: 'finish', reason: choice['finish_reason'] });
  return events;
}

/** A sign of life that is no text: in a field of its own, or as a part of the content (faults V14). */
function isReasoning(delta: Fields): boolean {
  const { content } = delta;
  const isThinking = Array.isArray(content) && content.some((part) => asFields(part)?.['type'] === 'thinking');
  return isThinking || hasText(delta['reasoning_content']) || hasText(delta['reasoning']);
}

/** Mistral sends `[{ type: 'thinking' }, { type: 'text', text }]`; only the text parts are the answer. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map(asFields)
    .map((part) => (part?.['type'] === 'text' && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

/** Content that is neither text nor parts nor absent. */
function isUnknownContent(content: unknown): boolean {
  return content !== undefined && content !== null && typeof content !== 'string' && !Array.isArray(content);
}

function hasText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}
