import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ApiStyle, ChatMessage, Endpoint, ParameterSet } from '../../../../src/core/chat';
import { type Picture, toDataUrlPlaceholder } from '../../../../src/core/picture';
import { toCurl, toPowerShell } from '../../../../src/requests/common/curl';
import { type ExportedRequest, toExportedRequest } from '../../../../src/requests/common/exportedRequest';
import { toPythonRequests } from '../../../../src/requests/common/pythonRequests';
import { hasSdk, type SdkApi, toPythonSdk, toTypescriptSdk } from '../../../../src/requests/common/sdkPrograms';
import type { JsonValue } from '../../../../src/util/json';
import { sha256 } from '../../../../src/util/sha256';
import { httpEndpoint, jsonLines } from '../../../support/httpEndpoints';
import { endpointAt, newService, runAt, useServer } from '../../../support/llmHarness';
import { messagesStream, responsesStream, textCompletion, textDelta } from '../../../support/otherApis';
import { png } from '../../../support/pictures';
import type { RecordedRequest } from '../../../support/recordedRequest';
import { doneFrame, frame, framesOf, json, type Scenario, send, streamed, text } from '../../../support/scenario';

const run = promisify(execFile);
const key = 'sk-CANARY0123456789abcdefghijklmnop';

const writers = {
  curl: toCurl,
  powershell: toPowerShell,
  pythonRequests: toPythonRequests,
  pythonSdk: (request: ExportedRequest) => toPythonSdk(request, request.api as SdkApi),
  typescriptSdk: (request: ExportedRequest) => toTypescriptSdk(request, request.api as SdkApi),
};

type CopyFormat = keyof typeof writers;

function copyAs(format: CopyFormat, request: ExportedRequest): string {
  return writers[format](request);
}

/** PowerShell is not available on every machine: its text is compared and parsed instead. */
const runners: Readonly<Partial<Record<CopyFormat, { file: string; command: readonly string[] }>>> = {
  curl: { file: 'request.sh', command: ['sh'] },
  pythonRequests: { file: 'request.py', command: ['python3'] },
  pythonSdk: { file: 'request.py', command: ['python3'] },
  typescriptSdk: { file: 'request.ts', command: [process.execPath] },
};

const formats = Object.keys(runners) as CopyFormat[];

/** The packages know no requests that users define themselves. */
function formatsFor({ api }: Endpoint): readonly CopyFormat[] {
  return api === 'http' ? ['curl', 'pythonRequests'] : formats;
}

/** Python writes the same JSON with other spaces and escapes. */
function bodyOf(recorded: RecordedRequest | undefined): unknown {
  return recorded?.body === '' ? '' : JSON.parse(recorded?.body ?? 'null');
}

/** Characters that need quoting. */
const nasty = [
  `it's "quoted" \\ $HOME \`id\` $(id) %PATH% !! ~ \\n \${x} @file '@`,
  "'\n''' \"\"\" \r\n\ttabs\u0000nul \u2028 \u{1f600} שלום e\u0301 \u2019 {{x}} */ // </script>",
].join('\n');

const messages: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: nasty },
];

/** Python treats some of these characters as line endings, JSON does not. */
const words = ['Hello', ' שלום\u2028\u0085!'];
const answer = {
  choices: [{ text: words.join(''), message: { content: words.join('') }, finish_reason: 'stop' }],
  output: [{ type: 'message', content: [{ type: 'output_text', text: words.join('') }] }],
  content: [{ type: 'text', text: words.join('') }],
};

interface Case {
  readonly name: string;
  readonly endpoint: (url: string, headers: Readonly<Record<string, string>>) => Endpoint;
  readonly body?: JsonValue;
  readonly scenario: Scenario;
}

function ownRequest(name: string, request: object, scenario: Scenario, path = '/v1/generate'): Case {
  return {
    name: `http, ${name}`,
    endpoint: (url, headers) => {
      const { origin } = new URL(url);
      return httpEndpoint(origin, { url: `${origin}${path}`, ...request }, { headers });
    },
    scenario,
  };
}

function sdkRequest(api: ApiStyle, name: string, scenario: Scenario, body?: JsonValue): Case {
  return {
    name: `${api}, ${name}`,
    endpoint: (url, headers) => endpointAt(url, { api, headers }),
    scenario,
    ...(body === undefined ? {} : { body }),
  };
}

/** As resolved from `body` and `query` in the settings. */
function extras(url: string): Partial<Endpoint> {
  const body = { top_k: 40, min_p: null, chat_template_kwargs: { thinking: false, list: [nasty] }, extra_body: 'x' };
  return { baseUrl: `${url}?api-version=2025-04-01%26&name=a%20b`, extraBodies: [{ body }] };
}

