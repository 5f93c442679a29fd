// The model server of the measurements. It remembers to the fraction of a millisecond when each request came and when the
// last token of an answer left, and takes the reports of what is measured inside VS Code.
import { once } from 'node:events';
import http from 'node:http';
import { onEnd } from '../lib/cleanup.mjs';

/**
 * What the next requests are answered with: `short` at once, `paced` so many tokens with a pause between two, `flood` so
 * many tokens of one character as fast as they are taken. The last token of all is {@link lastToken}.
 * @typedef {{ kind: 'short' } | { kind: 'paced', tokens: number, everyMs: number } | { kind: 'flood', tokens: number }} Answer
 */

/** What every answer that takes time ends with, so that its end can be seen. */
export const lastToken = 'ENDE';

/** Now, in milliseconds that mean the same in every process of this machine. */
export const now = () => performance.timeOrigin + performance.now();

/**
 * @param {object[]} choices
 * @param {object | null} usage
 */
function frame(choices, usage = null) {
  const data = { id: '1', object: 'chat.completion.chunk', created: 0, model: 'model', choices, usage };
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** @param {string} content */
const token = (content) => frame([{ index: 0, delta: { content }, finish_reason: null }]);

const ending = [
  frame([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  frame([], { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }),
  'data: [DONE]\n\n',
].join('');

/** Tokens that are sent in one go when there is no pause between them: two lines of text. */
const batch = (token('x').repeat(79) + token('\n')).repeat(2);
const BATCH = 160;

/** Starts the server. */
export async function startBenchServer() {
  const state = {
    /** @type {number[]} */
    arrivals: [],
    /** @type {{ id: string, index: number, at: number }[]} */
    starts: [],
    /** @type {{ name: string, value: number }[]} */
    samples: [],
    lastTokenAt: 0,
    isComplete: false,
    /** @type {Answer} */
    answer: { kind: 'short' },
  };
  const server = http.createServer((request, response) => {
    const at = now();
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      if (request.url === '/report') {
        response.end(JSON.stringify(takeReport(state, JSON.parse(body))));
        return;
      }
      state.arrivals.push(at);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      void send(response, state);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url: `${origin}/v1`,
    reportUrl: `${origin}/report`,
    state,
    /** For each command, how long it took until its request came. */
    waits: () =>
      state.starts.map(({ id, index, at }) => {
        const arrival = state.arrivals.find((one) => one >= at - 0.5);
        if (arrival === undefined) {
          throw new Error(`${id} sent no request.`);
        }
        return { id, index, ms: arrival - at };
      }),
    close: onEnd(() => {
      server.close();
      server.closeAllConnections();
    }),
  };
}

function takeReport(state, event) {
  if (event.type === 'sample') {
    state.samples.push(event);
  } else if (event.type === 'started') {
    state.starts.push(event);
  } else if (event.type === 'answer') {
    state.answer = event.answer;
    state.lastTokenAt = 0;
  } else if (event.type === 'end') {
    state.isComplete = true;
  }
  return { lastTokenAt: state.lastTokenAt };
}

/**
 * @param {http.ServerResponse} response
 * @param {{ answer: Answer, lastTokenAt: number }} state
 */
async function send(response, state) {
  const { answer } = state;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  if (answer.kind === 'short') {
    response.end(token('It adds two numbers.') + ending);
    return;
  }
  for (let sent = 0; sent < answer.tokens && !response.destroyed; ) {
    const isPaced = answer.kind === 'paced';
    const hasRoom = response.write(isPaced ? token(`word${sent} `) : batch);
    sent += isPaced ? 1 : BATCH;
    if (isPaced) {
      await new Promise((resolve) => setTimeout(resolve, answer.everyMs));
    } else if (!hasRoom) {
      // A client that goes away takes no more, but is no failure of the measurement.
      await once(response, 'drain', { signal: gone.signal }).catch(() => {});
    }
  }
  state.lastTokenAt = now();
  response.end(token(lastToken) + ending);
}
