import { lastUserText, type RecordedRequest, requestedModel } from './recordedRequest';
import {
  type AnswerOptions,
  apiError,
  completion,
  framesOf,
  html,
  neverAnswers,
  redirect,
  resets,
  type Scenario,
  streamed,
  text,
} from './scenario';

/** Returns the response to a request. `nth` counts the requests for the same model since the last reset, from 1. */
export type Handler = (request: RecordedRequest, nth: number) => Scenario;

/** The answer of models without an entry in {@link namedModels}: Markdown with a heading, a list and a code block. */
export const defaultAnswer = [
  '## What it does\n\n',
  'The selected code ',
  'adds **two numbers** ',
  'and returns the sum.\n\n',
  '- `first` is the left operand\n',
  '- `second` is the right operand\n\n',
  '```ts\nadd(1, 2); // 3\n```\n',
];

/** The answer of `bare` and, inside a code fence, of `fenced`: code that can replace a selection. */
export const replacementCode =
  'export function add(first: number, second: number): number {\n  return first + second;\n}\n';

const cutWords = ['The first words ', 'of an answer '];

/**
 * Behavior by model name, so that tests that can only change settings can choose it. Other names get
 * {@link defaultAnswer}.
 */
export const namedModels: Readonly<Record<string, Handler>> = {
  'quillet-test': (request) => answer(request, defaultAnswer),
  /** Repeats the last user message. */
  echo: (request) => answer(request, pieces(lastUserText(request), 24)),
  /** Repeats the last paragraph of the last user message in upper case, so that a rewrite shows its source. */
  shout: (request) =>
    answer(
      request,
      pieces(
        (
          lastUserText(request)
            .split(/\n{2,}/)
            .at(-1) ?? ''
        ).toUpperCase(),
        6,
      ),
    ),
  bare: (request) => answer(request, pieces(replacementCode, 12)),
  fenced: (request) => answer(request, ['```', 'ts\n', ...pieces(replacementCode, 12), '``', '`']),
  /** Fifty chunks in five seconds. */
  slow: (request) => answer(request, words(50), { delayMs: 100 }),
  /** Five minutes, long enough to be stopped manually. */
  endless: (request) => answer(request, words(3000), { delayMs: 100 }),
  /** Three seconds until the first chunk. */
  'slow-start': (request) => answer(request, defaultAnswer, { toxics: { latency: 3000 } }),
  reasoning: () =>
    streamed(['The answer is 42.'], {
      usage: {
        prompt_tokens: 21,
        completion_tokens: 34,
        total_tokens: 55,
        completion_tokens_details: { reasoning_tokens: 30 },
      },
    }),
  think: (request) => answer(request, ['<th', 'ink>Let me see.</thi', 'nk>\n\n', replacementCode]),
  /** Images, HTML and links that must neither load nor run. */
  hostile: (request) =>
    answer(request, [
      'Before ![pixel](https://attacker.invalid/p.png) <img src="https://attacker.invalid/q.png"> ',
      '[run](command:workbench.action.quit) $(zap) after',
    ]),
  /** 401 unless any key is sent. */
  'needs-key': (request) =>
    request.headers['authorization'] === undefined ? invalidKey(request) : answer(request, defaultAnswer),
  'no-usage': (request) => answer(request, defaultAnswer, { usage: null }),
  'not-streamed': () => completion(defaultAnswer.join('')),
  'fault-400': () => apiError(400, { message: 'The request is not valid.' }),
  'fault-401': invalidKey,
  'fault-403': () => html('<h1>Forbidden</h1><p>Ask your administrator.</p>', 403),
  'fault-404': (request) =>
    apiError(404, { message: `The model '${requestedModel(request)}' does not exist.`, code: 'model_not_found' }),
  'fault-429': () => apiError(429, { message: 'Rate limit reached.', code: 'rate_limit_exceeded' }),
  /** Rate-limits odd requests for a second and answers even ones. */
  'fault-429-once': (request, nth) =>
    nth % 2 === 0
      ? answer(request, defaultAnswer)
      : apiError(429, { message: 'Rate limit reached.', code: 'rate_limit_exceeded' }, { 'retry-after': '1' }),
  'fault-429-long': () => apiError(429, { message: 'Rate limit reached.' }, { 'retry-after': '3600' }),
  'fault-quota': () =>
    apiError(429, {
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    }),
  'fault-500': () => apiError(500, { message: 'The server had an error.' }),
  'fault-redirect': () => redirect(307, 'https://attacker.invalid/v1/chat/completions'),
  'fault-html': () => html('<!doctype html><title>Sign in</title><h1>Sign in to the network</h1>'),
  'fault-empty': () => framesOf(),
  'fault-blank': (request) => answer(request, [' ', '\n']),
  /** Some text, then the connection closes in the middle of the body. */
  'fault-cut': () => streamed(cutWords, { then: [{ do: 'cut' }] }),
  /** Some text, then a regular end of the body without a finish reason or `[DONE]`. */
  'fault-early-end': () => streamed(cutWords, { finishReason: null, usage: null, done: false }),
  /** Some text, then RST. */
  'fault-reset': () => streamed(cutWords, { then: [{ do: 'reset' }] }),
  /** RST instead of a response. */
  'fault-reset-early': () => resets,
  /** Some text, then silence. */
  'fault-stall': () => streamed(cutWords, { then: [{ do: 'hang' }] }),
  /** Some text, then endless keep-alive comments. */
  'fault-keep-alive': () => streamed(cutWords, { then: [{ do: 'repeat', text: ': keep-alive\n\n', everyMs: 100 }] }),
  /** Not even headers. */
  'fault-silence': () => neverAnswers,
  'fault-stream-error': () =>
    streamed(cutWords, {
      then: [{ do: 'send', text: 'data: {"error":{"message":"The model crashed.","code":500}}\n\n' }],
      finishReason: null,
      usage: null,
    }),
  'fault-malformed': () => streamed(cutWords, { then: [{ do: 'send', text: 'data: {"choices":[{\n\n' }] }),
  'fault-length': (request) => answer(request, cutWords, { finishReason: 'length' }),
  'fault-filter': (request) => answer(request, cutWords, { finishReason: 'content_filter' }),
  'fault-not-json': () => text('upstream connect error', 200),
};

