import assert from 'node:assert/strict';
import { MAX_REASONING_LENGTH, ReasoningRecorder } from '../../../src/answers/reasoningRecorder';
import { Redactor } from '../../../src/sanitize/redactor';
import { SecretPlaceholders } from '../../../src/sanitize/secretPlaceholders';
import { assertLinear } from '../../support/growth';

function record(chunks: readonly string[], secrets: readonly string[] = []): ReasoningRecorder {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.addSecret(secret);
  const recorder = new ReasoningRecorder({ secretFilter: redactor.createFilter() });
  for (const chunk of chunks) recorder.push(chunk);
  recorder.finish();
  return recorder;
}

describe('ReasoningRecorder', () => {
  const lines: readonly [string, string][] = [
    ['', ''],
    ['\n \n', ''],
    ['First.\nSecond.\n\n', 'Second.'],
    ['First.\r\nSecond.', 'Second.'],
    ['**Comparing both**\n\n', 'Comparing both'],
    ['## A heading', 'A heading'],
    ['> - a quoted item', 'a quoted item'],
    ['<b onclick="x">bold</b>', '<b onclick="x">bold</b>'],
    ['a\u{1b}[2Jb\u{7}', 'ab'],
    [`${'x'.repeat(500)} end`, `…${'x'.repeat(156)} end`],
  ];
  for (const [text, expected] of lines) {
    it(`has the last line of ${JSON.stringify(text.slice(-40))}`, () => {
      assert.equal(record([text]).lastLine, expected);
      assert.equal(record([...text]).lastLine, expected, 'in single characters');
    });
  }

  it('does not begin a line with half a character', () => {
    assert.ok(record([`${'😀'.repeat(200)}x`]).lastLine.isWellFormed());
  });

  it('hides keys, also those that are split', () => {
    const key = 'sk-canary-1234567890';
    assert.equal(record(['The key is ', key.slice(0, 9), key.slice(9), '.'], [key]).text, 'The key is ***.');
  });

  it('leaves secrets that were restored out of addresses', () => {
    const secretPlaceholders = new SecretPlaceholders([]);
    secretPlaceholders.replaceSecrets('hunter2hunter2', [{ start: 0, end: 14 }]);
    const secretFilter = new Redactor().createFilter();
    const recorder = new ReasoningRecorder({ secretFilter, secretPlaceholders });
    recorder.append('See https://evil.example/?q=hunter2hunter2');
    const expected = 'See https://evil.example/?q=<SECRET_1>';
    assert.deepEqual([recorder.text, recorder.lastLine], [expected, expected]);
  });

  it('keeps the beginning of a long text, but the last line of all', () => {
    const recorder = record(['x'.repeat(1_000_000), '\nlast']);
    assert.equal(recorder.text, `${'x'.repeat(MAX_REASONING_LENGTH)}\n\n…`);
    assert.equal(recorder.lastLine, 'last');
  });

  it('takes linear time', async () => {
    await assertLinear((count) => record(Array.from({ length: count }, () => 'word ')), 20_000);
  });

  it('counts the time until the answer begins', () => {
    let now = 0;
    const recorder = new ReasoningRecorder({ secretFilter: new Redactor().createFilter(), now: () => now });
    assert.equal(recorder.elapsedMs, 0);
    now = 100;
    recorder.push('Hm.');
    now = 300;
    assert.equal(recorder.elapsedMs, 200);
    recorder.end();
    now = 900;
    recorder.finish();
    assert.equal(recorder.elapsedMs, 200);
  });

  it('counts from the beginning of text that turns out to be reasoning', () => {
    let now = 100;
    const recorder = new ReasoningRecorder({ secretFilter: new Redactor().createFilter(), now: () => now });
    recorder.end();
    now = 500;
    recorder.append('Hm.');
    recorder.end();
    now = 900;
    recorder.finish();
    assert.equal(recorder.elapsedMs, 400);
  });
});
