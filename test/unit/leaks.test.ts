import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { filesWithKey, externalHosts, containsKey, readRecordedHosts } from '../../scripts/lib/leaks.mjs';

/** Not written out, so that no search of the source finds it. */
const key = ['sk', 'CANARY', '0123456789abcdef'].join('-');

describe('the search for what a run left behind', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-traces-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const hidden: readonly (readonly [string, Buffer])[] = [
    ['as text', Buffer.from(`{"a":"Bearer ${key}"}`)],
    ['in small letters', Buffer.from(`x${key.toLowerCase()}`)],
    ['among bytes', Buffer.concat([Buffer.alloc(9, 0xff), Buffer.from(key), Buffer.alloc(3)])],
    ['with two bytes a letter', Buffer.from(`x${key}`, 'utf16le')],
    ...[0, 1, 2].map((before) => {
      const text = `${'x'.repeat(before)}${key}`;
      return [`in Base64, ${before} bytes in`, Buffer.from(Buffer.from(text).toString('base64'))] as const;
    }),
  ];
  for (const [name, content] of hidden) {
    it(`R19: finds a key that was planted ${name}`, () => {
      fs.mkdirSync(path.join(folder, 'logs', 'exthost'), { recursive: true });
      const file = path.join(folder, 'logs', 'exthost', 'state.vscdb');
      fs.writeFileSync(file, content);
      fs.writeFileSync(path.join(folder, 'other.log'), 'Nothing to see here.');
      assert.deepEqual(filesWithKey([folder]), [file]);
    });
  }

  it('R19: finds none where there is none', () => {
    fs.writeFileSync(path.join(folder, 'settings.json'), '{ "quillet.model": "sk/canary" }');
    assert.deepEqual(filesWithKey([folder]), []);
    assert.equal(containsKey(''), false);
  });

  it('need 43: knows this machine from others', () => {
    const page = 'vscode-remote+127-002e0-002e0-002e1-003a46663.vscode-resource.vscode-cdn.net';
    const own = [page, '127.0.0.1:1234', '127.9.8.7', 'localhost:80', '::1', '[::1]:443', '::ffff:127.0.0.1'];
    const foreign = [
      'example.com:443',
      'vscode-remote+10-002e0-002e0-002e1.vscode-resource.vscode-cdn.net',
      `${page}.example.com`,
      '10.0.0.1:80',
      'localhost.example.com',
      '127.0.0.1.example.com:80',
      '128.0.0.1',
    ];
    assert.deepEqual(externalHosts([...own, ...foreign, ...foreign]), foreign);
  });

  it('E14, need 43: a process that is recorded names every host that it connects to, by whatever means', () => {
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
