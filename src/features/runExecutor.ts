import { EventEmitter, l10n } from 'vscode';
import { formatModelRef } from '../core/chat';
import { toQuilletError } from '../core/errors';
import type { AnswerSink, ExecuteRun, RunPhase, RunPlan, RunResult, SinkReport } from '../core/run';
import type { RunRecord } from '../core/runRecord';
import type { ActiveRuns } from '../host/activeRuns';
import { type ErrorPresenter, offersFor } from '../host/errorPresenter';
import type { Log } from '../host/log';
import { warningText } from '../host/runTexts';
import type { SettingsReader } from '../host/settingsReader';
import type { LlmService } from '../llm/llmService';

export interface RunExecutorParts {
  readonly llm: LlmService;
  readonly runs: ActiveRuns;
  readonly settings: SettingsReader;
  readonly presenter: ErrorPresenter;
  readonly log: Log;
}

/**
 * Executes plans: registers the run, streams it into its sink, records how it ended and tells the user of a failure.
 * Whatever happens, the run is taken off the list and exactly one record is made.
 */
export class RunExecutor {
  private readonly recorded = new EventEmitter<RunRecord>();
  /** Fires once for each run that ended. */
  readonly onDidRecord = this.recorded.event;

  constructor(private readonly parts: RunExecutorParts) {}

  readonly execute: ExecuteRun = async (plan, sink) => {
    const { log, runs } = this.parts;
    const aborter = new AbortController();
    const id = runs.begin({
      title: plan.title,
      modelName: plan.model,
      documentUri: plan.documentUri,
      stop: () => aborter.abort(),
    });
    log.info('start', { run: id, prompt: plan.promptId, ...placeOf(plan), charactersIn: charactersIn(plan) });
    let result: RunResult;
    let report: SinkReport;
    try {
      const signal = sink.stopped === undefined ? aborter.signal : AbortSignal.any([aborter.signal, sink.stopped]);
      result = await this.stream(plan, sink, { id, signal });
      report = await finished(sink, result);
    } finally {
      runs.end(id);
    }
    const record = makeRecord(id, plan, result, report);
    this.record(record);
    this.present(result, report, plan);
    return record;
  };

  dispose(): void {
    this.recorded.dispose();
  }

  private stream(plan: RunPlan, sink: AnswerSink, run: { id: number; signal: AbortSignal }): Promise<RunResult> {
    const settings = this.parts.settings.read();
    const request = {
      ...plan,
      timeouts: settings.timeouts,
      retries: settings.retries,
      answerLimit: settings.answerLimit,
    };
    const observer = {
      onText: (text: string) => sink.onText(text),
      onPhase: (phase: RunPhase) => {
        this.parts.runs.update(run.id, phase);
        sink.onPhase?.(phase);
        if (phase.kind === 'retrying') {
          this.parts.log.warn('retry', {
            run: run.id,
            attempt: phase.attempt,
            waitMs: phase.delayMs,
            class: phase.error.kind,
          });
        }
      },
    };
    return this.parts.llm.run(request, observer, run.signal);
  }

  private record(record: RunRecord): void {
    this.parts.log.info('end', {
      run: record.id,
      prompt: record.promptId,
      model: formatModelRef(record.modelRef),
      reported: record.reportedModel,
      origin: record.origin,
      outcome: record.outcome,
      class: record.error?.kind ?? 'ok',
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

  /** What the destination could not do weighs more than how the answer ended: it is what users see missing. */
  private present(result: RunResult, report: SinkReport, plan: RunPlan): void {
    const error = report.error ?? result.error;
    const { unwritten = '', resume, again } = report;
    if (error !== undefined) {
      const offers = unwritten.trim() === '' ? [] : offersFor(unwritten, plan.languageId);
      this.parts.presenter.show(error, offers, again);
      return;
    }
    for (const warning of result.warnings) {
      if (warning.kind === 'prompt.cut') this.parts.presenter.warn(warningText(warning, plan.endpoint));
      if (warning.kind === 'finish.length' && resume !== undefined) {
        this.parts.presenter.warn(warningText(warning, plan.endpoint), { label: l10n.t('Continue'), run: resume });
      }
    }
  }
}

/** A destination that fails must not leave a run without an end. */
async function finished(sink: AnswerSink, result: RunResult): Promise<SinkReport> {
  try {
    return await sink.finish(result);
  } catch (thrown) {
    return { error: toQuilletError(thrown), unwritten: result.text };
  }
}

function makeRecord(id: number, plan: RunPlan, result: RunResult, report: SinkReport): RunRecord {
  const error = report.error ?? result.error;
  const { text, error: _ignored, ...numbers } = result;
  return {
    ...numbers,
    id,
    promptId: plan.promptId,
    destination: plan.destination,
    modelRef: { providerId: plan.endpoint.providerId, model: plan.model },
    charactersIn: charactersIn(plan),
    charactersOut: text.length,
    origin: new URL(plan.endpoint.baseUrl).origin,
    ...(error === undefined ? {} : { error }),
  };
}

function placeOf({ endpoint, model }: RunPlan) {
  return { provider: endpoint.providerId, model, origin: new URL(endpoint.baseUrl).origin };
}

function charactersIn(plan: RunPlan): number {
  return plan.messages.reduce((sum, message) => sum + message.content.length, 0);
}
