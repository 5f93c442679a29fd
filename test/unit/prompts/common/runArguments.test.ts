import * as assert from 'node:assert/strict';
import { DESTINATION_KINDS } from '../../../../src/core/destinationKind';
import { isQuilletError } from '../../../../src/core/errors';
import { readRunArguments } from '../../../../src/prompts/common/runArguments';

describe('the arguments of quillet.run', () => {
  const usable: readonly [string, unknown, object][] = [
    ['none', undefined, {}],
    ['null', null, {}],
    ['an empty object', {}, {}],
    ['a prompt', { prompt: 'explain' }, { prompt: 'explain' }],
    ['fields that mean nothing here', { prompt: 'explain', baseUrl: 'https://x.invalid' }, { prompt: 'explain' }],
    ['a text', { text: 'Say ${selection}' }, { text: 'Say ${selection}' }],
    [
      'need 35: everything at once',
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
      `needs 36: ${destination}`,
      { destination },
      { destination },
    ]),
  ];
  for (const [name, argument, expected] of usable) {
    it(`can be ${name}`, () => assert.deepEqual(readRunArguments(argument), expected));
  }

  const unusable: readonly [string, unknown, string | undefined][] = [
    ['a number', 42, undefined],
    ['a text', 'CANARY', undefined],
    ['a list', ['CANARY'], undefined],
    ['an empty prompt', { prompt: '' }, 'prompt'],
    ['a prompt that is no text', { prompt: { toString: () => 'explain' } }, 'prompt'],
    ['a prompt without end', { prompt: 'CANARY'.repeat(1000) }, 'prompt'],
    ['a destination that there is not', { prompt: 'explain', destination: 'CANARY' }, 'destination'],
    ['a destination that is no text', { destination: 7 }, 'destination'],
    ['the name of an inherited field', { destination: 'constructor' }, 'destination'],
    ['a prompt and a text', { prompt: 'explain', text: 'CANARY' }, 'text'],
    ['a text of nothing', { text: ' \n' }, 'text'],
    ['a text without end', { text: 'CANARY'.repeat(20_000) }, 'text'],
    ['a model without its provider', { model: 'CANARY' }, 'model'],
    ['parameters out of range', { parameters: { temperature: 9 } }, 'parameters.temperature'],
    ['parameters that there are not', { parameters: { apiKey: 'CANARY' } }, 'parameters.apiKey'],
    ['inputs that are a list', { input: ['CANARY'] }, 'input'],
    ['inputs that are no texts', { input: { tone: 7 } }, 'input.tone'],
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
    it(`E16: are refused where they are ${name}, without repeating a value`, () => {
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
