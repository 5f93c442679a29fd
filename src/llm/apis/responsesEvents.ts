import type { StreamEvent } from '../../core/chat';
import type { QuilletError } from '../../core/errors';
import { parseUsage } from '../../core/tokenUsage';
import { asFields, type Fields } from '../../util/json';
import { toReportedError } from '../http/errorMapping';
import { hasText, isReasoningPart, readContent, reasoningText } from './answerContent';

const MESSAGE_BREAK = '\n\n';

const END_STATUS: Readonly<Record<string, string>> = {
  'response.completed': 'completed',
  'response.done': 'completed',
  'response.incomplete': 'incomplete',
  'response.cancelled': 'cancelled',
};

/** Each text may come as deltas, in the object that ends its part, its item or the response, or in several of these. */
export class ResponsesReader {
  private text = '';
  private hasRefusal = false;
  private itemKey = '';
  private partKey = '';
  private itemStart = 0;
  private partStart = 0;
  /** The part of the last reasoning, if there was any. */
  private reasoningPart: string | undefined;
  /** Items in which the model says what it is going to do. They are not part of the answer. */
  private readonly commentary = new Set<unknown>();

  static canRead({ type, object, choices, error }: Fields): boolean {
    if (choices !== undefined || (type === 'error' && asFields(error) !== undefined)) return false;
    return isEventType(type) || object === 'response';
  }

  read(event: Fields): StreamEvent[] {
    const type = isEventType(event['type']) ? event['type'] : 'response.completed';
    const response = asFields(event['response']);
    if (type === 'error') throw toStreamError(event);
    if (type === 'response.failed') throw toStreamError(response ?? event);
    const endStatus = END_STATUS[type];
    if (endStatus !== undefined) return this.readEnd(response ?? event, endStatus);
    const item = asFields(event['item']);
    this.enterItem(event, item);
    if (this.isCommentary(event, item)) return [{ kind: 'activity' }];
    return this.readPiece(type, event, item);
  }

  private readPiece(type: string, event: Fields, item: Fields | undefined): StreamEvent[] {
    const { delta } = event;
    switch (type) {
      case 'response.output_text.delta':
        return hasText(delta) ? this.addText(delta) : [];
      case 'response.refusal.delta':
        return hasText(delta) ? this.addRefusal(delta) : [];
      case 'response.output_text.done':
        return this.completeText(this.partStart, event['text']);
      case 'response.refusal.done':
        return this.completeRefusal(event['refusal']);
      case 'response.content_part.done':
        return this.completeParts(this.partStart, [event['part']]);
      case 'response.output_item.added':
        return item !== undefined && isReasoningPart(item) ? [{ kind: 'reasoning', text: '' }] : [];
      case 'response.output_item.done':
        return item === undefined
          ? []
          : isReasoningPart(item)
            ? this.completeReasoning([item])
            : this.completeItem(item);
      default:
        return type.includes('reasoning') ? this.readReasoning(type, event) : readSignOfLife(type, delta);
    }
  }

  // Each part of a summary is a paragraph.
  private readReasoning(type: string, event: Fields): StreamEvent[] {
    const { delta, output_index: item, summary_index: summary, content_index: content } = event;
    if (!type.endsWith('.delta') || !hasText(delta)) return [];
    const part = [item, summary, content].join();
    const separator = this.reasoningPart === undefined || this.reasoningPart === part ? '' : MESSAGE_BREAK;
    this.reasoningPart = part;
    return [{ kind: 'reasoning', text: separator + delta }];
  }

  private completeReasoning(items: readonly Fields[]): StreamEvent[] {
    if (this.reasoningPart !== undefined) return [];
    const text = items.map(wholeReasoning).filter(hasText).join(MESSAGE_BREAK);
    if (text === '') return [];
    this.reasoningPart = '';
    return [{ kind: 'reasoning', text }];
  }

  private completeItem(item: Fields): StreamEvent[] {
    const events = this.completeParts(this.itemStart, item['content']);
    if (isCutOff(item)) events.push({ kind: 'finish', reason: 'incomplete' });
    return events;
  }

  private readEnd(response: Fields, endStatus: string): StreamEvent[] {
    if (response['status'] === 'failed') throw toStreamError(response);
    const events: StreamEvent[] = [];
    if (hasText(response['model'])) events.push({ kind: 'model', model: response['model'] });
    const items = toItems(response['output']);
    events.push(...this.completeReasoning(items.filter(isReasoningPart)));
    const isMixed = items.some((item) => isCommentaryItem(item) && this.hasTaken(item));
    const answers = items
      .filter((item) => !isCommentaryItem(item) && !isReasoningPart(item))
      .map(({ content }) => answerText(content));
    const whole = answers.filter((text) => text !== '').join(MESSAGE_BREAK);
    this.itemStart = -1;
    events.push(...this.completeText(0, whole === '' ? response['output_text'] : whole));
    for (const { content } of items) events.push(...this.completeRefusal(refusalText(content)));
    const status = items.some(isCutOff) && endStatus === 'completed' ? 'incomplete' : endStatus;
    events.push({ kind: 'finish', reason: isMixed ? 'commentary' : finishReason(response, status) });
    const usage = parseUsage(response['usage'], response['service_tier']);
    if (usage !== undefined) events.push({ kind: 'usage', usage });
    return events;
  }

