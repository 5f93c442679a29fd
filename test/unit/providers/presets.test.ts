import assert from 'node:assert/strict';
import { parseBaseUrl } from '../../../src/providers/baseUrl';
import { findPreset, PRESETS } from '../../../src/providers/presets';
import { isLoopback } from '../../../src/util/origin';

describe('provider presets', () => {
  it('have unique IDs that are valid in a model ref', () => {
    const ids = PRESETS.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[a-z]+$/);
  });

  for (const preset of PRESETS) {
    // VS Code's own models have no address and no key.
    if (preset.api === 'vscode') continue;

    it(`${preset.id}: has valid URLs and a variable for its key`, () => {
      for (const url of [preset.baseUrl, preset.baseUrlExample ?? '']) {
        if (url !== '') assert.ok(parseBaseUrl(url).ok && !url.endsWith('/'), url);
      }
      if (preset.keyUrl !== undefined) assert.equal(new URL(preset.keyUrl).protocol, 'https:');
      assert.match(preset.keyEnvVar, /^[A-Z_]*(?:API_KEY|TOKEN)(?:_BEDROCK)?$/);
    });

    it(`${preset.id}: is local only with a loopback URL, and then needs no key`, () => {
      assert.equal(preset.isLocal, preset.baseUrl !== '' && isLoopback(preset.baseUrl));
      if (preset.isLocal) assert.equal(preset.needsKey, false);
    });

    it(`${preset.id}: has an example if only the user knows the base URL`, () => {
      // The `http` style has no base URL: users define its request in the settings.
      assert.equal(preset.baseUrl === '' && preset.api !== 'http', preset.baseUrlExample !== undefined);
    });
  }

  it('are found by their exact IDs only', () => {
    assert.equal(findPreset('openai')?.label, 'OpenAI');
    for (const id of ['', 'OpenAI', 'constructor', 'x']) assert.equal(findPreset(id), undefined);
  });
});
