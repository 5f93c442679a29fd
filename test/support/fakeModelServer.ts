import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answerByModel, type Handler, namedModels } from './namedModels';
import { type RecordedRequest, record, requestedModel, watchEnding } from './recordedRequest';
import { json, type Scenario } from './scenario';
import { play } from './scenarioPlayer';

/** `other` is every path outside the APIs of OpenAI and Anthropic. */
export type Route = 'chat' | 'responses' | 'messages' | 'completions' | 'models' | 'other';

/** One scenario, or a function that returns one for each request. */
export type Script = Scenario | Handler;

export interface FakeModelServer {
  /** The base URL for a setting: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  readonly port: number;
  /** Every request except those to the control paths, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Including idle connections. */
  readonly openConnections: number;
  /** Answers every further request of the route, until {@link reset}. */
  script(script: Script, route?: Route): void;
  /** Answers the next requests of the route, one each. */
  scriptNext(scripts: readonly Script[], route?: Route): void;
  /** Resolves with the request of this index once it was read. */
  request(index: number): Promise<RecordedRequest>;
  /** Releases every scenario that waits, or will wait, at this gate. */
  openGate(name: string): void;
  reset(): void;
  close(): Promise<void>;
}

/**
 * Starts a server on the given or a free port of 127.0.0.1 that speaks the chat completions API over real HTTP and misbehaves on
 * demand. A request gets, in this order: the next scenario of `scriptNext`, that of `script`, that of its model name
 * (see `namedModels`), a default answer.
 * Other processes use `POST /__script` (`{ "route": "chat", "next": [scenario], "all": scenario }`, all optional),
 * `POST /__gate` (`{ "name": "go on" }`), `GET /__requests` and `POST /__reset`. Every response has CORS headers.
 */
export async function startFakeModelServer(port = 0): Promise<FakeModelServer> {
  const server = new Server();
  await server.listen(port);
  return server;
}

class Server implements FakeModelServer {
  requests: RecordedRequest[] = [];
  port = 0;
  private scripts = new Map<Route, Script>();
  private queues = new Map<Route, Script[]>();
  private counts = new Map<string, number>();
  private gates = new Map<string, Gate>();
  private waiting: { index: number; resolve: (request: RecordedRequest) => void }[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly http = createServer((message, response) => void this.handle(message, response));

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  get openConnections(): number {
    return this.sockets.size;
  }

  async listen(port: number): Promise<void> {
    this.http.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      // Many tests disconnect in the middle of a response.
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', reject);
      this.http.listen(port, '127.0.0.1', resolve);
    });
    this.port = (this.http.address() as AddressInfo).port;
  }

  script(script: Script, route: Route = 'chat'): void {
    this.scripts.set(route, script);
  }

  scriptNext(scripts: readonly Script[], route: Route = 'chat'): void {
    this.queues.set(route, [...(this.queues.get(route) ?? []), ...scripts]);
  }

  request(index: number): Promise<RecordedRequest> {
    const found = this.requests[index];
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => this.waiting.push({ index, resolve }));
  }

  openGate(name: string): void {
    this.gate(name).open();
  }

  reset(): void {
    this.requests = [];
    this.gates = new Map();
    this.scripts = new Map();
    this.queues = new Map();
    this.counts = new Map();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { ended, serverCloses } = watchEnding(response);
    const closeController = new AbortController();
    void ended.then(() => closeController.abort());
    const stage = {
      response,
      socket: message.socket,
      closeSignal: closeController.signal,
      onServerClose: serverCloses,
      gate: (name: string) => this.gate(name).opened,
      commonHeaders: corsHeaders(message),
    };
    try {
      const request = { ...(await record(message)), ended };
      await play(this.control(request) ?? this.answer(request), stage);
    } catch {
      // The client disconnected while sending its request.
      message.socket.destroy();
    }
  }

  // CORS preflights and the control paths.
  private control(request: RecordedRequest): Scenario | undefined {
    if (request.method === 'OPTIONS') return { status: 204, headers: { 'content-type': null } };
    switch (request.path) {
      case '/__requests':
        return json(this.requests);
      case '/__reset':
        this.reset();
        return json({ ok: true });
      case '/__script':
        return this.controlScript(request);
      case '/__gate':
        this.openGate(String(request.json?.['name']));
        return json({ ok: true });
      default:
        return undefined;
    }
  }

  private gate(name: string): Gate {
    const gate = this.gates.get(name) ?? newGate();
    this.gates.set(name, gate);
    return gate;
  }

  private controlScript(request: RecordedRequest): Scenario {
    if (request.json === undefined) return json({ error: 'expected a JSON object' }, 400);
    const { route, next, all } = request.json as { route?: Route; next?: readonly Scenario[]; all?: Scenario };
    if (next !== undefined) this.scriptNext(next, route);
    if (all !== undefined) this.script(all, route);
    return json({ ok: true });
  }

  private answer(request: RecordedRequest): Scenario {
    this.remember(request);
    const { pathname } = new URL(request.path, this.url);
    const route = routeOf(request.method, pathname);
    const counter = `${route} ${requestedModel(request)}`;
    const nth = (this.counts.get(counter) ?? 0) + 1;
    this.counts.set(counter, nth);
    const script = this.queues.get(route)?.shift() ?? this.scripts.get(route) ?? defaultScripts[route];
    return typeof script === 'function' ? script(request, nth) : script;
  }

  private remember(request: RecordedRequest): void {
    this.requests.push(request);
    void request.ended.then((ending) => {
      request.ending = ending;
    });
    for (const { index, resolve } of this.waiting) {
      if (index === this.requests.length - 1) resolve(request);
    }
  }
}

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

function newGate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const notFound = json({ detail: 'Not Found' }, 404);

const defaultScripts: Readonly<Record<Route, Script>> = {
  chat: answerByModel,
  responses: notFound,
  messages: notFound,
  completions: notFound,
  other: notFound,
  models: json({ object: 'list', data: Object.keys(namedModels).map((id) => ({ id, object: 'model' })) }),
};

// Gateways use any base path, but a repeated segment is a wrongly joined URL.
function routeOf(method: string, pathname: string): Route {
  const path = pathname.replace(/\/+$/, '');
  if (/(\/v1|\/chat\/completions)(\/.*)?\1(\/|$)/.test(path)) return 'other';
  if (method === 'GET' && path.endsWith('/models')) return 'models';
  if (method !== 'POST') return 'other';
  if (path.endsWith('/chat/completions')) return 'chat';
  if (path.endsWith('/completions')) return 'completions';
  if (path.endsWith('/messages')) return 'messages';
  return path.endsWith('/responses') ? 'responses' : 'other';
}

function corsHeaders(message: IncomingMessage): Readonly<Record<string, string>> {
  return {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers': String(message.headers['access-control-request-headers'] ?? '*'),
    'access-control-allow-private-network': 'true',
    'access-control-expose-headers': '*',
  };
}
