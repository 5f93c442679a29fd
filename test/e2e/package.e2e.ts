import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildPackage, hashOf, listedNames, readZip } from '../../scripts/lib/vsix.mjs';

describe('the package', () => {
  const vsix = process.env['QUILLET_VSIX'] ?? '';

  it('E23: holds the listed files and nothing else: no source map, no key, no environment, no path of this machine', () => {
    const entries = readZip(vsix);
    const listed = fs.readFileSync('test/fixtures/vsixFiles.txt', 'utf8').trim().split('\n');
    assert.deepEqual(listedNames(entries), listed);
    const unwanted = /sourceMappingURL=|\bsk-[\w-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----\n/;
    for (const entry of entries) {
      const text = entry.text();
      assert.doesNotMatch(entry.name, /\.map$|\.env|\.pem$|(^|\/)(test|src|node_modules)\//);
      assert.ok(!unwanted.test(text), `${entry.name}: ${unwanted.exec(text)?.[0]}`);
      for (const place of [process.cwd(), os.homedir()]) {
        assert.ok(place.length < 6 || !text.includes(place), `${entry.name} names ${place}`);
      }
    }
  });

  it('R38: is the same to the last byte when it is built once more', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-package-'));
    try {
      const again = await buildPackage({ file: path.join(folder, 'again.vsix') });
      assert.equal(hashOf(again), hashOf(vsix));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