/** The response to a request if no script is set. */
export function answerByModel(request: RecordedRequest, nth: number): Scenario {
  const model = requestedModel(request);
  const handler = Object.hasOwn(namedModels, model) ? namedModels[model] : undefined;
  return handler?.(request, nth) ?? answer(request, defaultAnswer);
}

/** Splits a text into pieces of `size` code points. */
export function pieces(value: string, size: number): string[] {
  const characters = [...value];
  const count = Math.ceil(characters.length / size);
  return Array.from({ length: count }, (_, index) => characters.slice(index * size, (index + 1) * size).join(''));
}

/** Streams, and reports usage, only if the request asks for it, like the real API. */
function answer(request: RecordedRequest, parts: readonly string[], options: AnswerOptions = {}): Scenario {
  if (request.json?.['stream'] !== true) return completion(parts.join(''));
  const streamOptions = request.json['stream_options'] as { include_usage?: unknown } | undefined;
  const usage = streamOptions?.include_usage === true ? {} : { usage: null };
  return streamed(parts, { delayMs: 5, model: requestedModel(request), ...usage, ...options });
}

/** Like the real API, repeats the rejected key. */
function invalidKey(request: RecordedRequest): Scenario {
  const key = request.headers['authorization']?.replace('Bearer ', '') ?? '';
  return apiError(401, { message: `Incorrect API key provided: ${key}.`, code: 'invalid_api_key' });
}

function words(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `word${index + 1} `);
}
