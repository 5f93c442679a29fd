// The demo's model: a local server that speaks OpenAI's API and streams prepared answers at the pace of a real one.
import process from 'node:process';
import { LLMock } from '@copilotkit/aimock';
import { onEnd } from '../lib/cleanup.mjs';
import { answer } from './answers.mjs';

/** About the length of a token. */
const chunkSize = 4;
const paces = {
  'demo-model': { ttft: 350, tps: 45, jitter: 0.5 },
  // For trying Stop.
  'demo-slow': { ttft: 1500, tps: 6, jitter: 0.5 },
};

/**
 * @typedef {object} ModelServer
 * @property {string} url without a path
 * @property {string} baseUrl as an OpenAI client wants it
 * @property {(path: string, url: string) => void} redirect sends a browser from a path of this server to a URL
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the server on the loopback address.
 * @param {{ speed?: number, port?: number }} [options] `speed` 2 streams twice as fast
 * @returns {Promise<ModelServer>}
 */
export async function startModelServer({ speed = 1, port = 0 } = {}) {
  // The mock reads its own environment variables; a stray one must not lock the demo.
  delete process.env.AIMOCK_API_KEYS;
  const mock = new LLMock({ host: '127.0.0.1', port, chunkSize, logLevel: 'silent', journalMaxEntries: 50 });
  for (const [model, pace] of Object.entries(paces)) {
    mock.addFixture({
      match: { model, endpoint: 'chat' },
      response: (request) => withUsage(request.messages),
      streamingProfile: { ...pace, ttft: pace.ttft / speed, tps: pace.tps * speed },
    });
  }
  mock.addFixture({ match: { predicate: () => true }, response: (request) => unknownModel(request.model) });
  await mock.start().catch((error) => {
    throw error.code === 'EADDRINUSE' ? new Error(`Port ${port} is in use: choose another one, or none.`) : error;
  });
  const stop = onEnd(() => mock.stop());
  return {
    url: mock.url,
    baseUrl: `${mock.url}/v1`,
    redirect: (path, url) => void mock.mount(path, redirection(url)),
    stop,
  };
}

function withUsage(messages) {
  const content = answer(messages);
  const prompt = messages.reduce((sum, message) => sum + 4 + estimateTokens(message.content), 3);
  const completion = estimateTokens(content);
  return {
    content,
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  };
}

/** OpenAI's tokens are about four characters of English, and one of most punctuation. */
function estimateTokens(text) {
  const words = String(text).match(/\p{L}+|\p{N}{1,3}|[^\s\p{L}\p{N}]/gu) ?? [];
  return words.reduce((sum, word) => sum + Math.ceil(word.length / 7), 0);
}

function unknownModel(model) {
  const message = `The model \`${model}\` does not exist. This server has ${Object.keys(paces).join(' and ')}.`;
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
