import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { createUsageFiles } from '../../../src/usage/usageFiles';

describe('the folder of the usage log', () => {
  it('can be read by its owner only', async () => {
    const storage = fs.mkdtempSync(path.join(os.tmpdir(), 'quillet-usage-'));
    await createUsageFiles(vscode.Uri.file(storage), 'window1').append('2026-11', 'line\n');
    const folder = path.join(storage, 'usage');
    assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
    assert.equal(fs.readFileSync(path.join(folder, '2026-11.jsonl'), 'utf8'), 'line\n');
    fs.rmSync(storage, { recursive: true });
  });
});
