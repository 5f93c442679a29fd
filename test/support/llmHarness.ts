import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { AttemptTrace } from '../../src/core/attemptTrace';
import type { ChatMessage, Endpoint, ParameterSet, Usage } from '../../src/core/chat';
import { type ErrorKind, isQuilletError, type QuilletError } from '../../src/core/errors';
import type { RunPhase, RunResult } from '../../src/core/run';
import type { RunOutcome } from '../../src/core/runRecord';
import { httpApi } from '../../src/llm/apis/httpApi';
import type { LanguageModels } from '../../src/llm/apis/languageModels';
import { messagesApi } from '../../src/llm/apis/messagesApi';
import { openaiChat, openaiCompletions, openaiResponses } from '../../src/llm/apis/openaiApis';
import { createVscodeApi } from '../../src/llm/apis/vscodeApi';
import { LlmService, type LlmServiceOptions } from '../../src/llm/llmService';
import type { Timeouts } from '../../src/settings/common/settings';
import type { JsonValue } from '../../src/util/json';
import { type FakeModelServer, startFakeModelServer } from './fakeModelServer';
import type { RecordedRequest } from './recordedRequest';

/** The default key of a run. It must not occur anywhere but in one header. */
export const canaryKey = 'sk-CANARY0123456789abcdefghijklmnop';

/** `defaultUsage` as parsed by Quillet. */
export const knownUsage: Usage = { inputTokens: 21, outputTokens: 34, totalTokens: 55 };

export interface RunOptions {
  readonly endpoint?: Partial<Endpoint>;
  readonly model?: string;
  readonly prompt?: string;
  /** Overrides `prompt`. */
  readonly messages?: readonly ChatMessage[];
  /** Overrides the default service and `key`. */
  readonly service?: LlmService;
  readonly parameters?: ParameterSet;
  readonly body?: JsonValue;
  readonly isConversation?: boolean;
  readonly wantsReasoning?: boolean;
  /** null for no stored key. */
  readonly key?: string | null;
  readonly timeouts?: Partial<Timeouts>;
  readonly retries?: number;
  readonly answerLimit?: number;
  readonly signal?: AbortSignal;
  readonly onText?: (text: string) => void;
  readonly onPhase?: (phase: RunPhase) => void;
  readonly onAttempt?: (trace: AttemptTrace) => void;
}

/** A finished run and everything its observer received. */
export interface ObservedRun extends RunResult {
  readonly shown: string;
  readonly phases: readonly RunPhase[];
}

/** The expected result of a run. Absent fields must be absent from the run too. */
export interface Expected {
  readonly outcome: RunOutcome;
  readonly kind?: ErrorKind;
  readonly text?: string;
  readonly usage?: Usage;
  /** Kind and subject, such as `sse.odd 2`. */
  readonly warnings?: readonly string[];
  /** Defaults to 1. */
  readonly attempts?: number;
  /** Defaults to `attempts`. */
  readonly requests?: number;
}

/**
 * Starts a fake server for each test of the calling suite. After each test there must be no unhandled rejection, no
 * console output, and no key outside its header.
 */
export function useServer(keyHeader = 'authorization'): () => FakeModelServer {
  let server: FakeModelServer | undefined;
  beforeEach(async () => {
    server = await startFakeModelServer();
  });
  // First, because a failing hook skips the ones after it.
  afterEach(() => server?.close());
  watchRejections();
  watchConsole();
  afterEach(() => {
    for (const request of server?.requests ?? []) assertKeyStaysInItsHeader(request, keyHeader);
  });
  return () => {
    assert.ok(server, 'the server is there while a test runs');
    return server;
  };
}

function watchRejections(): void {
  const rejections: unknown[] = [];
  const remember = (reason: unknown) => void rejections.push(reason);
  beforeEach(() => void process.on('unhandledRejection', remember));
  afterEach(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', remember);
    assert.deepEqual(rejections.splice(0), [], 'unhandled rejections');
  });
}

function watchConsole(): void {
  const methods = ['debug', 'error', 'info', 'log', 'warn'] as const;
  const originals = methods.map((method) => console[method]);
  const lines: string[] = [];
  beforeEach(() => {
    for (const method of methods)
      console[method] = (...values: unknown[]) => void lines.push(values.map(String).join(' '));
  });
  afterEach(() => {
    for (const [index, method] of methods.entries()) console[method] = originals[index] ?? console[method];
    assert.deepEqual(lines.splice(0), [], 'lines on the console');
  });
}

