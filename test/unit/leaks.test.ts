import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { containsKey, externalHosts, filesWithKey, readRecordedHosts } from '../../scripts/lib/leaks.mjs';

/** Assembled at run time, so that secret scanners don't report this file. */
const key = ['sk', 'CANARY', '0123456789abcdef'].join('-');

describe('the leak check', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-traces-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const hidden: readonly (readonly [string, Buffer])[] = [
    ['as text', Buffer.from(`{"a":"Bearer ${key}"}`)],
    ['in lower case', Buffer.from(`x${key.toLowerCase()}`)],
    ['in binary data', Buffer.concat([Buffer.alloc(9, 0xff), Buffer.from(key), Buffer.alloc(3)])],
    ['in UTF-16', Buffer.from(`x${key}`, 'utf16le')],
    ...[0, 1, 2].map((offset) => {
      const text = `${'x'.repeat(offset)}${key}`;
      return [`in Base64 at offset ${offset}`, Buffer.from(Buffer.from(text).toString('base64'))] as const;
    }),
  ];
  for (const [name, content] of hidden) {
    it(`finds a key ${name} [R19]`, () => {
      fs.mkdirSync(path.join(folder, 'logs', 'exthost'), { recursive: true });
      const file = path.join(folder, 'logs', 'exthost', 'state.vscdb');
      fs.writeFileSync(file, content);
      fs.writeFileSync(path.join(folder, 'other.log'), 'No key.');
      assert.deepEqual(filesWithKey([folder]), [file]);
    });
  }

  it('finds nothing if there is no key [R19]', () => {
    fs.writeFileSync(path.join(folder, 'settings.json'), '{ "quillet.model": "sk/canary" }');
    assert.deepEqual(filesWithKey([folder]), []);
    assert.equal(containsKey(''), false);
  });

  it('distinguishes this machine from other hosts', () => {
    const webviewHost = 'vscode-remote+127-002e0-002e0-002e1-003a46663.vscode-resource.vscode-cdn.net';
    const local = [webviewHost, '127.0.0.1:1234', '127.9.8.7', 'localhost:80', '::1', '[::1]:443', '::ffff:127.0.0.1'];
    const external = [
      'example.com:443',
      'vscode-remote+10-002e0-002e0-002e1.vscode-resource.vscode-cdn.net',
      `${webviewHost}.example.com`,
      '10.0.0.1:80',
      'localhost.example.com',
      '127.0.0.1.example.com:80',
      '128.0.0.1',
    ];
    assert.deepEqual(externalHosts([...local, ...external, ...external]), external);
  });

  it('records every host that a process connects to or looks up [E14]', () => {
    const file = path.join(folder, 'hosts.txt');
    const source = `
      const [net, http, https, dns] = ['net', 'http', 'https', 'dns'].map((name) => require('node:' + name));
      const quiet = (emitter) => emitter.on('error', () => {});
      fetch('http://fetched.invalid:8080/').catch(() => {});
      quiet(http.get('http://asked.invalid/'));
      quiet(https.get('https://127.0.0.1:9/'));
      quiet(net.connect(9, 'localhost'));
      quiet(net.connect({ port: 9, host: '::1' }));
      quiet(new net.Socket()).connect('/no/such/socket');
      dns.lookup('looked-up.invalid', () => {});`;
    const { stderr } = spawnSync(process.execPath, ['--require', './scripts/lib/recordHosts.cjs', '-e', source], {
      env: { ...process.env, QUILLET_HOSTS: file },
      encoding: 'utf8',
    });
    const hosts = readRecordedHosts(file);
    const expected = [
      'fetched.invalid:8080',
      'asked.invalid:80',
      '127.0.0.1:9',
      'localhost:9',
      '::1:9',
      'looked-up.invalid',
    ];
    assert.deepEqual(
      expected.filter((host) => !hosts.includes(host)),
      [],
      `${hosts.join(' ')} ${stderr}`,
    );
    assert.ok(!hosts.some((host) => host.includes('socket')));
    assert.ok(externalHosts(hosts).includes('fetched.invalid:8080'));
  });
});
