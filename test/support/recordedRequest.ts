import type { IncomingMessage, ServerResponse } from 'node:http';

/** How a response ended: `client` if the client closed the connection before it was complete. */
export interface Ending {
  readonly by: 'client' | 'server';
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A received request. All fields except `ended` are available through `GET /__requests`. */
export interface RecordedRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The parsed body, undefined if it is not a JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Set when the response has ended. */
  ending?: Ending;
  readonly ended: Promise<Ending>;
}

export async function record(message: IncomingMessage): Promise<Omit<RecordedRequest, 'ended'>> {
  const at = Date.now();
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
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

/** Observes which side ends a response. The server must call `serverCloses` before it closes the connection. */
export function watchEnding(response: ServerResponse): { ended: Promise<Ending>; serverCloses: () => void } {
  let by: Ending['by'] | undefined;
  const ended = new Promise<Ending>((resolve) => {
    response.once('close', () =>
      resolve({ by: by ?? (response.writableFinished ? 'server' : 'client'), at: Date.now() }),
    );
  });
  return { ended, serverCloses: () => (by = 'server') };
}

/** The `model` of a request, or an empty string. */
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
