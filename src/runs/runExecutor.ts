import { EventEmitter, l10n } from 'vscode';
import type { AttemptTrace } from '../core/attemptTrace';
import { formatModelRef } from '../core/chat';
import { cancelledError, type QuilletError, toQuilletError } from '../core/errors';
import { findPictureProblem, picturesOf } from '../core/messagePictures';
import {
  type AnswerSink,
  type ExecuteRun,
  isComplete,
  type RunPhase,
  type RunPlan,
  type RunResult,
  type SinkReport,
} from '../core/run';
import type { RunOutcome, RunRecord } from '../core/runRecord';
import type { LlmService } from '../llm/llmService';
import {
  actionsForAll,
  actionsForPartial,
  actionsForReport,
  type Notice,
  type NotificationAction,
  type Notifier,
} from '../notifications/notifier';
import { runCommand, setContext } from '../platform/commands';
import type { Log } from '../platform/log';
import type { Redactor } from '../sanitize/redactor';
import { timeoutsFor } from '../settings/common/settings';
import type { Configuration } from '../settings/configuration';
import type { BudgetGate } from '../usage/common/runRow';
import type { PendingEntry, UsageRecorder } from '../usage/usageRecorder';
import { Semaphore } from '../util/semaphore';
import { withoutUndefined } from '../util/withoutUndefined';
import type { ActiveRuns } from './activeRuns';
import { type AnswerObserver, AnswerReceiver } from './answerReceiver';
import type { RequestHistory } from './common/requestHistory';
import { invisibleCharacterActions, invisibleCharacterLines } from './invisibleCharacterActions';
import { warningText } from './runText';

export interface RunExecutorServices {
  readonly llm: LlmService;
  readonly runs: ActiveRuns;
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly requests: RequestHistory;
  /** Reviews texts that were not reviewed yet. Undefined if the user cancels. */
  readonly prepare: (plans: readonly RunPlan[], signal: AbortSignal) => Promise<readonly RunPlan[] | undefined>;
  /** Applies to follow-ups too, because ignore files may have changed since the first question. */
  readonly findExclusion: (documentUri: string) => Promise<QuilletError | undefined>;
  readonly usage: Pick<UsageRecorder, 'createEntry' | 'recordSent' | 'recordCompleted'>;
  readonly admit: BudgetGate;
}

interface ExecutingRun {
  readonly id: number;
  readonly entry: PendingEntry;
  readonly signal: AbortSignal;
}

interface RunFailure {
  readonly run: number;
  readonly error: QuilletError;
  readonly actions: readonly NotificationAction[];
  readonly retry: (() => Promise<void>) | undefined;
}

/** Executes plans. Each run ends with exactly one record. */
export class RunExecutor {
  private readonly recorded = new EventEmitter<RunRecord>();
  readonly onDidRecord = this.recorded.event;
  private readonly semaphore: Semaphore;
  /** Failures by group id, reported when the last run of the group ends. */
  private readonly failures = new Map<number, RunFailure[]>();
  private readonly executing = new Set<Promise<unknown>>();
  private notices: readonly Notice[] = [];

  constructor(private readonly services: RunExecutorServices) {
    this.semaphore = new Semaphore(() => services.settings.read().maxParallelRuns);
  }

  readonly execute: ExecuteRun = (plan, sink) => {
    const work = this.executePlan(plan, sink).finally(() => this.executing.delete(work));
    this.executing.add(work);
    return work;
  };

  async whenIdle(): Promise<void> {
    await Promise.allSettled(this.executing);
  }

  dispose(): void {
    this.recorded.dispose();
  }

  private async executePlan(plan: RunPlan, sink: AnswerSink): Promise<RunRecord> {
    const { log, runs, usage } = this.services;
    const entry = usage.createEntry();
    const earlierNotices = this.notices.filter(({ isOpen }) => isOpen);
    const abortController = new AbortController();
    const id = runs.begin({
      title: plan.title,
      modelName: plan.model,
      documentUri: plan.documentUri,
      group: plan.group,
      stop: () => abortController.abort(),
    });
    const secrets = this.services.settings.read().checkSecrets ? undefined : 'unchecked';
    const size = { charactersIn: charactersIn(plan) };
    log.info('start', { run: id, prompt: plan.promptId, ...getEndpointFields(plan), ...size, secrets });
    let result: RunResult;
    let report: SinkReport;
    try {
      const signal =
        sink.stopSignal === undefined
          ? abortController.signal
          : AbortSignal.any([abortController.signal, sink.stopSignal]);
      result = await this.executeQueued(plan, sink, { id, entry, signal });
      report = await finishSink(sink, result, signal);
    } finally {
      runs.end(id);
    }
    const record = createRecord(id, plan, result, report);
    usage.recordCompleted(entry, plan, record);
    this.services.requests.end(id, record, result.text);
    this.record(record);
    if (record.error === undefined && isComplete(result)) this.hideNotices(earlierNotices);
    this.present(result, report, plan, id);
    return record;
  }