  // An item whose phase became known only at the end.
  private hasTaken({ content }: Fields): boolean {
    const text = answerText(content).trim();
    return text !== '' && this.text.trimStart().startsWith(text);
  }

  // Some gateways give each event a different `item_id`.
  private enterItem(event: Fields, item: Fields | undefined): void {
    const itemKey = String(event['output_index'] ?? item?.['id'] ?? this.itemKey);
    const partKey = String(event['content_index'] ?? this.partKey);
    if (itemKey !== this.itemKey) this.itemStart = this.text.length;
    if (itemKey !== this.itemKey || partKey !== this.partKey) this.partStart = this.text.length;
    this.itemKey = itemKey;
    this.partKey = partKey;
  }

  private isCommentary(event: Fields, item: Fields | undefined): boolean {
    const keys = [event['output_index'], event['item_id'] ?? item?.['id']].filter((key) => key !== undefined);
    if (item !== undefined && isCommentaryItem(item)) for (const key of keys) this.commentary.add(key);
    if (keys.length === 0) return item !== undefined && isCommentaryItem(item);
    return keys.some((key) => this.commentary.has(key));
  }

  private completeParts(start: number, content: unknown): StreamEvent[] {
    return [...this.completeText(start, answerText(content)), ...this.completeRefusal(refusalText(content))];
  }

  private completeText(start: number, whole: unknown): StreamEvent[] {
    const received = this.text.slice(start);
    if (!hasText(whole)) return [];
    // The events of an item don't always agree on its id.
    if (received === '' && this.text.endsWith(whole)) return [];
    if (whole.startsWith(received)) return this.addText(whole.slice(received.length));
    return received.trim() === '' ? this.addText(whole) : [];
  }

  private addText(text: string): StreamEvent[] {
    if (text === '') return [];
    const isNewMessage = this.text !== '' && this.itemStart === this.text.length;
    if (isNewMessage) {
      this.text += MESSAGE_BREAK;
      this.itemStart = this.text.length;
      this.partStart = this.text.length;
    }
    this.text += text;
    return [{ kind: 'text', text: isNewMessage ? MESSAGE_BREAK + text : text }];
  }

  private addRefusal(text: string): StreamEvent[] {
    this.hasRefusal = true;
    return [{ kind: 'refusal', text }];
  }

  private completeRefusal(text: unknown): StreamEvent[] {
    return hasText(text) && !this.hasRefusal ? this.addRefusal(text) : [];
  }
}

function isEventType(type: unknown): type is string {
  return typeof type === 'string' && (type.startsWith('response.') || type === 'error');
}

function toItems(output: unknown): readonly Fields[] {
  return Array.isArray(output) ? output.map(asFields).filter((item) => item !== undefined) : [];
}

function isCommentaryItem({ phase }: Fields): boolean {
  return phase === 'commentary';
}

function wholeReasoning({ summary, content }: Fields): string {
  const parts: readonly unknown[] = [summary, content].flat();
  return parts
    .map((part) => reasoningText(part))
    .filter(hasText)
    .join(MESSAGE_BREAK);
}

function answerText(content: unknown): string {
  const parts = Array.isArray(content) ? content.filter((part) => asFields(part)?.['type'] !== 'refusal') : content;
  return readContent(parts).text;
}

function refusalText(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content.map((part) => asFields(part)?.['refusal']).find(hasText) ?? '';
}

function readSignOfLife(type: string, delta: unknown): StreamEvent[] {
  if (!type.endsWith('.delta') || !hasText(delta)) return [];
  return [{ kind: 'activity' }];
}

function isCutOff(item: Fields): boolean {
  return item['status'] === 'incomplete' && answerText(item['content']) !== '';
}

// In the names that chat completions use.
function finishReason(response: Fields, endStatus: string): string {
  const { reason } = asFields(response['incomplete_details']) ?? {};
  if (reason === 'max_output_tokens') return 'length';
  if (hasText(reason)) return reason;
  const { status } = response;
  if (endStatus !== 'completed' || !hasText(status)) return endStatus === 'completed' ? 'stop' : endStatus;
  return status === 'completed' ? 'stop' : status;
}

function toStreamError(fields: Fields): QuilletError {
  return toReportedError('sse.error', fields, {});
}
