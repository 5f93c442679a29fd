import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readDiffPaths } from '../../../src/ignore/common/diffPaths';
import { splitDiff } from '../../../src/text/diffSummary';

describe('readDiffPaths', () => {
  for (const [what, part, expected] of [
    ['a change', 'diff --git a/x/a.ts b/x/a.ts\n--- a/x/a.ts\n+++ b/x/a.ts\n@@ -1 +1 @@\n--- b', ['x/a.ts']],
    ['a name with spaces', 'diff --git a/x/my b/x/my b/x/my b/x/my', ['x/my b/x/my']],
    ['a quoted name', 'diff --git "a/\\303\\244 \\"\\t.ts" "b/\\303\\244 \\"\\t.ts"', ['ä "\t.ts']],
    ['a rename', 'diff --git a/a.ts b/x/b.ts\nrename from a.ts\nrename to x/b.ts\n', ['a.ts', 'x/b.ts']],
    ['a conflict', 'diff --cc x/a.ts\n@@@ -1 -1 +1 @@@\n', ['x/a.ts']],
    ['other prefixes', 'diff --git old/x/a.ts current/x/a.ts\n', ['x/a.ts']],
    ['no prefixes', 'diff --git a/x.ts a/x.ts\n', ['a/x.ts']],
    ['names in the content', 'diff --git a/a b/a\n@@ -1 +1 @@\nrename from b\n', ['a']],
    ['another diff program', 'x/a.ts --- TypeScript\n1 const a = 1;', undefined],
    ['nothing', '', undefined],
  ] as const) {
    it(`reads ${what}`, () => assert.deepEqual(readDiffPaths(part), expected));
  }

  it('reads what Git writes, with any prefix', () => {
    const folder = mkdtempSync(join(tmpdir(), 'quillet-diff-'));
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
    const write = (name: string, text: string | Uint8Array) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    };
    try {
      git('init', '--quiet');
      for (const name of ['gone.ts', 'a/deep/old name.ts', 'ä.ts']) write(name, `${name}\n`.repeat(20));
      git('add', '.');
      git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '--quiet', '-m', 'a');
      rmSync(join(folder, 'gone.ts'));
      renameSync(join(folder, 'a/deep/old name.ts'), join(folder, 'a/new.ts'));
      write('ä.ts', 'changed\n');
      write('b/my b/my file', 'new\n');
      write('empty', '');
      write('image.png', new Uint8Array([0, 1, 2, 0]));
      git('add', '--all');
      const expected = ['a/deep/old name.ts', 'a/new.ts', 'b/my b/my file', 'empty', 'gone.ts', 'image.png', 'ä.ts'];
      for (const config of ['diff.noprefix=false', 'diff.noprefix=true', 'diff.mnemonicPrefix=true']) {
        const diff = git('-c', config, '-c', 'diff.renames=true', 'diff', '--cached');
        const paths = splitDiff(diff).flatMap(({ text }) => readDiffPaths(text) ?? ['unknown']);
        assert.deepEqual(paths.sort(), expected, config);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