  /** Releases the slot before the destination finishes: it may wait for other runs. */
  private async executeQueued(plan: RunPlan, sink: AnswerSink, run: ExecutingRun): Promise<RunResult> {
    const start = performance.now();
    const onPhase = (phase: RunPhase) => this.handlePhase(run.id, sink, phase);
    const exclusion = await this.services.findExclusion(plan.documentUri);
    const problem = exclusion ?? findPictureProblem(plan.endpoint, picturesOf(plan.messages));
    if (problem !== undefined) return createUnsentResult('refused', problem, start);
    const [preparedPlan] = (await this.services.prepare([plan], run.signal)) ?? [];
    if (preparedPlan === undefined || !(await this.semaphore.acquire(run.signal, () => onPhase({ kind: 'queued' })))) {
      return createUnsentResult('cancelled', cancelledError(), start);
    }
    try {
      const { requests, usage } = this.services;
      const size = charactersIn(preparedPlan);
      const refusal = await this.services.admit(
        { plan: preparedPlan, time: run.entry.time, charactersIn: size },
        (reservation) => usage.recordSent(run.entry, preparedPlan, size, reservation),
      );
      if (refusal !== undefined) return createUnsentResult('refused', refusal, start);
      requests.begin(run.id, preparedPlan, Date.now());
      const onAttempt = (trace: AttemptTrace) => requests.addAttempt(run.id, trace);
      return await this.send(preparedPlan, { onPhase, onAttempt, onText: (text) => sink.onText(text) }, run.signal);
    } finally {
      this.semaphore.release();
    }
  }

  private async send(plan: RunPlan, observer: AnswerObserver, signal: AbortSignal): Promise<RunResult> {
    const { settings, redactor, llm } = this.services;
    const { retries, answerLimit } = settings.read();
    const timeouts = timeoutsFor(settings.read(), plan.endpoint.baseUrl);
    const { secretPlaceholders } = plan.outboundDecisions;
    const receiver = new AnswerReceiver(observer, { redactor, secretPlaceholders });
    setContext('quillet.hasRequest', true);
    return receiver.finish(await llm.run({ ...plan, timeouts, retries, answerLimit }, receiver, signal));
  }

  private handlePhase(run: number, sink: AnswerSink, phase: RunPhase): void {
    this.services.runs.update(run, phase);
    sink.onPhase?.(phase);
    if (phase.kind === 'queued') this.services.log.info('queued', { run });
    if (phase.kind !== 'retrying') return;
    this.services.log.warn('retry', { run, attempt: phase.attempt, waitMs: phase.delayMs, kind: phase.error.kind });
  }

  private record(record: RunRecord): void {
    this.services.log.info('end', {
      run: record.id,
      prompt: record.promptId,
      model: formatModelRef(record.modelRef),
      reported: record.reportedModel,
      origin: record.origin,
      outcome: record.outcome,
      kind: record.error?.kind ?? 'ok',
      warnings: record.warnings.map(({ kind }) => kind).join(',') || undefined,
      finish: record.finishReason,
      status: record.status,
      requestId: record.requestId,
      attempts: record.attempts,
      tokensIn: record.usage?.inputTokens,
      tokensOut: record.usage?.outputTokens,
      charactersOut: record.charactersOut,
      firstTextMs: record.firstTextMs,
      totalMs: record.totalMs,
    });
    this.recorded.fire(record);
  }

  private addNotice(notice: Notice | undefined): void {
    if (notice !== undefined) this.notices = [...this.notices.filter(({ isOpen }) => isOpen), notice];
  }

  /** Once a later run is complete, notices of earlier ones are out of date. */
  private hideNotices(earlierNotices: readonly Notice[]): void {
    if (earlierNotices.some(({ isOpen }) => isOpen)) this.services.notifier.hideToasts();
    this.notices = this.notices.filter((notice) => !earlierNotices.includes(notice));
  }

