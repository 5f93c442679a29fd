import * as assert from 'node:assert/strict';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import { run, ui, useQuillet } from '../support/quillet';
import { setSettings, setUserSetting } from '../support/settings';
import { openFile, select } from '../support/workspace';

/** A proxy that records requests and refuses them. */
async function startProxy(): Promise<{ url: string; asked: string[]; headers: string[]; close: () => void }> {
  const asked: string[] = [];
  const headers: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(502).end();
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    headers.push(...Object.keys(request.headers));
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, headers, close: () => server.close() };
}

describe('a company proxy', () => {
  useQuillet();
  let proxy: Awaited<ReturnType<typeof startProxy>>;

  beforeEach(async () => {
    proxy = await startProxy();
    await setUserSetting('http.proxySupport', 'override');
    await setUserSetting('http.proxy', proxy.url);
  });
  afterEach(() => proxy.close());

  it('gets requests through VS Code, and never sees the key [N21, R21]', async () => {
    await setSettings({ providers: { test: { baseUrl: 'https://llm.corp.test/v1', label: 'Corp' } } });
    await select(await openFile('const first = 1;\n'), 'const first = 1;');
    await run('quillet.explain');
    assert.deepEqual(proxy.asked, [], 'nothing is sent before the user agrees to the address');
    ui.willPress('Send to llm.corp.test');
    await run('quillet.explain');
    assert.deepEqual([...new Set(proxy.asked)], ['CONNECT llm.corp.test:443']);
    assert.ok(!proxy.headers.includes('authorization'), proxy.headers.join());
    assert.equal(ui.errors.length, 1);
    assert.match(ui.errors[0] ?? '', /^The proxy refused to connect to llm\.corp\.test:443\. .*\(proxy: 407\)/);
  });

  it('is bypassed for a server on this machine [R21]', async () => {
    await select(await openFile('const first = 1;\n'), 'const first = 1;');
    await run('quillet.explain');
    assert.deepEqual(proxy.asked, []);
    assert.deepEqual(ui.errors, []);
    assert.equal(vscode.workspace.getConfiguration('http').get('proxy'), proxy.url);
  });
});
