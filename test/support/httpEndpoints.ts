import assert from 'node:assert/strict';
import type { Endpoint } from '../../src/core/chat';
import { resolveEndpoint } from '../../src/providers/endpoint';
import { parseSettings } from '../../src/settings/common/settings';
import { type Scenario, send } from './scenario';

/** The request of the course page. */
const coursePage = {
  model: '${model}',
  prompt: '${prompt}',
  max_tokens: '${maxOutputTokens}',
  temperature: '${temperature}',
  stop_sequences: '${stop}',
};

/** The endpoint of a request of the user's own, as it comes out of the settings; the course page's unless told otherwise. */
export function httpEndpoint(origin: string, request: object = {}, provider: object = {}): Endpoint {
  const mine = { request: { url: `${origin}/v1/generate`, body: coursePage, ...request }, ...provider };
  const { settings, problems } = parseSettings({ providers: { mine } });
  assert.deepEqual(problems, []);
  return resolveEndpoint(settings, 'mine');
}

/** A response in lines of JSON. */
export function jsonLines(...documents: readonly unknown[]): Scenario {
  const steps = documents.map((document) => send(`${JSON.stringify(document)}\n`));
  return { headers: { 'content-type': 'application/x-ndjson' }, steps };
}

/** Ollama's own routes: the pointers of an answer in lines of JSON. */
export const ollamaConfig = { stream: 'ndjson', text: '/response', finish: '/done', error: '/error' } as const;
