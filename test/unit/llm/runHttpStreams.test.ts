import { httpEndpoint, jsonLines, ollamaConfig } from '../../support/httpEndpoints';
import { type Expected, expectRun, knownUsage, type RunOptions, useServer } from '../../support/llmHarness';
import {
  apiError,
  defaultUsage,
  doneFrame,
  frame,
  framesOf,
  html,
  json,
  type Scenario,
  send,
} from '../../support/scenario';

describe("a run over a request of the user's own that streams", () => {
  const server = useServer();

  function options(request: object): RunOptions {
    return { endpoint: httpEndpoint(new URL(server().url).origin, request) };
  }

  const sse = { stream: 'sse', delta: '/choices/0/delta', text: '/choices/0/text' } as const;
  const piece = (delta: string, reason: string | null = null) => frame({ choices: [{ delta, finish_reason: reason }] });
  const streams: readonly (readonly [string, object, Scenario, Expected])[] = [
    [
      'SSE with [DONE]',
      sse,
      framesOf(piece('Hel'), piece('lo', 'stop'), frame({ usage: defaultUsage }), doneFrame),
      { outcome: 'ok', text: 'Hello', usage: knownUsage },
    ],
    [
      'SSE that only ends with a reason',
      sse,
      framesOf(piece('Hel'), piece('lo', 'stop')),
      { outcome: 'ok', text: 'Hello' },
    ],
    [
      'S01: SSE with CRLF, comments, pings and no blank line at the end',
      sse,
      framesOf(
        ': hi\r\n\r\n',
        'event: ping\r\n\r\n',
        piece('Hello').replaceAll('\n', '\r\n'),
        piece('', 'stop').trimEnd(),
      ),
      { outcome: 'ok', text: 'Hello', warnings: ['sse.odd 1'] },
    ],
    [
      'S08: SSE that ends too early',
      sse,
      framesOf(piece('Hello')),
      { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
    ],
    [
      'S15: SSE with broken JSON',
      sse,
      framesOf(piece('Hello'), 'data: {"a\n\n'),
      { outcome: 'truncated', kind: 'sse.malformed', text: 'Hello' },
    ],
    [
      'S18: SSE with an error',
      sse,
      framesOf(piece('Hello'), frame({ error: { message: 'Gone.' } })),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ],
    [
      'S20: SSE with a line "error:"',
      sse,
      framesOf(piece('Hello'), 'error: {"message":"Gone."}\n\n'),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ],
    [
      'B01: one document in place of SSE',
      sse,
      json({ choices: [{ text: 'Hello' }] }),
      { outcome: 'ok', text: 'Hello' },
    ],
    ['B04: SSE without an event', sse, framesOf(), { outcome: 'failed', kind: 'body.empty' }],
    [
      "NDJSON: Ollama's /api/generate",
      ollamaConfig,
      jsonLines(
        { response: 'Hel', done: false },
        { response: 'lo', done: false },
        { response: '', done: true, done_reason: 'stop' },
      ),
      { outcome: 'ok', text: 'Hello' },
    ],
    [
      "NDJSON: Ollama's /api/chat",
      {
        ...ollamaConfig,
        text: '/message/content',
        body: { model: '${model}', messages: '${messages}', stream: '${stream}' },
      },
      jsonLines(
        { message: { role: 'assistant', content: 'Hello' }, done: false },
        { message: { content: '' }, done: true },
      ),
      { outcome: 'ok', text: 'Hello' },
    ],
    [
      'NDJSON: a last line without its end',
      ollamaConfig,
      { steps: [send('{"response":"Hello","done":true}')] },
      { outcome: 'ok', text: 'Hello' },
    ],
    [
      'S01: NDJSON with CRLF and blank lines',
      ollamaConfig,
      { steps: [send('\r\n{"response":"Hello"}\r\n\r\n{"done":true}\r\n')] },
      { outcome: 'ok', text: 'Hello' },
    ],
    [
      'S18: NDJSON with an error',
      ollamaConfig,
      jsonLines({ response: 'Hello' }, { error: 'out of memory' }),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ],
    [
      'S08: NDJSON that ends too early',
      ollamaConfig,
      jsonLines({ response: 'Hello', done: false }),
      { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
    ],
    [
      'S15: NDJSON with a line that is cut',
      ollamaConfig,
      { steps: [send('{"response":"Hello"}\n{"respo')] },
      { outcome: 'truncated', kind: 'sse.malformed', text: 'Hello' },
    ],
    [
      'S29: NDJSON with lines that are no objects',
      ollamaConfig,
      jsonLines(42, { response: 'Hello', done: true }),
      { outcome: 'ok', text: 'Hello', warnings: ['sse.odd 1'] },
    ],
    [
      'S37: NDJSON with a line of 10 MB',
      ollamaConfig,
      { steps: [send('{"response":"Hello"}\n'), { do: 'wait', ms: 20 }, send(`{"x":"${'x'.repeat(10_000_000)}`)] },
      { outcome: 'truncated', kind: 'limit.line', text: 'Hello' },
    ],
    [
      'B03: a web page in place of NDJSON',
      ollamaConfig,
      html('<h1>Sign in</h1>'),
      { outcome: 'failed', kind: 'body.html' },
    ],
    ['H03: a refused key', ollamaConfig, apiError(401, { message: 'No.' }), { outcome: 'failed', kind: 'http.401' }],
  ];
  for (const [name, config, script, expected] of streams) {
    it(`streams: ${name}`, async () => {
      server().script(script, 'other');
      await expectRun(server(), expected, options(config));
    });
  }

  it('NDJSON: a character that is split over two packets', async () => {
    const bytes = Buffer.from('{"response":"é😀"}\n{"done":true}\n');
    const at = bytes.indexOf('😀') + 2;
    const part = (value: Buffer) => ({ do: 'bytes', base64: value.toString('base64') }) as const;
    server().script(
      { steps: [part(bytes.subarray(0, at)), { do: 'wait', ms: 20 }, part(bytes.subarray(at))] },
      'other',
    );
    await expectRun(server(), { outcome: 'ok', text: 'é😀' }, options(ollamaConfig));
  });
});
