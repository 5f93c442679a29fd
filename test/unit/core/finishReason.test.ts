import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { classifyFinishReason, type FinishKind } from '../../../src/core/finishReason';
import { incompleteReason, isComplete, type RunResult } from '../../../src/core/run';
import type { AttemptResult } from '../../../src/llm/attempt';
import { classifyOutcome } from '../../../src/llm/outcome';
import { endpointAt } from '../../support/llmHarness';
import { checkProperty } from '../../support/properties';

const COMPLETE = 'stop STOP Stop stopped end_turn END_TURN eos eos_token EOS_TOKEN stop_sequence complete COMPLETE';
const words: Readonly<Record<FinishKind, string>> = {
  complete: `${COMPLETE} completed finished done success endoftext FINISH_REASON_STOP FinishReason.STOP`,
  length: `length LENGTH max_tokens MAX_TOKENS model_length max_length max_output_tokens maxTokens truncated
    model_context_window_exceeded token_limit`,
  filter: 'content_filter content_filtered contentFiltered SAFETY RECITATION sensitive guardrail_intervened refusal',
  failed: 'error ERROR cancelled insufficient_system_resource network_error MALFORMED_FUNCTION_CALL time_limit',
  unknown: 'tool_calls tool_use function_call OTHER LANGUAGE not_finished pause_turn incomplete null none 0 weird',
};

function runWith(finishReason: string): RunResult {
  const attempt: AttemptResult = {
    text: 'half of it',
    refusal: '',
    finishReason,
    hasEnded: true,
    hasReasoning: false,
    isDone: true,
    isNonStreaming: false,
    unknownEvents: 0,
  };
  const request = { endpoint: endpointAt('https://h/v1'), model: 'm', messages: [], parameters: {} };
  return { ...classifyOutcome(attempt, request), text: attempt.text, finishReason, attempts: 1, totalMs: 1 };
}

describe('a finish reason', () => {
  for (const [kind, list] of Object.entries(words)) {
    for (const word of list.split(/\s+/)) {
      it(`"${word}" means ${kind} [S12]`, () => {
        assert.equal(classifyFinishReason(word), kind);
        assert.equal(isComplete(runWith(word)), kind === 'complete');
      });
    }
  }

  it('never makes an answer complete if the word is not known (property) [S12]', () => {
    const fragments = fc.array(fc.constantFrom('stop', 'end', 'max', 'length', '_', ' ', 'un', 'x', 'tool', 'not'));
    const anyWord = fc.oneof(
      fc.string(),
      fragments.map((parts) => parts.join('')),
    );
    checkProperty(
      fc.property(anyWord, (word) => {
        if (word === '' || classifyFinishReason(word) === 'complete') return;
        const run = runWith(word);
        assert.equal(isComplete(run), false);
        assert.ok(incompleteReason(run));
      }),
      { seed: 14, numRuns: 2000 },
    );
  });

  it('is named in the reason for an answer that may be incomplete', () => {
    const reasonOf = (word: string) => {
      const error = incompleteReason(runWith(word));
      return [error?.kind, error?.details.subject];
    };
    assert.deepEqual(reasonOf('tool_calls'), ['finish.unknown', 'tool_calls']);
    assert.deepEqual(reasonOf('model_length'), ['finish.length', undefined]);
    assert.equal(reasonOf('x'.repeat(99))[1]?.length, 40);
  });
});
