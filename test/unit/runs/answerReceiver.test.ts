import assert from 'node:assert/strict';
import type { RunPhase, RunResult } from '../../../src/core/run';
import { AnswerReceiver } from '../../../src/runs/answerReceiver';
import { Redactor } from '../../../src/sanitize/redactor';

function receive(chunks: readonly string[], reasoning: readonly string[] = [], received: Partial<RunResult> = {}) {
  const texts: string[] = [];
  const phases: RunPhase['kind'][] = [];
  const receiver = new AnswerReceiver(
    { onText: (text) => texts.push(text), onPhase: ({ kind }) => phases.push(kind), onAttempt: () => undefined },
    { redactor: new Redactor(), secretPlaceholders: undefined },
  );
  for (const chunk of reasoning) receiver.onReasoning(chunk);
  let characters = 0;
  for (const chunk of chunks) {
    characters += chunk.length;
    receiver.onPhase({ kind: 'receiving', characters });
    receiver.onText(chunk);
  }
  const text = chunks.join('');
  const result = receiver.finish({ outcome: 'ok', text, warnings: [], attempts: 1, totalMs: 1, ...received });
  return { shown: texts.join(''), phases, result, reasoning: result.reasoning?.text };
}

describe('AnswerReceiver', () => {
  const cases: readonly [string, readonly string[], string, string | undefined][] = [
    ['an answer', ['Hello'], 'Hello', undefined],
    ['tags', ['<think>Hm. So.</think>\n\nHello'], 'Hello', 'Hm. So.'],
    ['tags in parts', [...'<think>Hm. So.</think>\n\nHello'], 'Hello', 'Hm. So.'],
    ['a tag that is never closed', ['<think>Hm. ', 'So. </thi'], '', 'Hm. So. </thi'],
    [
      "gpt-oss's channels",
      ['<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hello'],
      'Hello',
      'Hm.',
    ],
    ['words of channels', ['analysisWe think.assistantfinalHello'], 'Hello', 'analysisWe think.assistantfinal'],
    ['a lone closing tag', ['Hm. So.\n', '</think>\n\nHello'], 'Hello', 'Hm. So.'],
    ['two blocks', ['<think>a</think>Hello\n<think>b</think>\nyou'], 'Hello\nyou', 'ab'],
  ];
  for (const [name, chunks, text, reasoning] of cases) {
    it(`keeps reasoning apart from ${name}`, () => {
      const { result, reasoning: kept } = receive(chunks);
      assert.equal(result.text.trim(), text);
      assert.equal(kept, reasoning);
    });
  }

  it('shows that the model thinks as long as only reasoning arrives', () => {
    assert.deepEqual(receive(['<think>', 'Hm.', ' So.', '</think>', 'Hello', ' you']).phases, [
      'receiving',
      'thinking',
      'receiving',
      'receiving',
    ]);
  });

  it('counts reasoning that is hidden, if the server counts it', () => {
    assert.equal(receive(['Hello'], []).result.reasoning, undefined);
    assert.equal(receive(['Hello'], [], { usage: { reasoningTokens: 7 } }).reasoning, '');
    assert.equal(receive(['Hello'], ['']).reasoning, '');
  });

  it('fails if there is nothing but reasoning', () => {
    const { result, reasoning } = receive(['<think>Hm.</think>']);
    assert.deepEqual([result.outcome, result.error?.kind, reasoning], ['failed', 'body.empty', 'Hm.']);
  });
});
