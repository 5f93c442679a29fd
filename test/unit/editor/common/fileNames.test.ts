import * as assert from 'node:assert/strict';
import { parentFolder, splitExtension } from '../../../../src/editor/common/fileNames';

describe('file names', () => {
  for (const [name, stem, extension] of [
    ['a.ts', 'a', '.ts'],
    ['a.test.ts', 'a.test', '.ts'],
    ['.gitignore', '.gitignore', ''],
    ['.eslintrc.json', '.eslintrc', '.json'],
    ['Makefile', 'Makefile', ''],
    ['a.', 'a', '.'],
    ['größe 日本.md', 'größe 日本', '.md'],
    ['', '', ''],
  ] as const) {
    it(`split ${JSON.stringify(name)}`, () => assert.deepEqual(splitExtension(name), { stem, extension }));
  }

  for (const [path, folder] of [
    ['src/util/a.ts', 'src/util'],
    ['src/a.ts', 'src'],
    ['a.ts', '.'],
    ['a b/ü/c.ts', 'a b/ü'],
  ] as const) {
    it(`name the folder of ${path}`, () => assert.equal(parentFolder(path), folder));
  }
});