const events = words.map((word) => frame({ choices: [{ text: word }] }));
const lines = words.map((response) => ({ response, done: false }));

/** Every API, streaming and non-streaming, also with edited bodies. */
const requests: readonly Case[] = [
  sdkRequest('chat', 'a stream', streamed(words)),
  sdkRequest('responses', 'a stream', responsesStream(words)),
  sdkRequest('messages', 'a stream', messagesStream(words)),
  sdkRequest('completions', 'a stream', textCompletion(words)),
  sdkRequest('chat', 'a document', json(answer), {
    model: 'm',
    messages: [{ role: 'user', content: nasty }],
    stream: false,
  }),
  sdkRequest('responses', 'a document', json({ ...answer, output_text: words.join('') }), { model: 'm', input: nasty }),
  sdkRequest('messages', 'a document', json(answer), { model: 'm', max_tokens: 64_000, messages: [], stream: false }),
  sdkRequest('messages', 'with fields that no package knows', json(answer), {
    model: 'm',
    max_tokens: 9,
    messages: [],
    cache_control: { type: 'ephemeral' },
    mcp_servers: [nasty],
  }),
  sdkRequest('completions', 'a document', json(answer), { model: 'm', prompt: nasty, stream: false }),
  sdkRequest('chat', 'with fields that no package knows', json(answer), {
    model: 'm',
    messages: [],
    top_k: 3,
    input: nasty,
  }),
  ...(['chat', 'responses', 'messages', 'completions'] as const).map((api) => ({
    name: `${api}, with extra fields and a query`,
    endpoint: (url: string, headers: Readonly<Record<string, string>>) =>
      endpointAt(url, { api, headers, ...extras(url) }),
    scenario: {
      chat: streamed(words),
      responses: responsesStream(words),
      messages: messagesStream(words),
      completions: textCompletion(words),
    }[api],
  })),
  ownRequest('a document', {}, json(answer)),
  ownRequest('put, at an odd address', { method: 'PUT' }, json(answer), '/v1/ab?f[x]={y}&q=é'),
  ownRequest('get', { method: 'GET' }, json(answer)),
  ownRequest('a stream of events', { stream: 'sse', delta: '/choices/0/text' }, framesOf(...events, doneFrame)),
  ownRequest(
    'a stream of lines',
    { stream: 'ndjson', text: '/response', finish: '/done' },
    jsonLines(...lines, { response: '', done: true }),
  ),
];

