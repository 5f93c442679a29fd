import * as assert from 'node:assert/strict';
import { DESTINATION_KINDS } from '../../../../src/core/destinationKind';
import { isQuilletError } from '../../../../src/core/errors';
import { readRunArguments } from '../../../../src/prompts/common/runArguments';

describe('arguments of quillet.run', () => {
  const usable: readonly [string, unknown, object][] = [
    ['undefined', undefined, {}],
    ['null', null, {}],
    ['an empty object', {}, {}],
    ['a prompt ID', { prompt: 'explain' }, { prompt: 'explain' }],
    ['unknown fields', { prompt: 'explain', baseUrl: 'https://x.invalid' }, { prompt: 'explain' }],
    ['a text', { text: 'Say ${selection}' }, { text: 'Say ${selection}' }],
    [
      'all fields at once',
      {
        prompt: 'tests',
        model: 'work/org/model',
        parameters: { temperature: 0, stop: 'END', seed: null },
        input: { tone: 'kind', empty: '' },
      },
      {
        prompt: 'tests',
        model: 'work/org/model',
        parameters: { temperature: 0, stop: ['END'] },
        input: { tone: 'kind', empty: '' },
      },
    ],
    ...DESTINATION_KINDS.map((destination): [string, unknown, object] => [
      `the destination ${destination}`,
      { destination },
      { destination },
    ]),
  ];
  for (const [name, argument, expected] of usable) {
    it(`accept ${name}`, () => assert.deepEqual(readRunArguments(argument), expected));
  }

  const unusable: readonly [string, unknown, string | undefined][] = [
    ['a number', 42, undefined],
    ['a string', 'CANARY', undefined],
    ['a list', ['CANARY'], undefined],
    ['an empty prompt', { prompt: '' }, 'prompt'],
    ['a prompt that is not a string', { prompt: { toString: () => 'explain' } }, 'prompt'],
    ['a very long prompt ID', { prompt: 'CANARY'.repeat(1000) }, 'prompt'],
    ['an unknown destination', { prompt: 'explain', destination: 'CANARY' }, 'destination'],
    ['a destination that is not a string', { destination: 7 }, 'destination'],
    ['the name of an inherited property as destination', { destination: 'constructor' }, 'destination'],
    ['both a prompt and a text', { prompt: 'explain', text: 'CANARY' }, 'text'],
    ['a blank text', { text: ' \n' }, 'text'],
    ['a very long text', { text: 'CANARY'.repeat(20_000) }, 'text'],
    ['a model without its provider', { model: 'CANARY' }, 'model'],
    ['parameters out of range', { parameters: { temperature: 9 } }, 'parameters.temperature'],
    ['unknown parameters', { parameters: { apiKey: 'CANARY' } }, 'parameters.apiKey'],
    ['inputs that are a list', { input: ['CANARY'] }, 'input'],
    ['inputs that are not strings', { input: { tone: 7 } }, 'input.tone'],
    [
      'an object that throws',
      new Proxy(
        {},
        {
          has: () => true,
          get: () => {
            throw new Error('CANARY');
          },
        },
      ),
      undefined,
    ],
  ];
  for (const [name, argument, subject] of unusable) {
    it(`reject ${name} without revealing the value [E16]`, () => {
      assert.throws(
        () => readRunArguments(argument),
        (thrown) => {
          assert.ok(isQuilletError(thrown));
          assert.equal(thrown.kind, 'cfg.arguments');
          assert.equal(thrown.details.subject, subject);
          assert.ok(!JSON.stringify({ ...thrown, message: thrown.message }).includes('CANARY'));
          return true;
        },
      );
    });
  }
});
