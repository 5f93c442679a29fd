import type { StreamEvent } from '../../core/chat';
import { parseUsage } from '../../core/tokenUsage';
import { asFields, type Fields } from '../../util/json';
import { hasText, isReasoningPart, reasoningText } from './answerContent';
import { TextBlocks } from './textBlocks';

const EVENT_TYPE = /^(?:message_(?:start|delta|stop)|content_block_(?:start|delta|stop)|ping)$/;

/** Reads an answer of Anthropic's Messages API: the events of a stream, or the whole message. */
export class MessagesReader {
  private readonly texts = new TextBlocks();
  /** Types of the blocks by their index. */
  private readonly types = new Map<unknown, unknown>();
  private usage: Fields = {};
  private hasReasoning = false;
  /** Between two blocks of reasoning. */
  private separator = '';

  static canRead({ type, choices, content }: Fields): boolean {
    if (choices !== undefined || typeof type !== 'string') return false;
    return EVENT_TYPE.test(type) || (type === 'message' && Array.isArray(content));
  }

  read(event: Fields): StreamEvent[] {
    switch (event['type']) {
      case 'message':
        return this.readMessage(event);
      case 'message_start':
        return this.readStart(asFields(event['message']) ?? {});
      case 'content_block_start':
        return this.startBlock(event['index'], asFields(event['content_block']) ?? {});
      case 'content_block_delta':
        return this.readDelta(event['index'], asFields(event['delta']) ?? {});
      case 'content_block_stop':
        return toTextEvents(this.texts.close(event['index']));
      case 'message_delta':
        return this.readEnd(asFields(event['delta']) ?? {}, event['usage']);
      case 'message_stop':
        return [...toTextEvents(this.texts.closeAll()), { kind: 'done' }];
      default:
        return [];
    }
  }

  private readMessage(message: Fields): StreamEvent[] {
    const blocks = Array.isArray(message['content']) ? message['content'] : [];
    return [
      ...this.readStart(message),
      ...blocks.flatMap((block, index) => this.startBlock(index, asFields(block) ?? {})),
      ...this.readEnd(message, message['usage']),
    ];
  }

  private readStart({ model, usage }: Fields): StreamEvent[] {
    // The output counted so far says nothing about the whole answer.
    this.addUsage({ ...asFields(usage), output_tokens: undefined });
    return [...(hasText(model) ? [{ kind: 'model', model } as const] : []), ...this.toUsageEvents()];
  }

  private startBlock(index: unknown, block: Fields): StreamEvent[] {
    const { type, text } = block;
    this.types.set(index, type);
    if (isReasoningPart(block)) {
      this.separator = this.hasReasoning ? '\n\n' : '';
      return [this.readReasoning(reasoningText(block))];
    }
    if (type !== 'text') return [{ kind: 'activity' }];
    return toTextEvents(this.texts.add(index, hasText(text) ? text : ''));
  }

  private readDelta(index: unknown, delta: Fields): StreamEvent[] {
    const { type = 'text_delta', text } = delta;
    // Only text of a text block is a part of the answer. Some gateways send no start of a block.
    const isAnswer = type === 'text_delta' && (this.types.get(index) ?? 'text') === 'text';
    if (!isAnswer && /think|signature/.test(String(type))) return [this.readReasoning(delta['thinking'])];
    if (!isAnswer) return [{ kind: 'activity' }];
    if (!hasText(text)) return text === undefined || text === '' ? [] : [{ kind: 'unknown' }];
    const events = toTextEvents(this.texts.add(index, text));
    return events.length === 0 ? [{ kind: 'activity' }] : events;
  }

  private readReasoning(thinking: unknown): StreamEvent {
    if (!hasText(thinking)) return { kind: 'reasoning', text: '' };
    const text = this.separator + thinking;
    this.hasReasoning = true;
    this.separator = '';
    return { kind: 'reasoning', text };
  }

  private readEnd({ stop_reason: reason, stop_details: details }: Fields, usage: unknown): StreamEvent[] {
    this.addUsage(asFields(usage) ?? {});
    const explanation = asFields(details)?.['explanation'];
    return [
      ...toTextEvents(this.texts.closeAll()),
      ...(reason === 'refusal' && hasText(explanation) ? [{ kind: 'refusal', text: explanation } as const] : []),
      ...this.toUsageEvents(),
      ...(hasText(reason) ? [{ kind: 'finish', reason } as const] : []),
    ];
  }

  // The last event repeats some of the counts of the first one; absent ones may be null.
  private addUsage(usage: Fields): void {
    const counts = Object.entries(usage).filter(([, count]) => count !== null && count !== undefined);
    this.usage = { ...this.usage, ...Object.fromEntries(counts) };
  }

  private toUsageEvents(): StreamEvent[] {
    const usage = parseUsage(this.usage);
    return usage === undefined ? [] : [{ kind: 'usage', usage }];
  }
}

function toTextEvents(text: string): StreamEvent[] {
  return text === '' ? [] : [{ kind: 'text', text }];
}
