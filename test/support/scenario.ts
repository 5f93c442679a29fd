/**
 * What the fake model server does with one request, as plain data: tests build it with the helpers below, and tests that
 * run in another process (the extension host, a browser's web worker) send it as JSON to `POST /__script`.
 */
export interface Scenario {
  /** 200 when absent. */
  readonly status?: number;
  /** Sent besides the CORS headers. `content-type` is `text/event-stream` unless given; null sends none at all. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** What follows the headers, in order. The response ends properly after the last step. */
  readonly steps?: readonly Step[];
  /** Replaces status line and headers: these bytes go to the socket as they are, and the steps after them too. */
  readonly raw?: string;
  readonly toxics?: Toxics;
}

export type Step =
  | { readonly do: 'send'; readonly text: string }
  | { readonly do: 'bytes'; readonly base64: string }
  | { readonly do: 'wait'; readonly ms: number }
  /** Waits until the gate of this name is opened, which it may be already. */
  | { readonly do: 'gate'; readonly name: string }
  /** Sends the text again and again until the client closes. */
  | { readonly do: 'repeat'; readonly text: string; readonly everyMs: number }
  /** Sends nothing more and keeps the connection open. */
  | { readonly do: 'hang' }
  /** Closes with RST. */
  | { readonly do: 'reset' }
  /** Closes with FIN in the middle of the body. */
  | { readonly do: 'cut' };

/** Faults of the way between client and server, in the words of toxiproxy. They act on the body, `raw` included. */
export interface Toxics {
  /** Milliseconds before the status line. */
  readonly latency?: number;
  /** Bytes per second. */
  readonly bandwidth?: number;
  /** Milliseconds between the last byte of the body and its proper end. */
  readonly slowClose?: number;
  /** Answers nothing; closes after so many milliseconds, 0 never. */
  readonly timeout?: number;
  /** Answers nothing; RST after so many milliseconds. */
  readonly resetPeer?: number;
  /** Cuts what is sent into pieces of so many bytes, each in a packet of its own. */
  readonly slicer?: { readonly size: number; readonly delayMs?: number };
  /** Closes after so many bytes. */
  readonly limitData?: number;
}

/** Token counts in the form of the chat completions API; any shape, because servers send any. */
export type WireUsage = Readonly<Record<string, unknown>>;

export const defaultUsage = { prompt_tokens: 21, completion_tokens: 34, total_tokens: 55 } as const;
export const doneFrame = 'data: [DONE]\n\n';

export interface AnswerOptions {
  /** Milliseconds between two pieces. */
  readonly delayMs?: number;
  /** `stop` when absent; null sends none. */
  readonly finishReason?: string | null;
  /** {@link defaultUsage} when absent; null sends none. */
  readonly usage?: WireUsage | null;
  /** Whether `[DONE]` ends the stream; true when absent. */
  readonly done?: boolean;
  readonly model?: string;
  readonly headers?: Scenario['headers'];
  readonly toxics?: Toxics;
  /** Comes after the pieces, before the finish reason. Use it for what breaks a stream in the middle. */
  readonly then?: readonly Step[];
}

/** A complete streamed answer: the role, the pieces, the finish reason, the usage, `[DONE]`. */
export function streamed(pieces: readonly string[], options: AnswerOptions = {}): Scenario {
  const { delayMs, finishReason = 'stop', usage = defaultUsage, done = true, model } = options;
  const pause: readonly Step[] = delayMs === undefined ? [] : [{ do: 'wait', ms: delayMs }];
  const steps: Step[] = [send(deltaFrame({ role: 'assistant', content: null }, { model }))];
  for (const piece of pieces) steps.push(...pause, send(deltaFrame({ content: piece }, { model })));
  steps.push(...(options.then ?? []));
  if (finishReason !== null) steps.push(send(deltaFrame({}, { model, finishReason })));
  if (usage !== null) steps.push(send(usageFrame(usage, model)));
  if (done) steps.push(send(doneFrame));
  return {
    steps,
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    ...(options.toxics === undefined ? {} : { toxics: options.toxics }),
  };
}

/** A stream of exactly these frames, for everything that is not a well-formed answer. */
export function framesOf(...frames: readonly string[]): Scenario {
  return { steps: frames.map(send) };
}

/** A response that is not a stream. The status is 200 unless given. */
export function json(body: unknown, status = 200, headers: Scenario['headers'] = {}): Scenario {
  return text(JSON.stringify(body), status, { 'content-type': 'application/json', ...headers });
}

export function text(body: string, status = 200, headers: Scenario['headers'] = {}): Scenario {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, steps: [send(body)] };
}

export function html(body: string, status = 200): Scenario {
  return text(body, status, { 'content-type': 'text/html; charset=utf-8' });
}

/** An error in the form of the OpenAI API. */
export function apiError(
  status: number,
  error: Readonly<Record<string, unknown>>,
  headers: Scenario['headers'] = {},
): Scenario {
  return json({ error: { type: 'invalid_request_error', param: null, code: null, ...error } }, status, headers);
}

export function redirect(status: number, location: string): Scenario {
  return { status, headers: { 'content-type': null, location } };
}

/** A whole completion in one JSON document, as a server sends that does not stream. */
export function completion(content: string, fields: Readonly<Record<string, unknown>> = {}): Scenario {
  return json(completionBody(content, fields));
}

export function completionBody(content: string, fields: Readonly<Record<string, unknown>> = {}) {
  return {
    ...envelope('chat.completion'),
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: defaultUsage,
    ...fields,
  };
}

/** Accepts the request and never answers. */
export const neverAnswers: Scenario = { toxics: { timeout: 0 } };
/** Resets the connection instead of answering. */
export const resets: Scenario = { toxics: { resetPeer: 0 } };

export function send(value: string): Step {
  return { do: 'send', text: value };
}

/** One server-sent event with a JSON payload. */
export function frame(payload: unknown): string {
  return `data: ${JSON.stringify(payload)}\n\n`;
}

/** One chunk of a stream that carries a delta. */
export function deltaFrame(
  delta: unknown,
  { model, finishReason = null }: { model?: string | undefined; finishReason?: string | null } = {},
): string {
  return frame({ ...envelope(), ...modelField(model), choices: [{ index: 0, delta, finish_reason: finishReason }] });
}

export function usageFrame(usage: WireUsage, model?: string): string {
  return frame({ ...envelope(), ...modelField(model), choices: [], usage });
}

export function finishFrame(finishReason = 'stop'): string {
  return deltaFrame({}, { finishReason });
}

function envelope(object = 'chat.completion.chunk') {
  return { id: 'chatcmpl-fake', object, created: 1_700_000_000, model: 'fake-model' };
}

function modelField(model: string | undefined): { model?: string } {
  return model === undefined ? {} : { model };
}
