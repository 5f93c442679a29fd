import assert from 'node:assert/strict';
import { fillTemplate, unknownVariables } from '../../../../src/llm/apis/bodyTemplate';
import type { JsonValue } from '../../../../src/util/json';

const values = {
  model: 'm-1',
  prompt: 'Say "hello" to ${model}\n',
  temperature: 0,
  stop: ['END', '\n'],
  messages: [{ role: 'user', content: 'Hello?' }],
  stream: true,
  system: undefined,
};

describe('a body template', () => {
  const table: readonly (readonly [string, JsonValue, JsonValue | undefined])[] = [
    ['replaces a variable alone with its value', '${temperature}', 0],
    ['replaces a variable alone with its list', '${stop}', ['END', '\n']],
    ['keeps the type of a boolean', { stream: '${stream}' }, { stream: true }],
    ['inserts a value into text', 'at ${temperature} by ${model}', 'at 0 by m-1'],
    ['inserts a list into text as JSON', 'stop: ${stop}', 'stop: ["END","\\n"]'],
    ['does not expand a value again', '${prompt}', 'Say "hello" to ${model}\n'],
    ['does not expand a value inside text again', '> ${prompt}', '> Say "hello" to ${model}\n'],
    ['removes the field of an unset variable', { a: 1, system: '${system}' }, { a: 1 }],
    ['removes the item of an unset variable', ['a', '${system}'], ['a']],
    ['inserts nothing for an unset variable inside text', 'x${system}y', 'xy'],
    ['is undefined if it is only an unset variable', '${system}', undefined],
    [
      'keeps values that are not text',
      { n: 1, t: true, z: null, l: [1, [2]] },
      { n: 1, t: true, z: null, l: [1, [2]] },
    ],
    ['is filled at every depth', { a: [{ b: { c: '${model}' } }] }, { a: [{ b: { c: 'm-1' } }] }],
    ['leaves an unknown name as it is', '${missing}', '${missing}'],
    ['does not expand field names', { '${model}': 1 }, { '${model}': 1 }],
    [
      'treats prototype names as ordinary names',
      { constructor: '${constructor}', toString: 1 },
      { constructor: '${constructor}', toString: 1 },
    ],
  ];
  for (const [name, template, expected] of table) {
    it(name, () => assert.deepEqual(fillTemplate(template, values), expected));
  }

  it('fills a documented request: POST /v1/generate', () => {
    const template = {
      model: '${model}',
      prompt: '${prompt}',
      max_tokens: '${maxOutputTokens}',
      temperature: '${temperature}',
      stop_sequences: '${stop}',
    };
    const filled = fillTemplate(template, { ...values, maxOutputTokens: undefined });
    assert.deepEqual(filled, { model: 'm-1', prompt: values.prompt, temperature: 0, stop_sequences: ['END', '\n'] });
  });

  it('reports unknown names, once each', () => {
    const template = { a: '${model} ${modle}', b: ['${modle}', { c: '${x1}' }], d: '${1x} $model', e: 7 };
    assert.deepEqual(unknownVariables(template, ['model']), ['modle', 'x1']);
  });
});
