import type { Endpoint, Usage } from '../../src/core/chat';
import type { Route } from './fakeModelServer';
import { knownUsage } from './llmHarness';
import { messageDelta, messagesEvent, messagesStream, textDelta, wholeMessage } from './otherApis';
import {
  type AnswerOptions,
  completion,
  defaultUsage,
  deltaFrame,
  doneFrame,
  finishFrame,
  type Scenario,
  streamed,
  usageFrame,
} from './scenario';

/** What differs between two API styles in tests of the faults that can happen to both. */
export interface Dialect {
  readonly api: Route & Endpoint['api'];
  readonly endpoint: Partial<Endpoint>;
  readonly path: string;
  readonly keyHeader: string;
  /** The usage in {@link end} and {@link streamed} as parsed by Quillet. */
  readonly usage: Usage;
  /** The finish reasons for a complete answer and for the token limit. */
  readonly complete: string;
  readonly length: string;
  /** One piece of an answer. */
  text(content: string): string;
  finish(reason?: string): string;
  /** Finish reason, usage and {@link done}. */
  readonly end: readonly string[];
  /** The last frame of a stream. */
  readonly done: string;
  streamed(pieces: readonly string[], options?: AnswerOptions): Scenario;
  /** An answer that is not a stream. */
  whole(content: string): Scenario;
}

const chat: Dialect = {
  api: 'chat',
  endpoint: {},
  path: '/v1/chat/completions',
  keyHeader: 'authorization',
  usage: knownUsage,
  complete: 'stop',
  length: 'length',
  text: (content) => deltaFrame({ content }),
  finish: finishFrame,
  end: [finishFrame(), usageFrame(defaultUsage), doneFrame],
  done: doneFrame,
  streamed,
  whole: completion,
};

/** The parts of a resolved endpoint that the style `messages` adds. */
export const messagesEndpoint: Partial<Endpoint> = {
  api: 'messages',
  keyHeader: 'x-api-key',
  headers: { 'anthropic-version': '2023-06-01' },
};

const messages: Dialect = {
  api: 'messages',
  endpoint: messagesEndpoint,
  path: '/v1/messages',
  keyHeader: 'x-api-key',
  usage: { inputTokens: 21, outputTokens: 34 },
  complete: 'end_turn',
  length: 'max_tokens',
  text: textDelta,
  finish: (reason) => messageDelta(reason, null),
  end: [messageDelta(), messagesEvent('message_stop')],
  done: messagesEvent('message_stop'),
  streamed: messagesStream,
  whole: (text) => wholeMessage([{ type: 'text', text }]),
};

export const dialects: readonly Dialect[] = [chat, messages];
