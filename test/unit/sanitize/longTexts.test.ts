import { isProseAnswer } from '../../../src/answers/proseComments';
import { parseApiKey } from '../../../src/core/apiKey';
import { parseModelRef } from '../../../src/core/chat';
import { isSensitivePath } from '../../../src/destinations/common/sensitivePaths';
import { fillTemplate, unknownVariables } from '../../../src/llm/apis/bodyTemplate';
import { readEventStream } from '../../../src/llm/http/eventStream';
import { parseRetryAfter } from '../../../src/llm/http/retryPolicy';
import { serverMessage } from '../../../src/llm/http/serverError';
import { parsePromptFile } from '../../../src/prompts/common/promptFile';
import { parseBaseUrl } from '../../../src/providers/baseUrl';
import { parsePreviewBody } from '../../../src/requests/common/previewText';
import { checkHeader } from '../../../src/settings/common/headerRules';
import { findSecretsInSettings } from '../../../src/settings/common/secretsInSettings';
import { parseSettings } from '../../../src/settings/common/settings';
import { fenceFor } from '../../../src/text/codeFence';
import { closeFence } from '../../../src/threads/common/conversationMarkdown';
import { resolveJsonPointer } from '../../../src/util/jsonPointer';
import { assertLinear, repeatTo } from '../../support/growth';

/** Parsers of text that a user, a repository or a server controls, except those with their own test of long texts. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'an API key': parseApiKey,
  'a base URL': parseBaseUrl,
  'an answer that may be prose': isProseAnswer,
  'a model': parseModelRef,
  'a code fence': fenceFor,
  'a conversation': closeFence,
  'a path': isSensitivePath,
  'a prompt file': (text) => parsePromptFile('x', text),
  'the front matter of a prompt file': (text) => parsePromptFile('x', `---\nname: ${text}\n---\nx`),
  'an edited request': parsePreviewBody,
  'a header': (text) => [checkHeader('X-Any', text), checkHeader(text, 'x')],
  'a Retry-After header': (text) => parseRetryAfter({ get: () => text }, 0),
  'a body template': (text) => [fillTemplate({ a: text }, {}), unknownVariables({ a: text }, [])],
  'a JSON Pointer': (text) => resolveJsonPointer({ a: 1 }, `/${text}`),
  'the settings': (text) => parseSettings({ model: text, providers: { [text]: { baseUrl: text, apiKeyEnv: text } } }),
  'keys in the settings': (text) => findSecretsInSettings({ headers: { a: text }, providers: { a: { apiKey: text } } }),
  'the message of a server': (text) => serverMessage({ error: { message: text } }),
  'a stream of events': (text) => readEvents(text),
  'the name of an event': (text) => readEvents(`event: ${text}`),
  'the data of an event': (text) => readEvents(`data: ${text}`),
  'the error of an event': (text) => readEvents(`error: ${text}`),
};

async function readEvents(text: string): Promise<void> {
  try {
    const response = new Response(text, { headers: { 'content-type': 'text/event-stream' } });
    for await (const _ of readEventStream(response, { isChunk: () => true, read: () => [] }));
  } catch {
    // A line over the limit is an error, which another test covers.
  }
}

const seeds = [
  'a',
  '(',
  ' ',
  '\n',
  'QUJD',
  '-----BEGIN',
  '1',
  '.',
  ':',
  '/',
  '${a',
  '`',
  '~',
  '<a ',
  '- ',
  '\\',
  '[',
  'ping ',
];

describe('very long texts', () => {
  for (const [name, read] of Object.entries(readers)) {
    it(`are parsed in linear time as ${name} [E22]`, async () => {
      for (const seed of seeds) {
        await assertLinear((size) => read(repeatTo(seed, size)), 100_000, JSON.stringify(seed));
        await assertLinear((size) => read(`x${repeatTo(seed, size)}!`), 100_000, JSON.stringify(seed));
      }
    });
  }
});
