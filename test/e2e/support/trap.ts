import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that must see nothing. */
export interface Trap {
  readonly origin: string;
  /** What it saw all the same, as `POST /v1/…`. */
  readonly caught: readonly string[];
  close(): Promise<void>;
}

/** Listens on this machine, where a request needs no name that can be looked up and no secure connection. */
export async function startTrap(): Promise<Trap> {
  const caught: string[] = [];
  const server = createServer((request, response) => {
    caught.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'access-control-allow-origin': '*' }).end('{"data":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caught,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
