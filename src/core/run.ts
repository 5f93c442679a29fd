import type { JsonValue } from '../util/json';
import { withoutUndefined } from '../util/withoutUndefined';
import type { AttemptTrace } from './attemptTrace';
import type { ChatMessage, Endpoint, ParameterSet, Usage } from './chat';
import { QuilletError } from './errors';
import type { ReviewDecisions } from './outboundText';
import type { RunOutcome, RunRecord, RunWarning } from './runRecord';

/** The runs that one command started: they are stopped together, and told of together. */
export interface RunGroup {
  readonly id: number;
  /** How many selections the command was called on, whether or not all of them were sent. */
  readonly selectionCount: number;
}

/** Everything decided about a run before it starts. The settings may change afterwards; the plan does not. */
export interface RunPlan {
  readonly promptId: string;
  /** What users call it, for the status bar and the list of runs. */
  readonly title: string;
  readonly destination: string;
  readonly endpoint: Endpoint;
  readonly model: string;
  /** In tokens, where the server said it. */
  readonly contextWindow?: number;
  readonly messages: readonly ChatMessage[];
  readonly parameters: ParameterSet;
  /** The body as the user edited it before sending; it goes out as it is. */
  readonly body?: JsonValue;
  /** Of the document the run was started from, so that an answer opened elsewhere is shown in its colours. */
  readonly languageId: string;
  /** Of a document that the answer opens; absent means Markdown. */
  readonly documentLanguage?: string;
  /** The document the run was started from, as a URI string. */
  readonly documentUri: string;
  readonly group: RunGroup;
  /** What was decided about texts that leave; the same object for all runs of one conversation. */
  readonly reviewDecisions: ReviewDecisions;
}

/** What a run is doing right now, for the status bar. */
export type RunPhase =
  | { readonly kind: 'queued' }
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'thinking' }
  | { readonly kind: 'receiving'; readonly characters: number }
  | { readonly kind: 'retrying'; readonly attempt: number; readonly delayMs: number; readonly error: QuilletError };

export interface RunObserver {
  onText(text: string): void;
  onPhase(phase: RunPhase): void;
  /** Called once for each attempt that ended, when it is known what is done about it. Without it nothing is kept. */
  onAttempt?(trace: AttemptTrace): void;
}

/** How a run ended. The text is there whatever the outcome: nothing that arrived is thrown away. */
export interface RunResult {
  readonly outcome: RunOutcome;
  readonly text: string;
  readonly error?: QuilletError;
  readonly warnings: readonly RunWarning[];
  readonly finishReason?: string;
  readonly usage?: Usage;
  readonly reportedModel?: string;
  readonly requestId?: string;
  readonly status?: number;
  readonly attempts: number;
  readonly firstTextMs?: number;
  readonly totalMs: number;
}

/** Whether an answer may stand in for the user's text: ended well, and not for want of room. */
export function isComplete(result: RunResult): boolean {
  return result.outcome === 'ok' && result.finishReason !== 'length';
}

/** What can be done with the part of an answer that was written into a document. */
export interface PartialAnswer {
  /** Asks for the rest, which is written behind it; offered as Continue. */
  resume(): Promise<void>;
  /** Takes the part out of the document; offered as Undo. */
  undo?(): Promise<void>;
  /** Called when nothing of this is offered any more, so that nothing is kept ready for it. */
  dispose(): void;
}

/** What a destination says of the end of a run: a failure of its own, and what it offers to do with unwritten text. */
export interface SinkReport {
  readonly error?: QuilletError;
  /** Text that is nowhere yet and would be lost: offered as Copy and Open. */
  readonly unwritten?: string;
  /** Asks for the rest of an answer that stopped at the token limit; offered as Continue. */
  readonly resume?: () => Promise<void>;
  /** A part of an answer that is in the text; it is offered to go on with it, or to take it back. */
  readonly partial?: PartialAnswer;
  /** What happened to the document meanwhile and cost nothing. */
  readonly warnings?: readonly RunWarning[];
  /** Lets the user say which of several blocks of code is meant, and reports again; offered as Choose. */
  readonly choice?: { run(): Promise<SinkReport>; dispose?(): void };
  /** Asks once more and shows the answer in the same place; without it, Try Again repeats the prompt. */
  readonly retry?: () => Promise<void>;
  /** The destination itself tells the user how this ended, for all runs of the group at once. */
  readonly isReported?: boolean;
}

/** One opened destination of one run. */
export interface AnswerSink {
  /** May be called thousands of times a second, so it only keeps the text and lets a timer draw or write it. */
  onText(text: string): void;
  onPhase?(phase: RunPhase): void;
  /** Aborts when the destination can take no more, for example because the user undid what was written. */
  readonly stopSignal?: AbortSignal;
  finish(result: RunResult): Promise<SinkReport>;
}

/** Executes a plan into a sink, records it, and tells the user of a failure. Never throws. */
export type ExecuteRun = (plan: RunPlan, sink: AnswerSink) => Promise<RunRecord>;

/** An answer that ended for want of room is a failure where it would have taken the place of something. */
export function toIncompleteReport(result: RunResult): SinkReport {
  const isLengthLimited = result.outcome === 'ok';
  return {
    unwritten: result.text,
    ...withoutUndefined({ error: isLengthLimited ? new QuilletError('finish.length') : undefined }),
  };
}
