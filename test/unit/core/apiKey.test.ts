import * as assert from 'node:assert/strict';
import { parseApiKey } from '../../../src/core/apiKey';

describe('an API key', () => {
  const accepted: readonly [string, string][] = [
    [' sk-x\n', 'sk-x'],
    ['sk-x\r\n', 'sk-x'],
    ['"sk-x"', 'sk-x'],
    ["'sk-x'", 'sk-x'],
    ['\u{201c}sk-x\u{201d}', 'sk-x'],
    ['Bearer sk-x', 'sk-x'],
    ['bearer  sk-x ', 'sk-x'],
    ['Authorization: Bearer sk-x', 'sk-x'],
    ['"sk-x",', 'sk-x'],
    ["'sk-x';", 'sk-x'],
    ['sk-x;', 'sk-x;'],
    ['SK_LIVE_0123TOKENS', 'SK_LIVE_0123TOKENS'],
    ['"Bearer sk-x"', 'sk-x'],
    ['Bearer "sk-x"', 'sk-x'],
    ['bearerish-key', 'bearerish-key'],
    ['"unbalanced', '"unbalanced'],
    ['no-prefix-needed_~!', 'no-prefix-needed_~!'],
    ['k'.repeat(16_384), 'k'.repeat(16_384)],
    ['QUJDREVGRw==', 'QUJDREVGRw=='],
    ['key_id:key_secret0123', 'key_id:key_secret0123'],
    ['1234abcd.efGH5678', '1234abcd.efGH5678'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
    ['sk-or-v1-your0123456789keys', 'sk-or-v1-your0123456789keys'],
  ];
  for (const [text, key] of accepted) {
    it(`is read from ${JSON.stringify(text.slice(0, 40))} [K04]`, () =>
      assert.deepEqual(parseApiKey(text), { ok: true, key }));
  }

  const refused: readonly [string, string, string, number?][] = [
    ['K01', '', 'empty'],
    ['K01', ' \n', 'empty'],
    ['K01', '""', 'empty'],
    ['K01', 'Bearer ', 'empty'],
    ['K05', 'sk-\nx', 'lineBreak', 4],
    ['K05', 'sk\r\nHost: evil', 'lineBreak', 3],
    ['K05', 'Bearer sk\nx', 'lineBreak', 10],
    ['K05', 'sk-\0x', 'control', 4],
    ['K05', 'sk-\u{7f}x', 'control', 4],
    ['K05', 'sk x', 'control', 3],
    ['K06', 'sk-\u{200b}x', 'notAscii', 4],
    ['K06', '\u{200b}sk-x', 'notAscii', 1],
    ['K06', 'sk\u{2013}x', 'notAscii', 3],
    ['K06', 'sk-\u{430}bc', 'notAscii', 4],
    ['K06', 'sk-é', 'notAscii', 4],
    ['K04', 'OPENAI_API_KEY=sk-x0123', 'assignment'],
    ['K04', 'export OPENAI_API_KEY="sk-x0123"', 'assignment'],
    ['K04', '$env:OPENAI_API_KEY = "sk-x0123"', 'assignment'],
    ['K04', 'set GROQ_API_KEY=gsk_x0123', 'assignment'],
    ['K04', 'api_key: sk-x0123', 'assignment'],
    ['K04', 'apiKey="sk-x0123"', 'assignment'],
    ['K04', 'x-api-key: sk-x0123', 'assignment'],
    ['K04', '{"api_key": "sk-x0123"}', 'json'],
    ['K04', '{\n  "key": "sk-x0123"\n}', 'json'],
    ['K04', '["sk-x0123"]', 'json'],
    ['K04', '"apiKey": "sk-x0123"', 'json'],
    ['K04', 'https://platform.openai.com/api-keys', 'url'],
    ['K04', 'op://vault/item/key', 'url'],
    ['K04', 'sk-proj-********3kQ9', 'masked'],
    ['K04', 'sk-...3kQ9', 'masked'],
    ['K04', 'sk-proj\u{2026}3kQ9', 'masked'],
    ['K04', '\u{2022}\u{2022}\u{2022}\u{2022}3kQ9', 'masked'],
    ['K04', 'sk-xxxxxxxxxxxxxxxx', 'masked'],
    ['K04', '<your-api-key>', 'placeholder'],
    ['K04', '<API_KEY>', 'placeholder'],
    ['K04', 'YOUR_API_KEY', 'placeholder'],
    ['K04', 'sk-your-openai-api-key', 'placeholder'],
    ['K04', 'your api key', 'placeholder'],
    ['K04', '${OPENAI_API_KEY}', 'placeholder'],
    ['K04', '$OPENAI_API_KEY', 'placeholder'],
    ['K04', '{{API_KEY}}', 'placeholder'],
    ['K04', 'OPENAI_API_KEY', 'placeholder'],
    ['K04', '%HF_TOKEN%', 'placeholder'],
    ['K04', 'process.env.OPENAI_API_KEY', 'placeholder'],
    ['K04', 'os.environ["OPENAI_API_KEY"]', 'placeholder'],
    ['K04', '[API KEY]', 'placeholder'],
    ['K04', 'paste-key-here', 'placeholder'],
    ['K07', 'k'.repeat(16_385), 'tooLong'],
    ['K07', 'k'.repeat(1_000_000), 'tooLong'],
  ];
  for (const [id, text, problem, position] of refused) {
    it(`is rejected as ${problem}: ${JSON.stringify(text.slice(0, 40))} [${id}]`, () => {
      const expected = position === undefined ? { ok: false, problem } : { ok: false, problem, position };
      assert.deepEqual(parseApiKey(text), expected);
    });
  }
});
