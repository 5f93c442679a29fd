import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { PARAMETER_KEYS, PROMPT_KEYS } from '../../../src/prompts/common/frontMatterKeys';
import { findNearestName } from '../../../src/text/nearestName';
import { checkProperty } from '../../support/properties';

const providerFields = [
  'preset',
  'label',
  'baseUrl',
  'api',
  'headers',
  'models',
  'parameters',
  'body',
  'query',
  'needsKey',
];

describe('the nearest name', () => {
  const table: readonly (readonly [name: string, known: readonly string[], nearest: string | undefined])[] = [
    ['tempersture', PARAMETER_KEYS, 'temperature'],
    ['temp', PARAMETER_KEYS, undefined],
    ['top_p', PARAMETER_KEYS, 'topP'],
    ['TOPP', PARAMETER_KEYS, 'topP'],
    ['topK', PARAMETER_KEYS, undefined],
    ['topQ', PARAMETER_KEYS, 'topP'],
    ['max_tokens', PARAMETER_KEYS, 'maxOutputTokens'],
    ['max-output-tokens', PARAMETER_KEYS, 'maxOutputTokens'],
    ['reasoning_effort', PARAMETER_KEYS, 'reasoningEffort'],
    ['stops', PARAMETER_KEYS, 'stop'],
    ['repeat_penalty', PARAMETER_KEYS, undefined],
    ['min_p', PARAMETER_KEYS, undefined],
    ['n', PARAMETER_KEYS, undefined],
    ['', PARAMETER_KEYS, undefined],
    ['nmae', PROMPT_KEYS, 'name'],
    ['Description', PROMPT_KEYS, 'description'],
    ['language', PROMPT_KEYS, 'languages'],
    ['title', PROMPT_KEYS, undefined],
    ['baseURL', providerFields, 'baseUrl'],
    ['url', providerFields, 'baseUrl'],
    ['header', providerFields, 'headers'],
    ['name', providerFields, undefined],
  ];
  for (const [name, known, nearest] of table) {
    it(`of "${name}" is ${nearest ?? 'none'}`, () => assert.equal(findNearestName(name, known), nearest));
  }

  it('is found for any name without an error (property)', () => {
    checkProperty(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (name) => {
        const nearest = findNearestName(name, PROMPT_KEYS);
        assert.ok(nearest === undefined || PROMPT_KEYS.some((known) => known === nearest));
      }),
      { seed: 3, numRuns: 200 },
    );
    for (const name of PROMPT_KEYS) assert.equal(findNearestName(name.toUpperCase(), PROMPT_KEYS), name);
    assert.equal(findNearestName('x'.repeat(1_000_000), PROMPT_KEYS), undefined);
  });
});
