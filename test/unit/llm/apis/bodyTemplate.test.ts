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

describe('bodyTemplate', () => {
  const table: readonly (readonly [string, JsonValue, JsonValue | undefined])[] = [
    ['a variable alone is its value', '${temperature}', 0],
    ['a list alone is the list', '${stop}', ['END', '\n']],
    ['true alone is true', { stream: '${stream}' }, { stream: true }],
    ['a value inside text is text', 'at ${temperature} by ${model}', 'at 0 by m-1'],
    ['a list inside text is JSON', 'stop: ${stop}', 'stop: ["END","\\n"]'],
    ['a value is not looked through again', '${prompt}', 'Say "hello" to ${model}\n'],
    ['a value inside text is not looked through again', '> ${prompt}', '> Say "hello" to ${model}\n'],
    ['what is not set takes its field along', { a: 1, system: '${system}' }, { a: 1 }],
    ['what is not set takes its item along', ['a', '${system}'], ['a']],
    ['what is not set is nothing inside text', 'x${system}y', 'xy'],
    ['nothing but what is not set', '${system}', undefined],
    ['values that are no text stay', { n: 1, t: true, z: null, l: [1, [2]] }, { n: 1, t: true, z: null, l: [1, [2]] }],
    ['every depth', { a: [{ b: { c: '${model}' } }] }, { a: [{ b: { c: 'm-1' } }] }],
    ['an unknown name is left as it is', '${nobody}', '${nobody}'],
    ['names of variables as names of fields', { '${model}': 1 }, { '${model}': 1 }],
    [
      'prototype names are names',
      { constructor: '${constructor}', toString: 1 },
      { constructor: '${constructor}', toString: 1 },
    ],
  ];
  for (const [name, template, expected] of table) {
    it(name, () => assert.deepEqual(fillTemplate(template, values), expected));
  }

  it('the course page: POST /v1/generate', () => {
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

  it('finds the names that stand for nothing, once each', () => {
    const template = { a: '${model} ${modle}', b: ['${modle}', { c: '${x1}' }], d: '${1x} $model', e: 7 };
    assert.deepEqual(unknownVariables(template, ['model']), ['modle', 'x1']);
  });
});
