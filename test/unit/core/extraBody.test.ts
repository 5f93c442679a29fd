import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ApiStyle } from '../../../src/core/chat';
import { extraBodyOf, findExtraBodyProblem, mergeFields, PROTECTED_FIELDS } from '../../../src/core/extraBody';
import { asFields, type JsonObject } from '../../../src/util/json';
import { httpEndpoint } from '../../support/httpEndpoints';
import { endpointAt, newService } from '../../support/llmHarness';
import { checkProperty } from '../../support/properties';

const names = fc.constantFrom('a', 'b', 'top_k', '__proto__', 'constructor', 'toString', ...PROTECTED_FIELDS, 'Model');

/** JSON as it is parsed from a file: `__proto__` is an ordinary field. */
const { body: bodies } = fc.letrec<{ value: unknown; body: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(1, 'x', true, null),
    fc.array(tie('value'), { maxLength: 2 }),
    tie('body'),
  ),
  body: fc
    .array(fc.tuple(names, tie('value')), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries) as unknown),
}));

function clone(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** The paths of all values that are not objects. */
function leaves(value: unknown, path: readonly string[] = []): string[] {
  const fields = asFields(value);
  const entries = Object.entries(fields ?? {});
  if (fields === undefined || entries.length === 0) return [`${path.join('/')}=${JSON.stringify(value)}`];
  return entries.flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

describe('the extra fields of a request', () => {
  const cases: readonly (readonly [name: string, base: JsonObject, extra: JsonObject, merged: JsonObject])[] = [
    ['add a field', { a: 1 }, { top_k: 40 }, { a: 1, top_k: 40 }],
    ['replace a value', { temperature: 1 }, { temperature: 0 }, { temperature: 0 }],
    [
      'keep the other fields of an object',
      { a: { b: 1, c: { d: 2 } } },
      { a: { c: { e: 3 } } },
      { a: { b: 1, c: { d: 2, e: 3 } } },
    ],
    ['replace a list', { stop: ['a', 'b'] }, { stop: ['c'] }, { stop: ['c'] }],
    ['replace an object by a value', { a: { b: 1 } }, { a: null }, { a: null }],
    ['replace a value by an object', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['change nothing if there are none', { a: { b: 1 } }, {}, { a: { b: 1 } }],
  ];
  for (const [name, base, extra, merged] of cases) {
    it(name, () => assert.deepEqual(mergeFields(base, extra), merged));
  }

  it('are merged at every depth, without changing what is merged or any prototype (property)', () => {
    checkProperty(
      fc.property(bodies, bodies, (base, extra) => {
        const before = [clone(base), clone(extra)];
        const merged = mergeFields(base as JsonObject, extra as JsonObject);
        assert.deepEqual([clone(base), clone(extra)], before);
        assert.deepEqual(leaves(mergeFields(merged, extra as JsonObject)), leaves(merged), 'merging again');
        const added = leaves(extra).filter((leaf) => !leaf.endsWith('={}'));
        assert.deepEqual(
          added.filter((leaf) => !leaves(merged).includes(leaf)),
          [],
        );
        assert.equal(Object.getPrototypeOf(merged), Object.prototype);
        assert.deepEqual(Object.keys(Object.prototype), []);
        for (const name of ['a', 'top_k', 'model']) assert.equal(({} as Record<string, unknown>)[name], undefined);
      }),
      { seed: 17, numRuns: 500 },
    );
  });

  for (const api of ['chat', 'responses', 'messages', 'completions', 'http'] satisfies ApiStyle[]) {
    it(`never change the protected fields of ${api} (property)`, () => {
      const endpoint = api === 'http' ? httpEndpoint('https://h') : endpointAt('https://h/v1', { api });
      const request = { endpoint, model: 'm', messages: [{ role: 'user', content: 'x' } as const], parameters: {} };
      const bodyOf = (extraBody: JsonObject) =>
        asFields(newService().describeRequest({ ...request, extraBody }).wire.body) ?? {};
      const plain = bodyOf({});
      let accepted = 0;
      checkProperty(
        fc.property(bodies, (extra) => {
          if (findExtraBodyProblem(extra) !== undefined) return;
          accepted += 1;
          const body = bodyOf(extra as JsonObject);
          for (const name of PROTECTED_FIELDS) assert.deepEqual(body[name], plain[name], name);
          assert.equal(
            Object.keys(body).some((name) => name === 'Model'),
            false,
          );
        }),
        { seed: 18, numRuns: 300 },
      );
      assert.ok(accepted > 50);
    });
  }

  it('of the provider, the model and the prompt are merged in this order', () => {
    const endpoint = endpointAt('https://h/v1', {
      extraBodies: [
        { body: { a: 'provider', b: 'provider', c: { d: 'provider' } } },
        { model: 'm', body: { b: 'model', c: { e: 'model' } } },
        { model: 'other', body: { b: 'other' } },
      ],
    });
    const extraBody = { c: { d: 'prompt' }, f: 'prompt' };
    assert.deepEqual(extraBodyOf({ endpoint, model: 'm', extraBody }), {
      a: 'provider',
      b: 'model',
      c: { d: 'prompt', e: 'model' },
      f: 'prompt',
    });
  });

  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const bad: readonly (readonly [name: string, value: unknown, problem: unknown])[] = [
    ...['text', 7, true, ['a'], undefined].map((value) => [`is ${JSON.stringify(value)}`, value, 'notJson'] as const),
    ['has a function', { a: [() => 1] }, 'notJson'],
    ['has a date', { a: new Date() }, 'notJson'],
    ['has no finite number', { a: Number.POSITIVE_INFINITY }, 'notJson'],
    ['contains itself', cyclic, 'notJson'],
    ['has 10,000 levels', JSON.parse(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`), 'notJson'],
    ['has 1 MB', { a: 'x'.repeat(1_000_000) }, 'tooLong'],
    ...PROTECTED_FIELDS.map((name) => [`sets ${name}`, { top_k: 1, [name]: null }, 'protected'] as const),
    ['sets Messages', { Messages: [] }, 'protected'],
  ];
  for (const [name, value, kind] of bad) {
    it(`are rejected if their object ${name}`, () => assert.equal(findExtraBodyProblem(value)?.kind, kind));
  }

  it('may have protected names below the top level', () => {
    assert.equal(findExtraBodyProblem({ extra: { model: 'x', messages: [] } }), undefined);
  });
});
