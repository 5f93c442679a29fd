// Receives test events from extension hosts over HTTP. A web worker has neither stdout nor files.
import http from 'node:http';
import { onExit } from './cleanup.mjs';

/**
 * @typedef {{ type: 'pass', title: string, ms: number }
 *   | { type: 'fail', title: string, message: string, stack: string }
 *   | { type: 'log', text: string }
 *   | { type: 'end' }} TestEvent
 */

/**
 * @param {(event: TestEvent) => void} onEvent
 */
export async function startReportServer(onEvent) {
  const server = http.createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (request.method === 'POST') {
        onEvent(JSON.parse(body));
      }
      response.end('{}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = onExit(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${port}`, close };
}
