import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of an attacker. It must not receive any request. */
export interface AttackerServer {
  readonly origin: string;
  /** Received requests, e.g. `POST /v1/…`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Listens on the loopback address, which needs neither DNS nor TLS. */
export async function startAttackerServer(): Promise<AttackerServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'access-control-allow-origin': '*' }).end('{"data":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
