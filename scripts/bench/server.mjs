// The model server of the benchmarks. Records when each request arrived and when the last token of an answer was sent, and
// receives the measurements from VS Code.
import { once } from 'node:events';
import http from 'node:http';
import { onExit } from '../lib/cleanup.mjs';

/**
 * The answer to the following requests: `short` is sent at once, `paced` with a pause between tokens, `flood` (tokens of one
 * character) as fast as possible. `paced` and `flood` end with {@link LAST_TOKEN}.
 * @typedef {{ kind: 'short' } | { kind: 'paced', tokens: number, everyMs: number } | { kind: 'flood', tokens: number }} Answer
 */

/** Marks the end of an answer, so that it can be detected on screen. */
export const LAST_TOKEN = 'ENDE';

/** The current time in ms, comparable between processes of this machine. */
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

const ANSWER_END = [
  frame([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  frame([], { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }),
  'data: [DONE]\n\n',
].join('');

/** Tokens of a flood that are sent in one write: two lines of text. */
const BATCH = (token('x').repeat(79) + token('\n')).repeat(2);
const BATCH_TOKENS = 160;

export async function startBenchServer() {
  const state = {
    /** @type {number[]} */
    arrivals: [],
    /** @type {{ name: string, at: number }[]} */
    starts: [],
    /** @type {{ name: string, value: number }[]} */
    samples: [],
    firstTokenAt: 0,
    lastTokenAt: 0,
    isComplete: false,
    /** @type {Answer} */
    answer: { kind: 'short' },
  };
  const server = http.createServer((request, response) => {
    const at = now();
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (request.url === '/report') {
        response.end(JSON.stringify(handleReport(state, JSON.parse(body))));
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
    /** Time from each command to its request, in ms. */
    requestDelays: () =>
      state.starts.map(({ name, at }) => {
        const arrival = state.arrivals.find((time) => time >= at - 0.5);
        if (arrival === undefined) {
          throw new Error(`${name}: no request was sent.`);
        }
        return { name, value: arrival - at };
      }),
    close: onExit(() => {
      server.close();
      server.closeAllConnections();
    }),
  };
}

function handleReport(state, event) {
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
  return { firstTokenAt: state.firstTokenAt, lastTokenAt: state.lastTokenAt };
}

/**
 * @param {http.ServerResponse} response
 * @param {{ answer: Answer, firstTokenAt: number, lastTokenAt: number }} state
 */
async function send(response, state) {
  const { answer } = state;
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  if (answer.kind === 'short') {
    response.end(token('It adds two numbers.') + ANSWER_END);
    return;
  }
  state.firstTokenAt = now();
  for (let sent = 0; sent < answer.tokens && !response.destroyed; ) {
    const isPaced = answer.kind === 'paced';
    const hasRoom = response.write(isPaced ? token(`word${sent} `) : BATCH);
    sent += isPaced ? 1 : BATCH_TOKENS;
    if (isPaced) {
      await new Promise((resolve) => setTimeout(resolve, answer.everyMs));
    } else if (!hasRoom) {
      // A client that disconnects is not an error.
      await once(response, 'drain', { signal: closed.signal }).catch(() => {});
    }
  }
  state.lastTokenAt = now();
  response.end(token(LAST_TOKEN) + ANSWER_END);
}
