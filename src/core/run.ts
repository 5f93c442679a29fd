import { withoutUndefined } from '../util/withoutUndefined';
import type { AttemptTrace } from './attemptTrace';
import type { ChatRequest } from './chat';
import { QuilletError } from './errors';
import { classifyFinishReason } from './finishReason';
import type { OutboundDecisions } from './outboundText';
import type { RunFigures, RunRecord, RunWarning } from './runRecord';

export interface RunGroup {
  readonly id: number;
  readonly selectionCount: number;
  /** Called when its answers are gone: a failure is no longer shown. */
  dismiss?(): void;
}

/** Everything decided about a run before it starts. Later changes of settings do not affect it. */
export interface RunPlan extends Omit<ChatRequest, 'adaptation'> {
  readonly promptId: string;
  readonly title: string;
  readonly destination: string;
  readonly contextWindow?: number;
  /** Refs of the models to ask if this one is unavailable. */
  readonly fallback?: readonly string[];
  readonly languageId: string;
  readonly documentLanguage?: string;
  readonly documentUri: string;
  readonly group: RunGroup;
  readonly outboundDecisions: OutboundDecisions;
}

/** What a model reports of its reasoning, while it thinks and after it. It is kept in memory only. */
export interface Reasoning {
  /** Empty if the server keeps it to itself. */
  readonly text: string;
  readonly lastLine: string;
  /** Until the answer began. */
  readonly elapsedMs: number;
}

export type RunPhase =
  | { readonly kind: 'queued' }
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'thinking'; readonly reasoning?: Reasoning }
  | { readonly kind: 'receiving'; readonly characters: number }
  | { readonly kind: 'retrying'; readonly attempt: number; readonly delayMs: number; readonly error: QuilletError };

export interface RunObserver {
  onText(text: string): void;
  /** The text is empty if the server keeps it to itself. */
  onReasoning?(text: string): void;
  onPhase(phase: RunPhase): void;
  /** Called once per finished attempt, when its next step is known. Nothing is recorded without it. */
  onAttempt?(trace: AttemptTrace): void;
}

export interface RunResult extends RunFigures {
  readonly text: string;
  /** Text that was streamed turned out to be reasoning. It is not in `text`. */
  readonly hasLeakedReasoning?: boolean;
  readonly reasoning?: Reasoning;
}

/** Why an answer that arrived may not replace the user's text; undefined if it is known to be complete. */
export function incompleteReason({ outcome, error, finishReason }: RunResult): QuilletError | undefined {
  if (outcome !== 'ok') return error ?? new QuilletError('internal');
  if (finishReason === undefined) return undefined;
  const kind = classifyFinishReason(finishReason);
  if (kind === 'complete') return undefined;
  if (kind === 'length') return new QuilletError('finish.length');
  return new QuilletError('finish.unknown', { subject: finishReason.slice(0, 40) });
}

export function isComplete(result: RunResult): boolean {
  return incompleteReason(result) === undefined;
}

export interface PartialAnswer {
  resume(): Promise<void>;
  undo?(): Promise<void>;
  dispose(): void;
}

/** What a destination reports at the end of a run: its own failure, and actions for text it could not write. */
export interface SinkReport {
  readonly error?: QuilletError;
  readonly unwritten?: string;
  readonly resume?: () => Promise<void>;
  readonly partial?: PartialAnswer;
  readonly warnings?: readonly RunWarning[];
  readonly choice?: { run(): Promise<SinkReport>; dispose?(): void };
  readonly retry?: () => Promise<void>;
  readonly isReported?: boolean;
}

export interface AnswerSink {
  /** Called up to thousands of times a second: must only buffer the text. */
  onText(text: string): void;
  onPhase?(phase: RunPhase): void;
  readonly stopSignal?: AbortSignal;
  /** @param signal aborted when the run is stopped, which the status bar allows until this is done */
  finish(result: RunResult, signal?: AbortSignal): Promise<SinkReport>;
}

export type ExecuteRun = (plan: RunPlan, sink: AnswerSink) => Promise<RunRecord>;

/** Offers an answer that was not written because it is not known to be complete. */
export function toIncompleteReport(result: RunResult): SinkReport {
  // The executor reports the error of a run that did not succeed.
  const error = result.outcome === 'ok' ? incompleteReason(result) : undefined;
  return { unwritten: result.text, ...withoutUndefined({ error }) };
}
