import assert from 'node:assert/strict';
import { isJsonPointer, resolveJsonPointer } from '../../../src/util/jsonPointer';

// The document and the table of RFC 6901, section 5.
const document = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
  '~1': 9,
};

describe('JSON Pointer', () => {
  const table: readonly (readonly [string, unknown])[] = [
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/~01', 9],
  ];
  for (const [pointer, expected] of table) {
    it(`resolves ${JSON.stringify(pointer)} as in RFC 6901`, () =>
      assert.deepEqual(resolveJsonPointer(document, pointer), expected));
  }

  it('returns undefined if there is no such value', () => {
    for (const pointer of [
      '/missing',
      '/foo/2',
      '/foo/-',
      '/foo/length/x',
      '/foo/0/0',
      '/a/b',
      '/toString',
      '/__proto__',
    ]) {
      assert.equal(resolveJsonPointer(document, pointer), undefined, pointer);
    }
    for (const other of [null, undefined, 42, 'text']) assert.equal(resolveJsonPointer(other, '/a'), undefined);
  });

  it('recognizes valid pointers', () => {
    for (const text of ['', '/', '/a', '/a~0~1/b']) assert.ok(isJsonPointer(text), text);
    for (const text of ['a', 'choices[0].text', '/a~', '/a~2', '#/a']) assert.ok(!isJsonPointer(text), text);
  });
});