  /** A failure of the destination takes precedence, because that is what the user notices. */
  private present(result: RunResult, report: SinkReport, plan: RunPlan, run: number): void {
    const error = report.error ?? result.error;
    const { partial, retry, warnings = [], isReported = false } = report;
    for (const warning of warnings) {
      if (warning.kind === 'doc.deleted') this.services.notifier.warn(warningText(warning));
    }
    if (error !== undefined && error.kind !== 'cancelled' && !isReported) {
      const actions = actionsForReport(report, plan.languageId, this.services.notifier);
      this.addFailure(plan, { run, error, actions: [...this.actionsForBound(error, plan, retry), ...actions], retry });
    }
    this.addNotice(this.presentFailures(plan));
    this.presentContentWarnings(result, plan);
    if (error?.kind === 'cancelled' && partial !== undefined) {
      const message = l10n.t('Stopped. The answer is incomplete.');
      this.addNotice(this.services.notifier.inform(message, ...actionsForPartial(partial)));
    }
    if (error !== undefined) return;
    const resume = partial === undefined ? report.resume : undefined;
    const actions = partial === undefined ? [] : actionsForPartial(partial);
    if (resume !== undefined) actions.push({ label: l10n.t('Continue'), run: resume });
    for (const warning of result.warnings) {
      if (warning.kind === 'prompt.cut') this.services.notifier.warn(warningText(warning, plan.endpoint));
      if ((warning.kind === 'finish.length' || warning.kind === 'finish.other') && actions.length > 0) {
        this.addNotice(this.services.notifier.warn(warningText(warning, plan.endpoint), ...actions));
      }
    }
  }

  private actionsForBound(
    { details: { valueBound } }: QuilletError,
    plan: RunPlan,
    retry: (() => Promise<void>) | undefined,
  ): NotificationAction[] {
    if (valueBound === undefined) return [];
    const run = async () => {
      this.services.llm.acceptBound(plan, valueBound);
      await (retry ?? (() => runCommand('quillet.repeat')))();
    };
    return [{ label: l10n.t('Use {0}', valueBound.bound.toLocaleString()), run }];
  }

  /** Warns whatever the outcome: the text may have been written already. */
  private presentContentWarnings({ warnings, text }: RunResult, plan: RunPlan): void {
    const { notifier } = this.services;
    for (const warning of warnings) {
      const sentence = warningText(warning, plan.endpoint);
      if (warning.kind === 'text.control' || warning.kind === 'text.key') notifier.warn(sentence);
      if (warning.kind === 'text.hidden') {
        notifier.warn(`${sentence} ${invisibleCharacterLines(text)}`, ...invisibleCharacterActions(text, plan));
      }
    }
  }

  /** Sorted by start, so that code blocks are chosen from the top of the file to the bottom. */
  private addFailure({ group }: RunPlan, failure: RunFailure): void {
    const failures = [...(this.failures.get(group.id) ?? []), failure];
    this.failures.set(
      group.id,
      failures.sort((left, right) => left.run - right.run),
    );
  }

  private presentFailures({ group }: RunPlan): Notice | undefined {
    if (this.services.runs.getProgress(group) !== undefined) return undefined;
    const failures = this.failures.get(group.id) ?? [];
    this.failures.delete(group.id);
    const [first, ...rest] = failures;
    if (first === undefined) return undefined;
    if (rest.length === 0) return this.services.notifier.showError(first.error, first.actions, first.retry);
    const sentence = l10n.t('{0} requests failed.', String(failures.length));
    void this.services.notifier.summarizeErrors(
      failures.map(({ error }) => error),
      sentence,
      actionsForAll(failures.flatMap(({ actions }) => actions)),
    );
    return undefined;
  }
}

function createUnsentResult(outcome: RunOutcome, error: QuilletError, start: number): RunResult {
  const totalMs = Math.round(performance.now() - start);
  return { outcome, text: '', warnings: [], error, attempts: 0, totalMs };
}

// A destination that throws must not leave the run without an outcome.
async function finishSink(sink: AnswerSink, result: RunResult, signal: AbortSignal): Promise<SinkReport> {
  try {
    return await sink.finish(result, signal);
  } catch (thrown) {
    return { error: toQuilletError(thrown), unwritten: result.text };
  }
}

function createRecord(id: number, plan: RunPlan, result: RunResult, report: SinkReport): RunRecord {
  const error = report.error ?? result.error;
  const { text, error: _ignored, hasLeakedReasoning: _shown, reasoning: _memoryOnly, ...numbers } = result;
  return {
    ...numbers,
    warnings: [...result.warnings, ...(report.warnings ?? [])],
    id,
    groupId: plan.group.id,
    promptId: plan.promptId,
    destination: plan.destination,
    modelRef: { providerId: plan.endpoint.providerId, model: plan.model },
    charactersIn: charactersIn(plan),
    charactersOut: text.length,
    origin: originOf(plan),
    ...withoutUndefined({ error }),
  };
}

function getEndpointFields(plan: RunPlan) {
  return { provider: plan.endpoint.providerId, model: plan.model, origin: originOf(plan) };
}

function originOf({ endpoint: { api, baseUrl } }: RunPlan): string {
  return api === 'vscode' ? baseUrl : new URL(baseUrl).origin;
}

function charactersIn(plan: RunPlan): number {
  return plan.messages.reduce((sum, message) => sum + message.content.length, 0);
}
