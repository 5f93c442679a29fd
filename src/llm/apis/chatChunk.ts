import type { StreamEvent } from '../../core/chat';
import { parseUsage } from '../../core/tokenUsage';
import { asFields, type Fields } from '../../util/json';
import { toReportedError } from '../http/errorMapping';
import { explicitError } from '../http/serverError';
import { hasText, isFilled, readContent, readReasoning, unknownEvent } from './answerContent';

const PASSIVE_FIELDS = new Set(
  'role name id index type model content text refusal finish_reason channel phase'.split(' '),
);

/** Servers differ in nearly every field, so each is checked first (see docs/sdk-notes.md, "What servers send"). */
export class ChatChunkReader {
  private deltaText = '';
  private hasRefusal = false;
  private messageText = '';
  private reasoning = '';
  private serviceTier: unknown;

  read(chunk: Fields): StreamEvent[] {
    const events: StreamEvent[] = [];
    if (hasText(chunk['model'])) events.push({ kind: 'model', model: chunk['model'] });
    const choice = firstChoice(chunk['choices']);
    if (choice !== undefined) events.push(...this.readChoice(choice));
    const topReason = finishReason(chunk, {});
    const has = (kind: StreamEvent['kind']) => events.some((event) => event.kind === kind);
    if (topReason !== undefined && !has('finish')) events.push(toFinishEvent(topReason, has('text')));
    const error = explicitError(chunk);
    if (error !== undefined) events.push({ kind: 'error', error: toReportedError('sse.error', error, {}) });
    // Groq and Kimi have fields of their own for the usage.
    const sources = [chunk['usage'], asFields(chunk['x_groq'])?.['usage'], choice?.['usage']];
    this.serviceTier = chunk['service_tier'] ?? this.serviceTier;
    const usage = sources.map((source) => parseUsage(source, this.serviceTier)).find((parsed) => parsed !== undefined);
    if (usage !== undefined) events.push({ kind: 'usage', usage });
    const isKnown = Array.isArray(chunk['choices']) || usage !== undefined || hasText(chunk['type']);
    if (!isKnown) events.push(unknownEvent(chunk));
    return events;
  }

  private readChoice(choice: Fields): StreamEvent[] {
    const events: StreamEvent[] = [];
    const delta = withoutCommentary(toDelta(choice['delta']) ?? {});
    const message = toDelta(choice['message']) ?? {};
    const reasoning = this.takeReasoning(ownReasoning(delta), ownReasoning(message));
    if (reasoning !== undefined) events.push({ kind: 'reasoning', text: reasoning });
    else if (isActive(delta)) events.push({ kind: 'activity' });
    const text = this.takeText(delta, message, choice);
    if (text !== '') events.push({ kind: 'text', text });
    if ([delta, message].some((source) => isUnknownContent(source['content']))) events.push({ kind: 'unknown' });
    const refusal = this.takeRefusal(delta, message);
    if (refusal !== '') events.push({ kind: 'refusal', text: refusal });
    const reason = finishReason(choice, delta);
    if (reason !== undefined) events.push(toFinishEvent(reason, text !== ''));
    return events;
  }

  private takeText(delta: Fields, message: Fields, choice: Fields): string {
    const text = ownText(delta) || (hasText(choice['text']) ? choice['text'] : '');
    const whole = ownText(message);
    if (text === '' && this.deltaText === '') return this.takeMessageText(whole);
    // A last message repeats what the deltas brought, and its delta may too.
    if (text === whole && text === this.deltaText) return '';
    this.deltaText += text;
    return text;
  }

  // As with text, a message repeats what came before.
  private takeReasoning(delta: string | undefined, message: string | undefined): string | undefined {
    const whole = message ?? '';
    const added = whole.startsWith(this.reasoning) ? whole.slice(this.reasoning.length) : '';
    const text = hasText(delta) && delta !== whole ? delta : added;
    this.reasoning += text;
    return delta === undefined && message === undefined ? undefined : text;
  }

  // Without deltas, each message may hold the whole answer so far.
  private takeMessageText(text: string): string {
    if (text.length >= this.messageText.length && text.startsWith(this.messageText)) {
      const added = text.slice(this.messageText.length);
      this.messageText = text;
      return added;
    }
    this.messageText += text;
    return text;
  }

  private takeRefusal(delta: Fields, message: Fields): string {
    const refusal = hasText(delta['refusal']) ? delta['refusal'] : this.hasRefusal ? '' : message['refusal'];
    if (!hasText(refusal)) return '';
    this.hasRefusal = true;
    return refusal;
  }
}

function toFinishEvent(reason: string, isBesideText: boolean): StreamEvent {
  return { kind: 'finish', reason, ...(isBesideText ? { isBesideText } : {}) };
}

// Only choice 0 is requested. A choice without an index is the only one.
function firstChoice(choices: unknown): Fields | undefined {
  if (!Array.isArray(choices)) return undefined;
  return choices.map(asFields).find((choice) => choice !== undefined && Number(choice['index'] ?? 0) === 0);
}

// Ollama has sent "" in every chunk, and DashScope "null".
function finishReason(choice: Fields, delta: Fields): string | undefined {
  const values = [choice['finish_reason'], choice['finishReason'], choice['finish_details'], delta['finish_reason']];
  return values
    .map((value) => asFields(value)?.['type'] ?? value)
    .filter(hasText)
    .find((value) => value !== 'null');
}

function toDelta(value: unknown): Fields | undefined {
  return typeof value === 'string' ? { content: value } : asFields(value);
}

// Gateways that name gpt-oss's channel in a field send its reasoning as content.
function withoutCommentary(delta: Fields): Fields {
  const isBefore = [delta['channel'], delta['phase'], delta['role']].some(
    (value) => typeof value === 'string' && /^(?:analysis|commentary|reasoning|thinking)$/i.test(value),
  );
  return isBefore ? { reasoning: [delta['reasoning'], delta['content']] } : delta;
}

function ownReasoning(source: Fields): string | undefined {
  return readReasoning(source) ?? readContent(source['content']).reasoning;
}

function ownText(delta: Fields): string {
  const { text } = readContent(delta['content']);
  return text === '' && hasText(delta['text']) ? delta['text'] : text;
}

function isActive(delta: Fields): boolean {
  return Object.entries(delta).some(([name, value]) => !PASSIVE_FIELDS.has(name) && isFilled(value));
}

function isUnknownContent(content: unknown): boolean {
  return content !== undefined && content !== null && typeof content !== 'string' && typeof content !== 'object';
}
