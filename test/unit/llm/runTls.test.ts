import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { assertRun, runAt, useServer } from '../../support/llmHarness';

// The types are those of Node 22, which lacks this function.
const nodeHttp = http as typeof http & { setGlobalProxyFromEnv(environment: object): () => void };

function fixture(name: string): string {
  return fs.readFileSync(`test/fixtures/tls/${name}.pem`, 'utf8');
}

describe('a run over TLS', () => {
  useServer();
  const authorities = tls.getCACertificates('default');
  let server: https.Server | undefined;
  let requests = 0;

  before(() => tls.setDefaultCACertificates([...authorities, fixture('ca')]));
  after(() => tls.setDefaultCACertificates(authorities));
  afterEach(() => void server?.close());

  async function serveWith(certificate: string): Promise<string> {
    requests = 0;
    server = https.createServer({ cert: fixture(certificate), key: fixture('key') }, (_request, response) => {
      requests += 1;
      response.end();
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  }

  for (const [name, certificate, code] of [
    ['is self-signed', 'selfSigned', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['has expired', 'expired', 'CERT_HAS_EXPIRED'],
    ['is for another host', 'wrongHost', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ] as const) {
    it(`rejects a certificate that ${name}, without retrying or sending anything [N12]`, async () => {
      const run = await runAt(await serveWith(certificate));
      assertRun(run, { outcome: 'failed', kind: 'net.tls' });
      assert.equal(run.error?.details.code, code);
      assert.equal(requests, 0);
    });
  }
});

describe('a run through a proxy', () => {
  useServer();
  let restore: (() => void) | undefined;
  let proxy: http.Server | undefined;
  let seen: { line: string; headers: http.IncomingHttpHeaders }[] = [];

  afterEach(() => {
    restore?.();
    proxy?.close();
  });

  // Answers every CONNECT with a status line. Node's own fetch is routed to it.
  async function proxyAnswering(statusLine: string): Promise<void> {
    seen = [];
    proxy = http.createServer();
    proxy.on('connect', (request, socket) => {
      seen.push({ line: `${request.method} ${request.url}`, headers: request.headers });
      socket.end(`HTTP/1.1 ${statusLine}\r\n\r\n`);
    });
    await new Promise<void>((resolve) => proxy?.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    restore = nodeHttp.setGlobalProxyFromEnv({ https_proxy: url, no_proxy: '127.0.0.1' });
  }

  for (const [status, words] of [
    [407, 'Proxy Authentication Required'],
    [403, 'Forbidden'],
    [502, 'Bad Gateway'],
  ] as const) {
    it(`reports a proxy that answers ${status}, without retrying [N21]`, async () => {
      await proxyAnswering(`${status} ${words}`);
      const run = await runAt('https://llm.example.com/v1');
      assertRun(run, { outcome: 'failed', kind: 'net.proxy' });
      assert.equal(run.error?.details.code, `proxy: ${status}`);
      assert.equal(seen.length, 1);
    });
  }

  it('shows a proxy only the host and port of an https endpoint [R21]', async () => {
    await proxyAnswering('403 Forbidden');
    await runAt('https://llm.example.com/v1');
    const [request] = seen;
    assert.equal(request?.line, 'CONNECT llm.example.com:443');
    assert.equal(request?.headers['authorization'], undefined);
    assert.ok(!JSON.stringify(request).includes('CANARY'));
  });
});
