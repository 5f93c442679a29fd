import * as assert from 'node:assert/strict';
import { findProtectedSettings } from '../../../../src/settings/common/protectedSettings';

const names = ['quillet.model', 'quillet.providers', 'quillet.timeouts.idle', 'quillet.timeouts.total'];

describe('findProtectedSettings', () => {
  const cases: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['dotted names', { 'quillet.model': 'a/b' }, ['quillet.model']],
    ['nested objects', { quillet: { model: 'a/b', providers: {} } }, ['quillet.model', 'quillet.providers']],
    ['two levels of nesting', { quillet: { timeouts: { idle: 1 } } }, ['quillet.timeouts.idle']],
    [
      'objects after a dotted name',
      { 'quillet.timeouts': { idle: 1, total: 2 } },
      ['quillet.timeouts.idle', 'quillet.timeouts.total'],
    ],
    ['dotted names in an object', { quillet: { 'timeouts.idle': 1 } }, ['quillet.timeouts.idle']],
    ['names below a setting', { 'quillet.providers.openai.baseUrl': 'https://attacker' }, ['quillet.providers']],
    ['a language block', { '[ts]': { 'quillet.model': 'a/b' } }, ['quillet.model']],
    ['a nested block for several languages', { '[ts][js]': { quillet: { model: 'a/b' } } }, ['quillet.model']],
    ['empty values', { 'quillet.model': null, 'quillet.providers': undefined }, ['quillet.model', 'quillet.providers']],
    ['several spellings of a setting', { 'quillet.model': 'a', quillet: { model: 'b' } }, ['quillet.model']],
    ['preferences', { 'quillet.answerLanguage': 'de', 'quillet.timeouts': 5 }, []],
    [
      'other settings',
      { 'editor.model': 'a', model: 'b', quilletX: { model: 'c' }, nested: { quillet: { model: 'd' } } },
      [],
    ],
    ['prototype keys', JSON.parse('{"__proto__": {"quillet.model": "a"}, "constructor": 1}'), []],
  ];
  for (const [title, file, expected] of cases) {
    it(`handles ${title} [C14, C15]`, () => assert.deepEqual(findProtectedSettings(file, names), expected));
  }

  it('finds nothing if the file is not an object [C14]', () => {
    for (const file of [undefined, null, 1, 'quillet.model', ['quillet.model'], [{ 'quillet.model': 1 }]]) {
      assert.deepEqual(findProtectedSettings(file, names), []);
    }
  });

  it('gives up on deeply nested language blocks [C14]', () => {
    let file: unknown = { 'quillet.model': 'a/b' };
    for (let depth = 0; depth < 10_000; depth += 1) file = { '[ts]': file };
    assert.deepEqual(findProtectedSettings(file, names), []);
  });
});
