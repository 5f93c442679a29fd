import * as assert from 'node:assert/strict';
import { findProtectedSettings } from '../../../../src/settings/common/protectedSettings';

const names = ['quillet.model', 'quillet.providers', 'quillet.timeouts.idle', 'quillet.timeouts.total'];

describe('settings of a workspace that only the user may set', () => {
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['dotted', { 'quillet.model': 'a/b' }, ['quillet.model']],
    ['nested', { quillet: { model: 'a/b', providers: {} } }, ['quillet.model', 'quillet.providers']],
    ['nested twice', { quillet: { timeouts: { idle: 1 } } }, ['quillet.timeouts.idle']],
    ['half nested', { 'quillet.timeouts': { idle: 1, total: 2 } }, ['quillet.timeouts.idle', 'quillet.timeouts.total']],
    ['half dotted', { quillet: { 'timeouts.idle': 1 } }, ['quillet.timeouts.idle']],
    ['reaching inside', { 'quillet.providers.openai.baseUrl': 'https://attacker' }, ['quillet.providers']],
    ['for a language', { '[ts]': { 'quillet.model': 'a/b' } }, ['quillet.model']],
    ['for languages, nested', { '[ts][js]': { quillet: { model: 'a/b' } } }, ['quillet.model']],
    ['empty values', { 'quillet.model': null, 'quillet.providers': undefined }, ['quillet.model', 'quillet.providers']],
    ['several forms of one', { 'quillet.model': 'a', quillet: { model: 'b' } }, ['quillet.model']],
    ['preferences', { 'quillet.answerLanguage': 'de', 'quillet.timeouts': 5 }, []],
    ['others', { 'editor.model': 'a', model: 'b', quilletX: { model: 'c' }, nested: { quillet: { model: 'd' } } }, []],
    ['prototype keys', JSON.parse('{"__proto__": {"quillet.model": "a"}, "constructor": 1}'), []],
  ];
  for (const [title, file, expected] of cases) {
    it(`C14, C15: ${title}`, () => assert.deepEqual(findProtectedSettings(file, names), expected));
  }

  it('C14: anything but an object is no settings file', () => {
    for (const file of [undefined, null, 1, 'quillet.model', ['quillet.model'], [{ 'quillet.model': 1 }]]) {
      assert.deepEqual(findProtectedSettings(file, names), []);
    }
  });

  it('C14: a block in a block in a block without end is given up', () => {
    let file: unknown = { 'quillet.model': 'a/b' };
    for (let depth = 0; depth < 10_000; depth += 1) file = { '[ts]': file };
    assert.deepEqual(findProtectedSettings(file, names), []);
  });
});
