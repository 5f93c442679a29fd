// A model server that answers at once and remembers to the fraction of a millisecond when each request came.
import http from 'node:http';
import { onEnd } from './cleanup.mjs';

/**
 * @param {object[]} choices
 * @param {object | null} usage
 */
function chunk(choices, usage = null) {
  const data = { id: '1', object: 'chat.completion.chunk', created: 0, model: 'model', choices, usage };
  return `data: ${JSON.stringify(data)}\n\n`;
}

const answer = [
  chunk([{ index: 0, delta: { role: 'assistant', content: 'It adds two numbers.' }, finish_reason: null }]),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  chunk([], { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }),
  'data: [DONE]\n\n',
].join('');

/** Starts the server, which also takes the reports of the measurement. */
export async function startBenchServer() {
  /** @type {number[]} */
  const arrivals = [];
  /** @type {Map<string, number>} */
  const activations = new Map();
  /** @type {{ id: string, index: number, at: number }[]} */
  const starts = [];
  let isComplete = false;
  const server = http.createServer((request, response) => {
    const at = performance.timeOrigin + performance.now();
    const isReport = request.url === '/report';
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      if (!isReport) {
        arrivals.push(at);
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answer);
        return;
      }
      const event = JSON.parse(body);
      if (event.type === 'activation') {
        activations.set(event.id, event.ms);
      } else if (event.type === 'started') {
        starts.push(event);
      } else {
        isComplete = true;
      }
      response.end('{}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url: `${origin}/v1`,
    reportUrl: `${origin}/report`,
    activations,
    isComplete: () => isComplete,
    /** For each command, how long it took until its request came. */
    waits: () =>
      starts.map(({ id, index, at }) => {
        const arrival = arrivals.find((one) => one >= at - 0.5);
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
