import * as assert from 'node:assert/strict';
import { parseBaseUrl, requestUrl } from '../../../src/providers/baseUrl';

function parsed(text: string) {
  const result = parseBaseUrl(text);
  assert.ok(result.ok, `${text} was rejected: ${JSON.stringify(result)}`);
  return result;
}

function accepted(text: string): string {
  return parsed(text).url;
}

describe('parseBaseUrl', () => {
  const requests: readonly [string, string][] = [
    ['http://127.0.0.1:1234', 'http://127.0.0.1:1234/v1/chat/completions'],
    ['http://127.0.0.1:1234/', 'http://127.0.0.1:1234/v1/chat/completions'],
    ['http://localhost:1234/v1/', 'http://localhost:1234/v1/chat/completions'],
    ['http://localhost:1234/v1/chat/completions', 'http://localhost:1234/v1/chat/completions'],
    [' http://localhost:1234/v1 \n', 'http://localhost:1234/v1/chat/completions'],
    ['https://h', 'https://h/v1/chat/completions'],
    ['https://h/v1beta/openai/', 'https://h/v1beta/openai/chat/completions'],
    ['https://h/api/paas/v4', 'https://h/api/paas/v4/chat/completions'],
    ['https://h/v1?api-version=1', 'https://h/v1/chat/completions?api-version=1'],
    ['https://h/v1/v1', 'https://h/v1/chat/completions'],
    ['https://h/v1/v1/chat/completions', 'https://h/v1/chat/completions'],
    ['https://h/v1/completions', 'https://h/v1/chat/completions'],
    ['https://h/v1/responses', 'https://h/v1/chat/completions'],
    ['https://api.anthropic.com/v1/messages', 'https://api.anthropic.com/v1/chat/completions'],
    ['https://h/v1/messages/?beta=true', 'https://h/v1/chat/completions?beta=true'],
    ['https://h/v1/models///', 'https://h/v1/chat/completions'],
    ['https://api.perplexity.ai/chat/completions', 'https://api.perplexity.ai/chat/completions'],
    [
      'https://models.inference.ai.azure.com/chat/completions/',
      'https://models.inference.ai.azure.com/chat/completions',
    ],
    ['https://models.github.ai/inference/chat/completions', 'https://models.github.ai/inference/chat/completions'],
    ['https://h/chat/completions?api-version=1', 'https://h/chat/completions?api-version=1'],
    ['http://0.0.0.0:11434', 'http://127.0.0.1:11434/v1/chat/completions'],
    ['http://0.0.0.0:8000/v1/chat/completions', 'http://127.0.0.1:8000/v1/chat/completions'],
    ['http://[::]:8080/v1', 'http://127.0.0.1:8080/v1/chat/completions'],
    ['https://r.openai.azure.com', 'https://r.openai.azure.com/openai/v1/chat/completions'],
    ['https://r.openai.azure.com/', 'https://r.openai.azure.com/openai/v1/chat/completions'],
    ['https://r.cognitiveservices.azure.com/', 'https://r.cognitiveservices.azure.com/openai/v1/chat/completions'],
    ['https://r.services.ai.azure.com', 'https://r.services.ai.azure.com/openai/v1/chat/completions'],
    ['https://r.services.ai.azure.com/models', 'https://r.services.ai.azure.com/models/chat/completions'],
    [
      'https://r.services.ai.azure.com/models/chat/completions?api-version=1',
      'https://r.services.ai.azure.com/models/chat/completions?api-version=1',
    ],
    ['https://r.services.ai.azure.com/openai/v1/models', 'https://r.services.ai.azure.com/openai/v1/chat/completions'],
    ['https://openai.azure.com.attacker.example', 'https://openai.azure.com.attacker.example/v1/chat/completions'],
    [
      'https://h/openai/deployments/d/chat/completions?api-version=1',
      'https://h/openai/deployments/d/chat/completions?api-version=1',
    ],
    ['https://h/proxy/https://api.example.com/v1', 'https://h/proxy/https://api.example.com/v1/chat/completions'],
  ];
  for (const [text, url] of requests) {
    it(`sends a request for ${JSON.stringify(text)} to ${url}`, () => {
      assert.equal(requestUrl(accepted(text), 'chat/completions'), url);
    });
  }

  it('chooses the style of a pasted request, and of an address for Anthropic clients', () => {
    const table = [
      ['https://h/v1/responses', { ok: true, url: 'https://h/v1', api: 'responses' }],
      ['https://h/responses/', { ok: true, url: 'https://h', setting: 'https://h/responses', api: 'responses' }],
      [
        'https://r.openai.azure.com/openai/v1/responses',
        { ok: true, url: 'https://r.openai.azure.com/openai/v1', api: 'responses' },
      ],
      ['https://h/v1/messages', { ok: true, url: 'https://h/v1', api: 'messages' }],
      ['https://h/v1/chat/completions', { ok: true, url: 'https://h/v1' }],
      ['https://h/anthropic/v1/chat/completions', { ok: true, url: 'https://h/anthropic/v1' }],
      ...[
        'https://h/v1/projects/p/locations/l/publishers/anthropic',
        'https://h/v1/projects/p/locations/l/publishers/anthropic/models/',
        'https://h/v1/projects/p/locations/l/publishers/anthropic/models/claude@1:streamRawPredict',
      ].map(
        (text) =>
          [
            text,
            { ok: true, url: 'https://h/v1/projects/p/locations/l/publishers/anthropic', api: 'messages' },
          ] as const,
      ),
      ...[
        'https://h/api/anthropic',
        'https://h/api/anthropic/',
        'https://h/api/anthropic/v1',
        'https://h/api/anthropic/v1/messages',
      ].map((text) => [text, { ok: true, url: 'https://h/api/anthropic/v1', api: 'messages' }] as const),
    ] as const;
    for (const [text, expected] of table) assert.deepEqual(parseBaseUrl(text), expected);
  });

  const normalized: readonly [string, string][] = [
    ['HTTPS://API.Example.COM/v1', 'https://api.example.com/v1'],
    ['"https://h/v1"', 'https://h/v1'],
    ['<https://h/v1>', 'https://h/v1'],
    ['\u{200b}https://h/v1\u{feff}', 'https://h/v1'],
    ['HTTP:\\\\127.0.0.1\\v1', 'http://127.0.0.1/v1'],
    ['http://2130706433/', 'http://127.0.0.1/v1'],
    ['http://127.1/', 'http://127.0.0.1/v1'],
    ['http://[::1]:8080', 'http://[::1]:8080/v1'],
    ['https://h/v1/../admin', 'https://h/admin'],
    ['https://api.openai.com.attacker.example/v1', 'https://api.openai.com.attacker.example/v1'],
    ['https://аpi.example/v1', 'https://xn--pi-6kc.example/v1'],
    ['https://h:443/v1', 'https://h/v1'],
    ['https://192.168.1.20:8000/v1', 'https://192.168.1.20:8000/v1'],
  ];
  for (const [text, url] of normalized) {
    it(`normalizes ${JSON.stringify(text)} to ${url} [R03, C07, C09]`, () => assert.equal(accepted(text), url));
  }

  const rejected: readonly [string, string, string, string?][] = [
    ['C01', '', 'empty'],
    ['C01', ' \n\u{200b} ', 'empty'],
    ['C02', '//h/v1', 'noScheme', 'https://h/v1'],
    ['C02', 'api.example.com', 'noScheme', 'https://api.example.com/v1'],
    ['C02', 'http//localhost:1234', 'noScheme', 'http://localhost:1234/v1'],
    ['C02', '192.168.1.20:8000', 'noScheme', 'https://192.168.1.20:8000/v1'],
    ['C02', 'https://h:99999/v1', 'badPort'],
    ['C02', 'h:99999', 'noScheme'],
    ['C02', 'https://h /v1', 'invalid'],
    ['C02', 'https://h/v1\nx', 'invalid'],
    ['C02', 'https://h/v\u{200b}1', 'invalid'],
    ['C02', 'https://', 'invalid'],
    ['C02', `https://h/${'a'.repeat(3000)}`, 'invalid'],
    ['C03', 'localhost:1234', 'noScheme', 'http://localhost:1234/v1'],
    ['C03', 'localhost:1234/v1/chat/completions', 'noScheme', 'http://localhost:1234/v1'],
    ['C03', '0.0.0.0:8080', 'noScheme', 'http://127.0.0.1:8080/v1'],
    ['C02', 'api.perplexity.ai/chat/completions', 'noScheme', 'https://api.perplexity.ai/chat/completions'],
    ['C03', '[::1]:1234', 'noScheme', 'http://[::1]:1234/v1'],
    ['C04', 'file:///etc/passwd', 'badScheme'],
    ['C04', 'data:text/plain,x', 'badScheme'],
    ['C04', 'ftp://h/v1', 'badScheme'],
    ['C04', 'javascript:alert(1)', 'badScheme'],
    ['C04', 'ws://localhost:1234', 'badScheme'],
    ['C05', 'https://u:hunter2@h/v1', 'userInfo'],
    ['R3', 'https://api.openai.com@evil/', 'userInfo'],
    ['R3', 'https://api.openai.com%40evil/', 'invalid'],
    ['C05', 'u:hunter2@h/v1', 'badScheme'],
    ['C05', '//u:hunter2@h/v1', 'noScheme'],
    ['C06', 'https://h/v1#frag', 'fragment', 'https://h/v1'],
    ['C06', 'https://h/v1#', 'fragment', 'https://h/v1'],
    ['N13', 'http://127.0.0.1:1/v1', 'badPort'],
    ['N13', 'http://127.0.0.1:22/v1', 'badPort'],
    ['N13', 'https://h:6000/v1', 'badPort'],
    ['R4, C08', 'http://example.com/v1', 'insecure', 'https://example.com/v1'],
    ['R4, C08', 'http://192.168.1.20:8000/v1', 'insecure', 'https://192.168.1.20:8000/v1'],
    ['R4, C08', 'http://169.254.169.254/', 'insecure', 'https://169.254.169.254/v1'],
    ['R4, C08', 'http://printer.local/', 'insecure', 'https://printer.local/v1'],
    ['R4, C08', 'http://localhost.example.com/', 'insecure', 'https://localhost.example.com/v1'],
    ['R4, C08', 'http://[::ffff:127.0.0.1]/', 'insecure', 'https://[::ffff:7f00:1]/v1'],
  ];
  for (const [id, text, problem, suggestion] of rejected) {
    it(`rejects ${JSON.stringify(text.slice(0, 60))} as ${problem} [${id}]`, () => {
      const expected = suggestion === undefined ? { ok: false, problem } : { ok: false, problem, suggestion };
      assert.deepEqual(parseBaseUrl(text), expected);
    });
  }

  it('is idempotent', () => {
    const proven = requests.filter(([text]) => parsed(text).setting !== undefined);
    assert.equal(proven.length, 3);
    for (const [text] of [...requests, ...normalized]) {
      const { url, setting = url } = parsed(text);
      assert.equal(accepted(setting), url);
    }
  });

  it('never repeats a password [C05]', () => {
    for (const text of [
      'https://u:hunter2@h/v1',
      'u:hunter2@h',
      '//u:hunter2@h',
      'u:hunter2@h:99999/#x',
      'http://u:hunter2@h/#f',
    ]) {
      assert.doesNotMatch(JSON.stringify(parseBaseUrl(text)), /hunter2/);
    }
  });

  it('rejects the ports that fetch blocks [N13]', async () => {
    const ports = Array.from({ length: 11_000 }, (_, index) => index + 1);
    const rejectedPorts = ports.filter((port) => !parseBaseUrl(`https://h:${port}`).ok);
    const blocked = await Promise.all(rejectedPorts.map(isBlockedByFetch));
    assert.deepEqual(
      rejectedPorts.filter((_, index) => blocked[index] !== true),
      [],
    );
    assert.equal(rejectedPorts.length, 82);
  });
});

// Fetch checks the port before it calls the dispatcher; this dispatcher sends nothing.
async function isBlockedByFetch(port: number): Promise<boolean> {
  const dispatcher = {
    dispatch() {
      throw new Error('reached');
    },
  };
  const init = { dispatcher } as unknown as RequestInit;
  const error: unknown = await fetch(`http://127.0.0.1:${port}`, init).catch((reason: unknown) => reason);
  return error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port';
}
