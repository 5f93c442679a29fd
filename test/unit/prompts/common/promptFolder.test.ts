import * as assert from 'node:assert/strict';
import { isSharedPromptFile, type PromptFolder, parsePromptFolder } from '../../../../src/prompts/common/promptFolder';

describe('parsePromptFolder', () => {
  const relative = (...segments: string[]): PromptFolder => ({ kind: 'relative', segments });
  const absolute = (path: string): PromptFolder => ({ kind: 'absolute', path });
  const folders: readonly [string, PromptFolder | undefined][] = [
    ['.quillet/prompts', relative('.quillet', 'prompts')],
    [' ./docs//prompts/ ', relative('docs', 'prompts')],
    ['docs\\prompts', relative('docs', 'prompts')],
    ['...', relative('...')],
    ['/home/me/prompts', absolute('/home/me/prompts')],
    ['C:\\prompts', absolute('C:/prompts')],
    ['~/prompts', absolute('/home/me/prompts')],
    ['~', absolute('/home/me')],
    ['', undefined],
    ['.', undefined],
    ['..', undefined],
    ['../prompts', undefined],
    ['a/../../b', undefined],
    ['a\\..\\..\\b', undefined],
    ['~other/prompts', undefined],
    ['file:///etc', undefined],
    ['//server/share', undefined],
    ['\\\\server\\share', undefined],
    ['a\0b', undefined],
  ];
  for (const [text, expected] of folders) {
    it(`parses ${JSON.stringify(text)} as ${JSON.stringify(expected)} [R28, U19]`, () => {
      assert.deepEqual(parsePromptFolder(text, '/home/me'), expected);
    });
  }

  it('rejects ~ without a home folder', () => assert.equal(parsePromptFolder('~/x', undefined), undefined));

  it('detects files that VS Code reads too', () => {
    const paths = [
      '/w/.github/prompts/a.prompt.md',
      '/w/.github/prompts/b/a.prompt.md',
      '/w/.quillet/prompts/a.prompt.md',
      '/home/me/.config/Code/User/prompts/a.prompt.md',
      '/c:/Users/User/AppData/Roaming/Code - Insiders/User/profiles/-1a2b/prompts/a.prompt.md',
      '/Users/me/Library/Application Support/VSCodium/User/prompts/a.prompt.md',
      '/home/me/.config/Code/User/globalStorage/quillet.quillet/prompts/a.prompt.md',
      '/c:/Users/User/prompts/a.prompt.md',
      '/home/User/prompts/a.prompt.md',
    ];
    assert.deepEqual(paths.map(isSharedPromptFile), [true, false, false, true, true, true, false, false, false]);
  });
});
