import { AnswerPipeline } from '../answers/answerPipeline';
import { ReasoningRecorder } from '../answers/reasoningRecorder';
import { QuilletError } from '../core/errors';
import { incompleteReason, type RunObserver, type RunPhase, type RunResult } from '../core/run';
import type { Redactor } from '../sanitize/redactor';
import type { SecretPlaceholders } from '../sanitize/secretPlaceholders';
import { withoutUndefined } from '../util/withoutUndefined';

export interface AnswerReceiverOptions {
  readonly redactor: Redactor;
  readonly secretPlaceholders: SecretPlaceholders | undefined;
}

export type AnswerObserver = Required<Omit<RunObserver, 'onReasoning'>>;

/** Passes on a streamed answer, cleaned, and keeps its reasoning apart. */
export class AnswerReceiver implements RunObserver {
  readonly onAttempt: AnswerObserver['onAttempt'];
  private readonly pipeline: AnswerPipeline;
  private readonly reasoning: ReasoningRecorder;
  private hasText = false;
  private heldPhase: RunPhase | undefined;

  constructor(
    private readonly observer: AnswerObserver,
    { redactor, secretPlaceholders }: AnswerReceiverOptions,
  ) {
    this.onAttempt = observer.onAttempt;
    const placeholderFilter = secretPlaceholders?.createFilter();
    this.pipeline = new AnswerPipeline({
      secretFilter: redactor.createFilter(),
      ...withoutUndefined({ placeholderFilter }),
      onReasoning: (text) => this.receiveTagged(text),
    });
    this.reasoning = new ReasoningRecorder({
      secretFilter: redactor.createFilter(),
      ...withoutUndefined({ secretPlaceholders }),
    });
  }

  onText(text: string): void {
    this.emit(this.pipeline.push(text));
  }

  onReasoning(text: string): void {
    this.reasoning.push(text);
  }

  onPhase(phase: RunPhase): void {
    // The text of this phase is still to come, and may be reasoning.
    this.heldPhase = phase.kind === 'receiving' && this.pipeline.isInReasoning ? phase : undefined;
    if (phase.kind === 'thinking') this.showThinking();
    else if (this.heldPhase === undefined) this.observer.onPhase(phase);
  }

  finish(received: RunResult): RunResult {
    this.emit(this.pipeline.end(received.text));
    this.reasoning.finish();
    const { text, hasLeakedReasoning } = this.pipeline;
    const hasReasoning = this.reasoning.isReported || (received.usage?.reasoningTokens ?? 0) > 0;
    return withoutReasoningOnly(received, {
      ...received,
      text,
      warnings: [...received.warnings, ...this.pipeline.collectWarnings()],
      ...(hasLeakedReasoning && { hasLeakedReasoning }),
      ...(hasReasoning && { reasoning: this.reasoning }),
    });
  }

  private receiveTagged(text: string): void {
    const isFirst = !this.reasoning.isReported;
    this.reasoning.append(text);
    if (isFirst && !this.hasText) this.showThinking();
  }

  private showThinking(): void {
    this.reasoning.start();
    this.observer.onPhase({ kind: 'thinking', reasoning: this.reasoning });
  }

  private emit(text: string): void {
    if (text === '') return;
    if (text.trim() !== '') {
      this.hasText = true;
      this.reasoning.end();
      if (this.heldPhase !== undefined) this.observer.onPhase(this.heldPhase);
      this.heldPhase = undefined;
    }
    this.observer.onText(text);
  }
}

// An answer of nothing but reasoning has failed, whatever the server says.
function withoutReasoningOnly(received: RunResult, result: RunResult): RunResult {
  if (result.text.trim() !== '' || received.text.trim() === '') return result;
  if (result.outcome !== 'ok') return result.outcome === 'truncated' ? { ...result, outcome: 'failed' } : result;
  const kind = incompleteReason(result)?.kind === 'finish.length' ? 'finish.length' : 'body.empty';
  return { ...result, outcome: 'failed', warnings: [], error: new QuilletError(kind, { subject: 'reasoning' }) };
}
