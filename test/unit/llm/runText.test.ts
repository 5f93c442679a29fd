import assert from 'node:assert/strict';
import { AnswerPipeline } from '../../../src/answers/answerPipeline';
import type { ChatMessage } from '../../../src/core/chat';
import { findInvisible } from '../../../src/sanitize/invisibleCharacters';
import { Redactor } from '../../../src/sanitize/redactor';
import { SETTING_DEFAULTS } from '../../../src/settings/common/settings';
import blns from '../../fixtures/blns/blns.json';
import { runAt, useServer } from '../../support/llmHarness';
import { deltaFrame, send, streamed } from '../../support/scenario';

function piped(pieces: readonly string[]): AnswerPipeline {
  const pipe = new AnswerPipeline({ secretFilter: new Redactor().createFilter() });
  for (const piece of pieces) pipe.push(piece);
  pipe.end(pieces.join(''));
  return pipe;
}

describe('a run with the Big List of Naughty Strings', () => {
  const server = useServer();

  it('sends each string unchanged [U14]', async () => {
    const messages = blns.map(
      (content, index): ChatMessage => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }),
    );
    const run = await runAt(server().url, { messages });
    assert.equal(run.outcome, 'ok');
    assert.deepEqual(server().requests[0]?.json?.['messages'], messages);
  });

  it('returns each string unchanged [U14]', async () => {
    server().script(streamed(blns.map((text) => `${text}\n`)));
    const run = await runAt(server().url);
    assert.equal(run.text, blns.map((text) => `${text}\n`).join(''));
  });

  it('changes only strings with control characters, and reports invisible characters [U14]', () => {
    const changed: string[] = [];
    const pointedOut: string[] = [];
    for (const text of blns) {
      const pipe = piped([text]);
      if (pipe.text !== text) changed.push(text);
      if (pipe.collectWarnings().some(({ kind }) => kind === 'text.hidden')) pointedOut.push(text);
      // Character by character it is the same.
      assert.equal(piped(text.split('')).text, pipe.text);
    }
    const holdsControl = (text: string) => /(?![\t\n\r])\p{Cc}/u.test(text);
    assert.deepEqual(changed, blns.filter(holdsControl));
    assert.equal(changed.length, 3);
    assert.deepEqual(
      pointedOut,
      blns.filter((text) => findInvisible(text).some(({ kind }) => kind !== 'control')),
    );
    assert.ok(pointedOut.length >= 6, `${pointedOut.length}`);
  });
});

describe('a selection with half a character', () => {
  const server = useServer();
  const half = 'a\ud83d b \ude00 c';

  for (const api of ['chat', 'responses', 'completions'] as const) {
    it(`is sent to ${api} in valid JSON with the same meaning [U12]`, async () => {
      await runAt(server().url, { endpoint: { api }, prompt: half, retries: 0 });
      const { body = '', json } = server().requests[0] ?? {};
      assert.ok(body.includes('a\\ud83d b \\ude00 c'), body);
      // No invalid UTF-8 was replaced in the bytes.
      assert.ok(!body.includes('\ufffd'));
      assert.ok(JSON.stringify(json).includes('a\\ud83d b \\ude00 c'));
    });
  }
});

describe('an answer of more than ten million characters', () => {
  const server = useServer();

  it('is kept up to the limit, in little memory, without blocking the event loop [U08]', async () => {
    const limit = SETTING_DEFAULTS['limits.answer'] as number;
    assert.equal(limit, 2_000_000);
    const piece = 'The quick brown fox jumps over the lazy dog.\n'.repeat(1456);
    const frames = Array.from({ length: Math.ceil(10_000_000 / piece.length) }, () => piece);
    server().script(streamed(frames.slice(0, 1), { then: frames.map((content) => send(deltaFrame({ content }))) }));
    const pipe = new AnswerPipeline({ secretFilter: new Redactor().createFilter() });
    const watch = watchThread();
    const before = process.memoryUsage().heapUsed;
    const run = await runAt(server().url, { answerLimit: limit, onText: (text) => void pipe.push(text) });
    pipe.end(run.text);
    const grown = (process.memoryUsage().heapUsed - before) / 1e6;
    assert.deepEqual([run.outcome, run.error?.kind], ['truncated', 'limit.answer']);
    assert.equal(run.text.length, limit);
    assert.equal(pipe.text.length, limit);
    // This includes the fake server and its script.
    assert.ok(grown < 200, `${Math.round(grown)} MB more`);
    // On a busy machine, one turn of the event loop reads several pieces.
    assert.ok(watch.end() > 1, 'timers ran in between');
  });
});

// Counts timer callbacks.
function watchThread(): { end(): number } {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  return {
    end: () => {
      clearInterval(timer);
      return turns;
    },
  };
}
