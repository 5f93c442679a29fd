import assert from 'node:assert/strict';
import type { Endpoint } from '../../src/core/chat';
import { resolveEndpoint } from '../../src/providers/endpoint';
import { parseSettings } from '../../src/settings/common/settings';
import { type Scenario, send } from './scenario';

// The request that docs/providers.md uses as an example.
const exampleRequest = {
  model: '${model}',
  prompt: '${prompt}',
  max_tokens: '${maxOutputTokens}',
  temperature: '${temperature}',
  stop_sequences: '${stop}',
};

/** The endpoint of a custom request, resolved from settings; `request` and `provider` override the defaults. */
export function httpEndpoint(origin: string, request: object = {}, provider: object = {}): Endpoint {
  const mine = { request: { url: `${origin}/v1/generate`, body: exampleRequest, ...request }, ...provider };
  const { settings, problems } = parseSettings({ providers: { mine } });
  assert.deepEqual(problems, []);
  return resolveEndpoint(settings, 'mine');
}

export function jsonLines(...documents: readonly unknown[]): Scenario {
  const steps = documents.map((document) => send(`${JSON.stringify(document)}\n`));
  return { headers: { 'content-type': 'application/x-ndjson' }, steps };
}

// Ollama's own routes answer with lines of JSON.
export const ollamaConfig = { stream: 'ndjson', text: '/response', finish: '/done', error: '/error' } as const;