function assertKeyStaysInItsHeader({ headers, path, body }: RecordedRequest, keyHeader: string): void {
  const { [keyHeader]: _, ...others } = headers;
  assert.ok(!JSON.stringify([others, path, body]).includes('CANARY'), `the key is outside its header: ${path}`);
}

export function endpointAt(baseUrl: string, overrides: Partial<Endpoint> = {}): Endpoint {
  return {
    providerId: 'fake',
    label: 'Fake server',
    baseUrl,
    api: 'chat',
    headers: {},
    needsKey: false,
    parameters: {},
    ...overrides,
  };
}

const NO_MODELS: LanguageModels = { list: () => Promise.resolve([]), send: () => Promise.reject(new Error('none')) };

export function newService(options: Partial<LlmServiceOptions> = {}, models = NO_MODELS): LlmService {
  return new LlmService({
    apis: {
      chat: openaiChat,
      responses: openaiResponses,
      messages: messagesApi,
      completions: openaiCompletions,
      http: httpApi,
      vscode: createVscodeApi(models),
    },
    getKey: () => Promise.resolve(canaryKey),
    random: () => 1,
    ...options,
  });
}

/** Runs one request through the service. */
export async function runAt(baseUrl: string, options: RunOptions = {}): Promise<ObservedRun> {
  const { key = canaryKey, timeouts, signal = new AbortController().signal } = options;
  const service = options.service ?? newService({ getKey: () => Promise.resolve(key ?? undefined) });
  const phases: RunPhase[] = [];
  let shown = '';
  const observer = {
    onText(text: string) {
      shown += text;
      options.onText?.(text);
    },
    onPhase(phase: RunPhase) {
      phases.push(phase);
      options.onPhase?.(phase);
    },
    ...(options.onAttempt === undefined ? {} : { onAttempt: options.onAttempt }),
  };
  const request = {
    endpoint: endpointAt(baseUrl, options.endpoint),
    model: options.model ?? 'some-model',
    messages: options.messages ?? [{ role: 'user', content: options.prompt ?? 'Say hello.' } as const],
    parameters: options.parameters ?? {},
    ...(options.body === undefined ? {} : { body: options.body }),
    ...(options.isConversation === true ? { isConversation: true } : {}),
    ...(options.wantsReasoning === true ? { wantsReasoning: true } : {}),
    timeouts: { headers: 5000, firstToken: 0, idle: 5000, total: 0, ...timeouts },
    retries: options.retries ?? 2,
    answerLimit: options.answerLimit ?? 1_000_000,
  };
  const result = await service.run(request, observer, signal);
  assert.equal(result.text, shown, 'the observer is shown exactly the text of the result');
  return { ...result, shown, phases };
}

/** Runs against the fake server and checks the result. */
export async function expectRun(
  server: FakeModelServer,
  expected: Expected,
  options: RunOptions = {},
): Promise<ObservedRun> {
  const run = await runAt(server.url, options);
  assertRun(run, expected);
  assert.equal(server.requests.length, expected.requests ?? expected.attempts ?? 1, 'requests the server saw');
  return run;
}

export function assertRun(run: ObservedRun, expected: Expected): void {
  const { outcome, kind, text = '', usage, warnings = [], attempts = 1 } = expected;
  const seen = {
    outcome: run.outcome,
    kind: run.error?.kind,
    text: run.text,
    usage: run.usage,
    warnings: run.warnings.map((warning) => [warning.kind, warning.subject ?? []].flat().join(' ')),
    attempts: run.attempts,
  };
  assert.deepEqual(seen, { outcome, kind, text, usage, warnings, attempts }, inspect(run.error, { depth: 6 }));
}

/** Returns the QuilletError with which a promise rejects. */
export async function failureOf(work: Promise<unknown>): Promise<QuilletError> {
  try {
    await work;
  } catch (thrown) {
    assert.ok(isQuilletError(thrown), inspect(thrown));
    return thrown;
  }
  assert.fail('the work did not fail');
}

/** Waits for a condition. */
export async function eventually(condition: () => boolean, description: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `not within 30 s: ${description}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
