import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildPackage, hashOf, listedNames, readZip } from '../../scripts/lib/vsix.mjs';

describe('the package', () => {
  const vsix = process.env['QUILLET_VSIX'] ?? '';

  it('contains only the listed files, and no source map, key, environment file or local path [E23]', () => {
    const entries = readZip(vsix);
    const listed = fs.readFileSync('test/fixtures/vsixFiles.txt', 'utf8').trim().split('\n');
    assert.deepEqual(listedNames(entries), listed);
    const unwanted = /sourceMappingURL=|\bsk-[\w-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----\n/;
    for (const entry of entries) {
      const text = entry.text();
      assert.doesNotMatch(entry.name, /\.map$|\.env|\.pem$|(^|\/)(test|src|node_modules)\//);
      assert.ok(!unwanted.test(text), `${entry.name}: ${unwanted.exec(text)?.[0]}`);
      for (const folder of [process.cwd(), os.homedir()]) {
        assert.ok(folder.length < 6 || !text.includes(folder), `${entry.name} contains ${folder}`);
      }
    }
  });

  it('is byte-identical when it is built again [R38]', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-package-'));
    try {
      const rebuilt = await buildPackage({ file: path.join(folder, 'again.vsix') });
      assert.equal(hashOf(rebuilt), hashOf(vsix));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
