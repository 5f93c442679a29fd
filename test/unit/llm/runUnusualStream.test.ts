import assert from 'node:assert/strict';
import { type Expected, expectRun, knownUsage, runAt, useServer } from '../../support/llmHarness';
import {
  defaultUsage,
  deltaFrame,
  doneFrame,
  finishFrame,
  framesOf,
  type Scenario,
  usageFrame,
} from '../../support/scenario';

const hello = [deltaFrame({ content: 'Hel' }), deltaFrame({ content: 'lo' })];
const end = [finishFrame(), usageFrame(defaultUsage), doneFrame];
const complete: Expected = { outcome: 'ok', text: 'Hello', usage: knownUsage };
const damaged: Expected = { outcome: 'truncated', kind: 'sse.malformed', text: 'Hello' };

const cases: readonly (readonly [name: string, script: Scenario, expected: Expected])[] = [
  [
    'reads the data of an event with an unknown name [S05]',
    framesOf(...hello.map((text) => `event: completion.chunk\n${text}`), ...end),
    complete,
  ],
  ...['[DONE]x', '[DONE] ', ' [DONE]'].map((sentinel): [string, Scenario, Expected] => [
    `does not accept ${JSON.stringify(sentinel)} as an end [S13]`,
    framesOf(...hello, `data: ${sentinel}\n\n`),
    damaged,
  ]),
  [
    'ignores [DONE] with a space after an answer that had ended [S13]',
    framesOf(...hello, finishFrame(), usageFrame(defaultUsage), 'data: [DONE] \n\n'),
    complete,
  ],
];

describe('a run with an unusual stream', () => {
  const server = useServer();

  for (const [name, script, expected] of cases) {
    it(name, async () => {
      server().script(script);
      await expectRun(server(), expected);
    });
  }

  it('survives deep nesting [S33]', async () => {
    const nested = `{"choices":[{"index":0,"delta":{"content":${'['.repeat(100_000)}${']'.repeat(100_000)}}}]}`;
    server().script(framesOf(`data: ${nested}\n\n`, ...hello, ...end));
    const run = await runAt(server().url);
    assert.ok(['Hello', ''].includes(run.text), `${run.outcome} ${run.error?.kind}`);
  });
});
