import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { JsonValue } from '../../../src/core/bodyTemplate';
import type { ApiStyle, ChatMessage, Endpoint, ParameterSet } from '../../../src/core/chat';
import { type CopyFormat, copyAs } from '../../../src/core/copyAs';
import type { ExportedRequest } from '../../../src/core/exportRequest';
import { httpEndpoint } from '../../support/httpEndpoints';
import { endpointAt, newService, runAt, useServer } from '../../support/llmHarness';
import { json, streamed } from '../../support/scenario';

const run = promisify(execFile);
const key = 'sk-CANARY0123456789abcdefghijklmnop';
const styles: readonly ApiStyle[] = ['chat', 'responses', 'completions', 'http'];

/** What each format is run with here. PowerShell is not on every machine: its text is compared instead. */
const runners: Readonly<Partial<Record<CopyFormat, { file: string; command: readonly string[] }>>> = {
  curl: { file: 'request.sh', command: ['sh'] },
  pythonRequests: { file: 'request.py', command: ['python3'] },
  pythonOpenai: { file: 'request.py', command: ['python3'] },
  typescriptOpenai: { file: 'request.ts', command: [process.execPath] },
};

/** Everything that quoting gets wrong. */
const nasty = [
  `it's "quoted" \\ $HOME \`id\` $(id) %PATH% !! ~ \\n \${x} @file '@`,
  "'\n''' \"\"\" \r\n\ttabs\u0000nul \u2028 \u{1f600} שלום e\u0301 \u2019 {{x}} */ // </script>",
].join('\n');

const messages: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: nasty },
];

const answer = {
  choices: [{ text: 'Hello', message: { content: 'Hello' }, finish_reason: 'stop' }],
  output: [{ content: [{ type: 'output_text', text: 'Hello' }] }],
  output_text: 'Hello',
};

describe('a request copied as a program', function () {
  this.timeout(60_000);
  const server = useServer();
  let folder = '';

  before(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'quillet-copy-'));
    await fs.symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'), 'junction');
    await fs.writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
  });
  after(() => fs.rm(folder, { recursive: true, force: true }));

  function exported(endpoint: Endpoint, parameters: ParameterSet, body?: JsonValue): ExportedRequest {
    const request = { endpoint, model: 'some-model', messages, parameters, ...(body === undefined ? {} : { body }) };
    return {
      ...newService().describe(request),
      baseUrl: endpoint.baseUrl,
      credential: { variable: 'MY_KEY', ...(endpoint.keyHeader === undefined ? {} : { header: endpoint.keyHeader }) },
    };
  }

  async function execute(format: CopyFormat, request: ExportedRequest): Promise<string> {
    const runner = runners[format];
    assert.ok(runner);
    const file = path.join(folder, runner.file);
    await fs.writeFile(file, copyAs(format, request));
    const [command = '', ...args] = runner.command;
    const environment = {
      ...process.env,
      MY_KEY: key,
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

  for (const format of Object.keys(runners) as CopyFormat[]) {
    for (const api of styles) {
      it(`sends what Quillet sends: ${format}, ${api}`, async () => {
        const parameters = { temperature: 0.7, maxOutputTokens: 20, stop: ['END', '\n'], seed: 3 };
        const endpoint =
          api === 'http'
            ? httpEndpoint(new URL(server().url).origin)
            : endpointAt(server().url, { api, headers: { 'x-team': "a'b" } });
        for (const route of ['chat', 'responses', 'completions', 'other'] as const)
          server().script(json(answer), route);
        await runAt(server().url, { endpoint, messages, parameters });
        const output = await execute(format, exported(endpoint, parameters));
        const [ours, theirs] = server().requests;
        assert.equal(theirs?.body, ours?.body, output);
        assert.deepEqual([theirs?.method, theirs?.path], [ours?.method, ours?.path]);
        assert.equal(theirs?.headers['authorization'], `Bearer ${key}`);
        assert.equal(theirs?.headers['x-team'], ours?.headers['x-team']);
      });
    }

    it(`prints the text of a document and of a stream: ${format}`, async () => {
      server().script(streamed(['Hello', ' there']));
      const live = await execute(format, exported(endpointAt(server().url), {}));
      assert.ok(live.includes('Hello') && live.includes('there') && !live.includes('FAILED'), live);
      server().script(json(answer));
      const body = { model: 'm', messages: [], stream: false };
      const whole = await execute(format, exported(endpointAt(server().url), {}, body));
      assert.ok(whole.includes('Hello') && !whole.includes('FAILED'), whole);
    });

    it(`fails loudly on a status error: ${format}`, async () => {
      server().script(json({ error: { message: 'no such model' } }, 404));
      const output = await execute(format, exported(endpointAt(server().url), {}));
      assert.match(output, /FAILED[\s\S]*(404|no such model)/);
    });
  }

  it('puts a key into the header the user named', async () => {
    for (const format of Object.keys(runners) as CopyFormat[]) {
      server().reset();
      server().script(json(answer));
      const endpoint = endpointAt(server().url, { keyHeader: 'x-api-key' });
      await execute(format, exported(endpoint, {}));
      assert.equal(server().requests[0]?.headers['x-api-key'], key, format);
      assert.notEqual(server().requests[0]?.headers['authorization'], `Bearer ${key}`, format);
    }
    // The harness looks for the key in every other header than Authorization.
    server().reset();
  }).timeout(60_000);

  it('keeps numbers and halves of characters that Python would write otherwise', async () => {
    const body = { model: 'm', messages: [{ role: 'user', content: '\ud83d' }], temperature: 1e-7, stream: false };
    server().script(json(answer));
    await execute('pythonRequests', exported(endpointAt(server().url), {}, body));
    assert.equal(server().requests[0]?.body, JSON.stringify(body));
  });

  it('sends a body that is too long for a command line', async () => {
    const body = { model: 'm', messages: [{ role: 'user', content: "it's ".repeat(60_000) }], stream: false };
    server().script(json(answer));
    await execute('curl', exported(endpointAt(server().url), {}, body));
    assert.equal(server().requests[0]?.body, JSON.stringify(body));
  });

  it('holds the name of the key’s variable and never a key', () => {
    for (const format of [...(Object.keys(runners) as CopyFormat[]), 'powershell'] as const) {
      const program = copyAs(format, exported(endpointAt(server().url), {}));
      assert.ok(program.includes('MY_KEY') && !program.includes('CANARY'), program);
    }
  });

  it('writes PowerShell that curl.exe reads from a file', () => {
    const body = { model: "it's ’so‘", stream: true };
    const endpoint = { ...endpointAt('https://llm.example.com/v1') };
    assert.equal(
      copyAs('powershell', exported(endpoint, {}, body)),
      [
        '$file = New-TemporaryFile',
        `[IO.File]::WriteAllText($file, '{"model":"it''s ’’so‘‘","stream":true}')`,
        "curl.exe --fail-with-body --silent --show-error --no-buffer 'https://llm.example.com/v1/chat/completions' `",
        "  --header 'content-type: application/json' `",
        '  --header "Authorization: Bearer $env:MY_KEY" `',
        '  --data-binary "@$file"',
        'Remove-Item $file',
        '',
      ].join('\n'),
    );
  });
});
