import type { IncomingMessage, ServerResponse } from 'node:http';

/** How a connection ended: `client` means that the client closed it before the answer was complete. */
export interface Ending {
  readonly by: 'client' | 'server';
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What the server saw of one request. Everything but `ended` survives `GET /__requests`. */
export interface RecordedRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The parsed body, undefined where it is no JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Set once the response is over, whoever ended it. */
  ending?: Ending;
  /** Resolves when the response is over, whoever ended it. */
  readonly ended: Promise<Ending>;
}

/** Reads a request to its end. */
export async function record(message: IncomingMessage): Promise<Omit<RecordedRequest, 'ended'>> {
  const at = Date.now();
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  const body = Buffer.concat(parts).toString('utf8');
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: message.method ?? '',
    path: message.url ?? '',
    headers: Object.fromEntries(headers),
    body,
    json: parseObject(body),
    at,
  };
}

/** Watches who ends a response. The second function is for the server to say that it is about to. */
export function watchEnding(response: ServerResponse): { ended: Promise<Ending>; serverCloses: () => void } {
  let by: Ending['by'] | undefined;
  const ended = new Promise<Ending>((resolve) => {
    response.once('close', () =>
      resolve({ by: by ?? (response.writableFinished ? 'server' : 'client'), at: Date.now() }),
    );
  });
  return { ended, serverCloses: () => (by = 'server') };
}

/** The model a request asks for. */
export function requestedModel(request: RecordedRequest): string {
  const model = request.json?.['model'];
  return typeof model === 'string' ? model : '';
}

/** The last message with the role `user`, as text. */
export function lastUserText(request: RecordedRequest): string {
  const messages = request.json?.['messages'];
  if (!Array.isArray(messages)) return '';
  const contents = messages.filter((message) => message?.role === 'user').map((message) => message.content);
  return String(contents.at(-1) ?? '');
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
