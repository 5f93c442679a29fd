/**
 * What the fake model server does with one request, as plain data. Tests in other processes (extension host, web
 * worker) send it as JSON to `POST /__script`.
 */
export interface Scenario {
  /** Defaults to 200. */
  readonly status?: number;
  /** In addition to the CORS headers. `content-type` defaults to `text/event-stream`; null sends none. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** The response ends properly after the last step. */
  readonly steps?: readonly Step[];
  /** Raw bytes in place of the status line and headers. The steps are then written to the socket as they are. */
  readonly raw?: string;
  readonly toxics?: Toxics;
}

export type Step =
  | { readonly do: 'send'; readonly text: string }
  | { readonly do: 'bytes'; readonly base64: string }
  | { readonly do: 'wait'; readonly ms: number }
  /** Waits until this gate is open. */
  | { readonly do: 'gate'; readonly name: string }
  /** Sends the text repeatedly until the client closes. */
  | { readonly do: 'repeat'; readonly text: string; readonly everyMs: number }
  /** Keeps the connection open without sending anything. */
  | { readonly do: 'hang' }
  /** Closes with RST. */
  | { readonly do: 'reset' }
  /** Closes with FIN in the middle of the body. */
  | { readonly do: 'cut' };

/** Network faults, named as in toxiproxy. They apply to the body, including `raw`. */
export interface Toxics {
  /** Milliseconds before the status line. */
  readonly latency?: number;
  /** Bytes per second. */
  readonly bandwidth?: number;
  /** Milliseconds between the last byte of the body and its end. */
  readonly slowClose?: number;
  /** Sends nothing and closes after this many milliseconds; 0 never closes. */
  readonly timeout?: number;
  /** Sends nothing and closes with RST after this many milliseconds. */
  readonly resetPeer?: number;
  /** Splits the output into packets of this size. */
  readonly slicer?: { readonly size: number; readonly delayMs?: number };
  /** Closes after this many bytes. */
  readonly limitData?: number;
}

/** Token counts of the chat completions API, in any shape that servers send. */
export type WireUsage = Readonly<Record<string, unknown>>;

export const defaultUsage = { prompt_tokens: 21, completion_tokens: 34, total_tokens: 55 } as const;
export const doneFrame = 'data: [DONE]\n\n';

export interface AnswerOptions {
  /** Milliseconds between two pieces. */
  readonly delayMs?: number;
  /** Defaults to `stop`; null sends none. */
  readonly finishReason?: string | null;
  /** Defaults to {@link defaultUsage}; null sends none. */
  readonly usage?: WireUsage | null;
  /** Whether to end with `[DONE]`; defaults to true. */
  readonly done?: boolean;
  readonly model?: string;
  readonly headers?: Scenario['headers'];
  readonly toxics?: Toxics;
  /** Steps after the pieces and before the finish reason, to break a stream in the middle. */
  readonly then?: readonly Step[];
}

/** A complete streamed answer: role, pieces, finish reason, usage, `[DONE]`. */
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

/** A stream of exactly these frames. */
export function framesOf(...frames: readonly string[]): Scenario {
  return { steps: frames.map(send) };
}

/** A response that is not a stream. */
export function json(body: unknown, status = 200, headers: Scenario['headers'] = {}): Scenario {
  return text(JSON.stringify(body), status, { 'content-type': 'application/json', ...headers });
}

export function text(body: string, status = 200, headers: Scenario['headers'] = {}): Scenario {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, steps: [send(body)] };
}

export function html(body: string, status = 200): Scenario {
  return text(body, status, { 'content-type': 'text/html; charset=utf-8' });
}

/** An error in the format of the OpenAI API. */
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

/** A whole completion in a single JSON document, as sent without streaming. */
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

export const neverAnswers: Scenario = { toxics: { timeout: 0 } };
export const resets: Scenario = { toxics: { resetPeer: 0 } };

export function send(value: string): Step {
  return { do: 'send', text: value };
}

/** One server-sent event with a JSON payload. */
export function frame(payload: unknown): string {
  return `data: ${JSON.stringify(payload)}\n\n`;
}

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
