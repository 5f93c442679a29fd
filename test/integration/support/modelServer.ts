import type { RecordedRequest } from '../../support/recordedRequest';
import { type AnswerOptions, deltaFrame, type Scenario, type Step, send, streamed } from '../../support/scenario';
import { runSettings } from '../runner/runSettings';
import { eventually } from './eventually';

export interface RecordedChatRequest extends Omit<RecordedRequest, 'ended'> {
  readonly json: Readonly<Record<string, unknown>> & {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
  };
}

/** The base URL of the fake model server in the runner process. */
export function baseUrl(): string {
  return runSettings().modelServerUrl;
}

/** The same server as `localhost`, which is another origin. */
export function otherBaseUrl(): string {
  return baseUrl().replace('127.0.0.1', 'localhost');
}

/** Answers all following chat requests. */
export function answerWith(scenario: Scenario, route = 'chat'): Promise<unknown> {
  return control('script', { all: scenario, route });
}

/** Answers the next chat requests, one each. */
export function answerNext(...next: readonly Scenario[]): Promise<unknown> {
  return control('script', { next });
}

export function listModelsWith(scenario: Scenario): Promise<unknown> {
  return control('script', { all: scenario, route: 'models' });
}

/** Answers the next requests for the model list, one each. */
export function listModelsNext(...next: readonly Scenario[]): Promise<unknown> {
  return control('script', { next, route: 'models' });
}

export function answerText(...pieces: readonly string[]): Promise<unknown> {
  return answerWith(streamed(pieces));
}

/** An answer whose second part is sent by {@link continueAnswer}. */
export function inTwoParts(first: readonly string[], second: readonly string[], options: AnswerOptions = {}): Scenario {
  const rest = second.map((piece) => send(deltaFrame({ content: piece })));
  return streamed(first, { ...options, then: [GATE, ...rest, ...(options.then ?? [])] });
}

/** Holds the answer until {@link continueAnswer}. */
export const GATE = { do: 'gate', name: 'go on' } as const satisfies Step;

export function continueAnswer(): Promise<unknown> {
  return control('gate', { name: GATE.name });
}

export function resetServer(): Promise<unknown> {
  return control('reset', {});
}

/** All requests since the last reset, including those to other routes. */
export async function allRequests(): Promise<readonly RecordedRequest[]> {
  const response = await fetch(`${new URL(baseUrl()).origin}/__requests`);
  return (await response.json()) as readonly RecordedRequest[];
}

export async function chats(): Promise<readonly RecordedChatRequest[]> {
  const all = await allRequests();
  return all.filter(({ path }) => path.endsWith('/chat/completions')) as readonly unknown[] as RecordedChatRequest[];
}

export function chat(index = 0): Promise<RecordedChatRequest> {
  return eventually(async () => (await chats()).at(index), `chat request ${index}`);
}

async function control(action: string, body: object): Promise<unknown> {
  const url = `${new URL(baseUrl()).origin}/__${action}`;
  return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).json();
}