describe('a request copied as a program', () => {
  const server = useServer();
  let folder = '';
  let count = 0;

  before(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'quillet-copy-'));
    await fs.symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'), 'junction');
    await fs.writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
  });
  after(() => fs.rm(folder, { recursive: true, force: true }));

  function exported(endpoint: Endpoint, parameters: ParameterSet, body?: JsonValue): ExportedRequest {
    const request = { endpoint, model: 'some-model', messages, parameters, ...(body === undefined ? {} : { body }) };
    return toExportedRequest(newService().describeRequest(request), { apiKeyEnv: 'MY_KEY', ...endpoint }, true);
  }

  async function execute(format: CopyFormat, request: ExportedRequest): Promise<string> {
    const runner = runners[format];
    assert.ok(runner);
    count += 1;
    const file = path.join(folder, `${count}${runner.file}`);
    await fs.writeFile(file, copyAs(format, request));
    const [command = '', ...args] = runner.command;
    const environment = {
      ...process.env,
      MY_KEY: key,
      GATEWAY_SECRET: 'secret-of-the-gateway',
      PYTHONPATH: path.resolve('test/fixtures/python'),
      PYTHONIOENCODING: 'utf-8',
      NODE_NO_WARNINGS: '1',
    };
    try {
      return (await run(command, [...args, file], { cwd: folder, env: environment })).stdout;
    } catch (thrown) {
      const { stdout, stderr } = thrown as { stdout: string; stderr: string };
      return `${stdout}\nFAILED ${stderr}`;
    }
  }

  for (const { name, endpoint, body, scenario } of requests) {
    it(`sends what Quillet sends and prints the answer: ${name}`, async () => {
      const parameters = { temperature: 0.7, maxOutputTokens: 20, stop: ['END', '\n'], seed: 3 };
      const ask = { messages, parameters, ...(body === undefined ? {} : { body }) };
      const at = (format: string) => endpoint(server().url, { 'x-team': "a'b$c`d", 'x-format': format });
      for (const route of ['chat', 'responses', 'messages', 'completions', 'other'] as const)
        server().script(scenario, route);
      await runAt(server().url, { ...ask, endpoint: at('ours') });
      const used = formatsFor(at('ours'));
      const outputs = await Promise.all(used.map((format) => execute(format, exported(at(format), parameters, body))));
      const [ours] = server().requests;
      assert.ok(ours);
      for (const [index, format] of used.entries()) {
        const theirs = server().requests.find(({ headers }) => headers['x-format'] === format);
        assert.deepEqual(bodyOf(theirs), bodyOf(ours), `${format}: ${outputs[index]}`);
        // Some clients percent-encode brackets.
        const placeOf = (recorded: RecordedRequest | undefined) => [
          recorded?.method,
          decodeURIComponent(recorded?.path ?? ''),
        ];
        assert.deepEqual(placeOf(theirs), placeOf(ours), format);
        assert.equal(theirs?.headers['authorization'], `Bearer ${key}`, format);
        assert.equal(theirs?.headers['x-team'], ours.headers['x-team'], format);
        // curl prints the raw response, the programs print its text.
        if (format !== 'curl') assert.equal(outputs[index]?.trim(), words.join(''), format);
      }
    });
  }

  for (const format of formats) {
    it(`exits with an error on an HTTP error status: ${format}`, async () => {
      server().script(json({ error: { message: 'no such model' } }, 404));
      const output = await execute(format, exported(endpointAt(server().url), {}));
      assert.match(output, /FAILED[\s\S]*(404|no such model)/);
    });
  }

  it('sends the key in the configured header', async () => {
    for (const [api, format] of formats.flatMap((name) => [['chat', name] as const, ['messages', name] as const])) {
      server().reset();
      server().script(json(answer), api);
      const endpoint = endpointAt(server().url, { api, keyHeader: 'x-api-key' });
      await execute(format, exported(endpoint, {}));
      assert.equal(server().requests[0]?.headers['x-api-key'], key, format);
      assert.notEqual(server().requests[0]?.headers['authorization'], `Bearer ${key}`, format);
    }
    // The harness checks that no header but Authorization contains the key.
    server().reset();
  });

  it('reads the secrets in headers from variables', async () => {
    const headers = { 'x-gateway': `Token "$a\`b\\${'${secret:gateway}'}'; v=2`, 'x-plain': '${secret:gateway}' };
    const expected = `Token "$a\`b\\secret-of-the-gateway'; v=2`;
    for (const format of formats) {
      server().reset();
      server().script(json(answer));
      const output = await execute(format, exported(endpointAt(server().url, { headers }), {}));
      const sent = server().requests[0]?.headers;
      assert.deepEqual([sent?.['x-gateway'], sent?.['x-plain']], [expected, 'secret-of-the-gateway'], output);
    }
    const program = copyAs('powershell', exported(endpointAt(server().url, { headers }), {}));
    assert.ok(program.includes('--header "x-plain: ${env:GATEWAY_SECRET}"'), program);
  });

  it('is no program of a package whose path differs from that of the address', () => {
    const offers = (baseUrl: string, api: ApiStyle) => hasSdk(exported(endpointAt(baseUrl, { api }), {}));
    assert.equal(offers('https://h/api/anthropic/v1?a=b', 'messages'), true);
    assert.equal(offers('https://h/llm', 'messages'), false);
    assert.equal(offers('https://h/llm', 'chat'), true);
  });

  it('preserves small numbers and lone surrogates in Python', async () => {
    const body = { model: 'm', messages: [{ role: 'user', content: '\ud83d' }], temperature: 1e-7, stream: false };
    server().script(json(answer));
    await execute('pythonRequests', exported(endpointAt(server().url), {}, body));
    assert.deepEqual(bodyOf(server().requests[0]), body);
  });

  it('reads pictures from files in the current folder', async () => {
    const bytes = png(640, 400, 200_000);
    const picture: Picture = { bytes, format: 'png', width: 640, height: 400, hash: await sha256(bytes) };
    await fs.writeFile(path.join(folder, `picture-${picture.hash.slice(0, 16)}.png`), bytes);
    const { origin } = new URL(server().url);
    const template = { prompt: '${prompt}', images: '${images}' };
    const cases: readonly [Endpoint, Scenario][] = [
      [endpointAt(server().url), streamed(words)],
      [endpointAt(server().url, { api: 'responses' }), responsesStream(words)],
      [endpointAt(server().url, { api: 'messages' }), messagesStream(words)],
      [httpEndpoint(origin, { url: `${origin}/v1/generate`, body: template }), json(answer)],
    ];
    for (const [endpoint, scenario] of cases) {
      server().reset();
      for (const route of ['chat', 'responses', 'messages', 'other'] as const) server().script(scenario, route);
      const withPicture: readonly ChatMessage[] = [...messages, { role: 'user', content: nasty, pictures: [picture] }];
      await runAt(server().url, { endpoint, messages: withPicture });
      const request = { endpoint, model: 'some-model', messages: withPicture, parameters: {} };
      const copied = toExportedRequest(
        newService().describeRequest(request),
        { ...endpoint, apiKeyEnv: 'MY_KEY' },
        true,
      );
      const used = formatsFor(endpoint);
      for (const format of used) {
        const output = await execute(format, copied);
        const theirs = server().requests.at(-1);
        assert.deepEqual(bodyOf(theirs), bodyOf(server().requests[0]), `${format}: ${output}`);
      }
      assert.equal(server().requests.length, used.length + 1);
      assert.ok(server().requests[0]?.body.includes(Buffer.from(bytes).toString('base64')));
    }
    const program = copyAs(
      'powershell',
      exported(endpointAt(server().url), {}, { model: 'm', "it's": toDataUrlPlaceholder(picture) }),
    );
    assert.ok(
      program.includes(
        `('{"model":"m","it''s":"data:image/png;base64,' + [Convert]::ToBase64String([IO.File]::ReadAllBytes("$PWD/picture-${picture.hash.slice(0, 16)}.png")) + '"}')`,
      ),
      program,
    );
  });

  it('sends a body that is too long for an argument', async () => {
    const body = { model: 'm', messages: [{ role: 'user', content: "it's ".repeat(60_000) }], stream: false };
    server().script(json(answer));
    await execute('curl', exported(endpointAt(server().url), {}, body));
    assert.equal(server().requests[0]?.body, JSON.stringify(body));
  });

  it('contains the key variable only if a run would send a key', () => {
    const endpoint = { ...endpointAt('http://127.0.0.1:1'), needsKey: false };
    const request = newService().describeRequest({ endpoint, model: 'm', messages, parameters: {} });
    assert.equal(toExportedRequest(request, endpoint, false).credential, undefined);
    const program = copyAs('curl', toExportedRequest(request, endpoint, true));
    assert.match(program, /--header "Authorization: Bearer \$[A-Z_]+_API_KEY"/);
  });

  it('contains the name of the key variable and never a key', () => {
    for (const format of [...formats, 'powershell'] as const) {
      const program = copyAs(format, exported(endpointAt(server().url), {}));
      assert.ok(program.includes('MY_KEY') && !program.includes('CANARY'), program);
    }
  });

  it('exits with an error on an unexpected response', async () => {
    const wrong = [
      [json({ choices: [] }), { model: 'm', messages: [], stream: false }, 'pythonRequests'],
      [text('<h1>Sign in</h1>'), { model: 'm', messages: [], stream: false }, 'pythonRequests'],
      [text('<h1>Sign in</h1>'), { model: 'm', messages: [], stream: true }, 'pythonRequests'],
      [framesOf('data: {"a\n\n'), { model: 'm', messages: [], stream: true }, 'pythonRequests'],
      [framesOf(frame({ error: { message: 'no' } })), { model: 'm', messages: [], stream: true }, 'pythonRequests'],
    ] as const;
    for (const [scenario, body, format] of wrong) {
      server().script(scenario);
      const output = await execute(format, exported(endpointAt(server().url), {}, body));
      assert.match(
        output,
        /FAILED (The response is not|The stream contains invalid|The server reported|The response contains no text)/,
      );
    }
  });

  it('reports a broken stream in one sentence after the partial text [N16]', async () => {
    const body = { model: 'm', max_tokens: 9, messages: [], stream: true };
    const pieces = [{ text: 'Half', delta: { content: 'Half' } }];
    const half: Scenario = { steps: [send(frame({ choices: pieces })), { do: 'wait', ms: 50 }, { do: 'cut' }] };
    const halfMessage: Scenario = { steps: [send(textDelta('Half')), { do: 'wait', ms: 50 }, { do: 'cut' }] };
    const { origin } = new URL(server().url);
    const request = { url: `${origin}/v1/generate`, stream: 'sse', delta: '/choices/0/text' };
    const endpoints = {
      chat: endpointAt(server().url),
      messages: endpointAt(server().url, { api: 'messages' }),
      other: httpEndpoint(origin, request),
    };
    for (const [route, endpoint] of Object.entries(endpoints)) {
      for (const format of formatsFor(endpoint).filter((name) => name !== 'curl')) {
        server().script(route === 'messages' ? halfMessage : half, route as 'chat' | 'messages' | 'other');
        const output = await execute(format, exported(endpoint, {}, body));
        assert.match(output, /^Half\s+FAILED\s+The response ended early: /, `${format} ${route}`);
        assert.doesNotMatch(output, /Traceback|^ +at /m);
      }
    }
    server().script(framesOf('data: {"a\n\n'));
    const output = await execute('pythonSdk', exported(endpointAt(server().url), {}, body));
    assert.match(output, /FAILED\s+The response ended early: /);
  });

  it('uses a variable name that is valid in a shell', () => {
    const endpoint = endpointAt('https://llm.example.com/v1', { providerId: '4 me', needsKey: true });
    const request = newService().describeRequest({ endpoint, model: 'm', messages, parameters: {} });
    assert.equal(toExportedRequest(request, endpoint, true).credential?.variable, '_4_ME_API_KEY');
    assert.equal(
      toExportedRequest(request, { ...endpoint, providerId: 'openrouter' }, true).credential?.variable,
      'OPENROUTER_API_KEY',
    );
  });

  it('sends a header without a value with curl', async () => {
    server().script(json(answer));
    await execute('curl', exported(endpointAt(server().url, { headers: { 'x-empty': '' } }), {}));
    assert.equal(server().requests[0]?.headers['x-empty'], '');
  });

  describe('for PowerShell', () => {
    const written = (endpoint: Partial<Endpoint>, body: JsonValue = { model: 'm' }) =>
      copyAs('powershell', exported(endpointAt('https://llm.example.com/v1', endpoint), {}, body));

    it('reads the body from a file', () => {
      assert.equal(
        written({}, { model: "it's ’so‘", stream: true }),
        [
          '$body = [IO.Path]::GetTempFileName()',
          `[IO.File]::WriteAllText($body, '{"model":"it''s ’’so‘‘","stream":true}')`,
          "curl.exe --fail-with-body --silent --show-error --no-buffer 'https://llm.example.com/v1/chat/completions' `",
          "  --header 'content-type: application/json' `",
          '  --header "Authorization: Bearer ${env:MY_KEY}" `',
          '  --data-binary "@$body"',
          'Remove-Item $body',
          '',
        ].join('\n'),
      );
    });

    const texts: readonly [string, string, string][] = [
      ['a single quote', "it's", "it''s"],
      ['typographic single quotes, which also end a string', '‘a’ ‚b‛', '‘‘a’’ ‚‚b‛‛'],
      ['what a double-quoted string would expand', '$env:USERNAME $(whoami) `n', '$env:USERNAME $(whoami) `n'],
      ['double quotes and backslashes in JSON', 'a "b" \\ \n', 'a \\"b\\" \\\\ \\n'],
      ['percent signs and special characters of cmd', '%PATH% ^ & | < >', '%PATH% ^ & | < >'],
      ['typographic double quotes, which are not special here', '“a” „b”', '“a” „b”'],
    ];
    for (const [name, text, inside] of texts) {
      it(`quotes ${name}`, () => {
        const expected = `[IO.File]::WriteAllText($body, '{"model":"m","prompt":"${inside}"}')`;
        assert.ok(
          written({}, { model: 'm', prompt: text }).includes(expected),
          written({}, { model: 'm', prompt: text }),
        );
      });
    }

    it('reads headers with quotes from a file', () => {
      const program = written({ headers: { 'x-a': `say "it's"`, 'x-b': 'C:\\', 'x-c': 'plain %20' } });
      assert.ok(program.includes("--header 'x-c: plain %20' `"));
      assert.ok(program.includes(`[IO.File]::WriteAllText($headers, 'x-a: say "it''s"\nx-b: C:\\')`), program);
      assert.ok(program.includes('--header "@$headers" `'));
      assert.ok(program.endsWith('Remove-Item $headers, $body\n'));
    });

    it('uses no file if none is needed', () => {
      const endpoint = httpEndpoint('https://llm.example.com', { method: 'GET' });
      assert.equal(
        copyAs('powershell', exported(endpoint, {})),
        [
          "curl.exe --fail-with-body --silent --show-error 'https://llm.example.com/v1/generate' `",
          '  --request GET `',
          "  --header 'content-type: application/json' `",
          '  --header "Authorization: Bearer ${env:MY_KEY}"',
          '',
        ].join('\n'),
      );
    });

    it('sends the key in the configured header', () => {
      assert.ok(written({ keyHeader: 'x-api-key' }).includes('--header "x-api-key: ${env:MY_KEY}" `'));
    });
  });
});
