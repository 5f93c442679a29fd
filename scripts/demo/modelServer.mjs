// The demo's model server: implements OpenAI's API locally and streams prepared answers at a realistic speed.
import process from 'node:process';
import { LLMock } from '@copilotkit/aimock';
import { onExit } from '../lib/cleanup.mjs';
import { answer } from './answers.mjs';

/** Characters per chunk, about the length of a token. */
const CHUNK_SIZE = 4;
const STREAMING_PROFILES = {
  'demo-model': { ttft: 350, tps: 45, jitter: 0.5 },
  // Slow enough to try Stop.
  'demo-slow': { ttft: 1500, tps: 6, jitter: 0.5 },
};

/**
 * @typedef {object} ModelServer
 * @property {string} url origin of the server
 * @property {string} baseUrl for OpenAI clients
 * @property {(path: string, url: string) => void} redirect redirects a path of this server to a URL
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the server on the loopback address.
 * @param {{ speed?: number, port?: number }} [options] `speed` multiplies the streaming speed
 * @returns {Promise<ModelServer>}
 */
export async function startModelServer({ speed = 1, port = 0 } = {}) {
  // With this environment variable, the mock would require an API key.
  delete process.env.AIMOCK_API_KEYS;
  const mock = new LLMock({
    host: '127.0.0.1',
    port,
    chunkSize: CHUNK_SIZE,
    logLevel: 'silent',
    journalMaxEntries: 50,
  });
  for (const [model, profile] of Object.entries(STREAMING_PROFILES)) {
    mock.addFixture({
      match: { model, endpoint: 'chat' },
      response: (request) => createResponse(request.messages),
      streamingProfile: { ...profile, ttft: profile.ttft / speed, tps: profile.tps * speed },
    });
  }
  mock.addFixture({ match: { predicate: () => true }, response: (request) => unknownModel(request.model) });
  await mock.start().catch((error) => {
    throw error.code === 'EADDRINUSE'
      ? new Error(`Port ${port} is already in use. Choose another port, or omit --port.`)
      : error;
  });
  const stop = onExit(() => mock.stop());
  return {
    url: mock.url,
    baseUrl: `${mock.url}/v1`,
    redirect: (path, url) => void mock.mount(path, redirection(url)),
    stop,
  };
}

function createResponse(messages) {
  const content = answer(messages);
  const prompt = messages.reduce((sum, message) => sum + 4 + estimateTokens(message.content), 3);
  const completion = estimateTokens(content);
  return {
    content,
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  };
}

/** OpenAI's tokens are about four characters of English text or one punctuation character. */
function estimateTokens(text) {
  const words = String(text).match(/\p{L}+|\p{N}{1,3}|[^\s\p{L}\p{N}]/gu) ?? [];
  return words.reduce((sum, word) => sum + Math.ceil(word.length / 7), 0);
}

function unknownModel(model) {
  const message = `The model \`${model}\` does not exist. Available models: ${Object.keys(STREAMING_PROFILES).join(', ')}.`;
  return { status: 404, error: { message, type: 'invalid_request_error', code: 'model_not_found' } };
}

function redirection(url) {
  return {
    handleRequest: async (_request, response) => {
      response.writeHead(302, { location: url, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      response.end();
      return true;
    },
  };
}
