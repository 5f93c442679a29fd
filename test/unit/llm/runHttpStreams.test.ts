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

describe('a streaming run with a custom HTTP request', () => {
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
      'SSE with CRLF, comments, pings and no blank line at the end [S01]',
      sse,
      framesOf(
        ': hi\r\n\r\n',
        'event: ping\r\n\r\n',
        piece('Hello').replaceAll('\n', '\r\n'),
        piece('', 'stop').trimEnd(),
      ),
      { outcome: 'ok', text: 'Hello' },
    ],
    [
      'SSE that ends too early [S08]',
      sse,
      framesOf(piece('Hello')),
      { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
    ],
    [
      'SSE with broken JSON [S15]',
      sse,
      framesOf(piece('Hello'), 'data: {"a\n\n'),
      { outcome: 'truncated', kind: 'sse.malformed', text: 'Hello' },
    ],
    [
      'SSE with an error [S18]',
      sse,
      framesOf(piece('Hello'), frame({ error: { message: 'Gone.' } })),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ],
    [
      'SSE with a line "error:" [S20]',
      sse,
      framesOf(piece('Hello'), 'error: {"message":"Gone."}\n\n'),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ],
    [
      'a single document instead of SSE [B01]',
      sse,
      json({ choices: [{ text: 'Hello' }] }),
      { outcome: 'ok', text: 'Hello' },
    ],
    ['SSE without an event [B04]', sse, framesOf(), { outcome: 'failed', kind: 'body.empty' }],
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
      'NDJSON: a last line without a line end',
      ollamaConfig,
      { steps: [send('{"response":"Hello","done":true}')] },
      { outcome: 'ok', text: 'Hello' },
    ],
    [
      'NDJSON with CRLF and blank lines [S01]',
      ollamaConfig,
      { steps: [send('\r\n{"response":"Hello"}\r\n\r\n{"done":true}\r\n')] },
      { outcome: 'ok', text: 'Hello' },
    ],
    [
      'NDJSON with an error [S18]',
      ollamaConfig,
      jsonLines({ response: 'Hello' }, { error: 'out of memory' }),
      { outcome: 'truncated', kind: 'sse.error', text: 'Hello' },
    ],
    [
      'NDJSON that ends too early [S08]',
      ollamaConfig,
      jsonLines({ response: 'Hello', done: false }),
      { outcome: 'truncated', kind: 'sse.truncated', text: 'Hello' },
    ],
    [
      'NDJSON with a truncated line [S15]',
      ollamaConfig,
      { steps: [send('{"response":"Hello"}\n{"respo')] },
      { outcome: 'truncated', kind: 'sse.malformed', text: 'Hello' },
    ],
    [
      'NDJSON with lines that are not objects [S29]',
      ollamaConfig,
      jsonLines(42, { response: 'Hello', done: true }),
      { outcome: 'ok', text: 'Hello', warnings: ['sse.odd 1'] },
    ],
    [
      'NDJSON with a line of 10 MB [S37]',
      ollamaConfig,
      { steps: [send('{"response":"Hello"}\n'), { do: 'wait', ms: 20 }, send(`{"x":"${'x'.repeat(10_000_000)}`)] },
      { outcome: 'truncated', kind: 'limit.line', text: 'Hello' },
    ],
    [
      'a web page instead of NDJSON [B03]',
      ollamaConfig,
      html('<h1>Sign in</h1>'),
      { outcome: 'failed', kind: 'body.html' },
    ],
    ['a rejected key [H03]', ollamaConfig, apiError(401, { message: 'No.' }), { outcome: 'failed', kind: 'http.401' }],
  ];
  for (const [name, config, script, expected] of streams) {
    it(`reads ${name}`, async () => {
      server().script(script, 'other');
      await expectRun(server(), expected, options(config));
    });
  }

  it('reads NDJSON with a character that is split over two packets', async () => {
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
