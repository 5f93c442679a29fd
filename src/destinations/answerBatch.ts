import { l10n, type Range } from 'vscode';
import { QuilletError, toQuilletError } from '../core/errors';
import { isComplete, type RunResult } from '../core/run';
import { type Replacement, replaceRanges } from '../editor/documentEdits';
import { DocumentRange } from '../editor/documentRange';
import { actionsForText, type NotificationAction, type Notifier } from '../notifications/notifier';
import type { DestinationCall } from './destination';

/** How a destination writes one answer of several. */
export interface BatchPlace {
  /** Where the text goes: an empty range inserts it. */
  place(call: DestinationCall): Range;
  /** What is written for a whole answer. @throws QuilletError where nothing can be made of it. */
  text(answer: string, call: DestinationCall): string;
}

/** One answer of several, its place, and how its run ended. */
interface Part {
  readonly call: DestinationCall;
  readonly target: DocumentRange;
  result?: RunResult;
}

/** What became of a part: a text that can be written, or the reason why there is none. */
interface Outcome {
  readonly part: Part;
  readonly text?: string;
  readonly error?: QuilletError;
}

/**
 * Collects the answers of several runs on one document and writes them in one edit, in one undo step: all of them, or
 * none and a notification that says why and offers to write those that can be (need 40).
 */
export class AnswerBatch {
  private readonly parts: readonly Part[];

  constructor(
    private readonly notifier: Notifier,
    calls: readonly DestinationCall[],
    private readonly writing: BatchPlace,
  ) {
    this.parts = calls.map((call) => ({ call, target: new DocumentRange(call.target.document, writing.place(call)) }));
  }

  /** Resolves when every answer is in the text, or the user was told that none is. */
  async run(): Promise<void> {
    let isOffered = false;
    try {
      await Promise.all(this.parts.map((part) => collect(part)));
      await Promise.all(this.parts.map(({ target }) => target.whenIdle()));
      const outcomes = this.parts.map((part) => this.outcomeOf(part));
      const problem = outcomes.every(({ text }) => text !== undefined) ? await this.write(outcomes) : undefined;
      isOffered = this.report(outcomes, problem);
    } finally {
      if (!isOffered) this.dispose();
    }
  }

  private outcomeOf(part: Part): Outcome {
    const { result, target, call } = part;
    if (result === undefined) return { part, error: new QuilletError('internal') };
    if (!isComplete(result)) return { part, error: result.error ?? new QuilletError('finish.length') };
    if (target.detachReason !== undefined) return { part, error: new QuilletError(target.detachReason) };
    try {
      return { part, text: this.writing.text(result.text, call) };
    } catch (thrown) {
      return { part, error: toQuilletError(thrown) };
    }
  }

  private async write(outcomes: readonly Outcome[]): Promise<QuilletError | undefined> {
    const replacements: Replacement[] = outcomes.flatMap(({ part, text }) =>
      text === undefined ? [] : [{ target: part.target, text }],
    );
    const problem = await replaceRanges(replacements);
    return problem === undefined ? undefined : new QuilletError(problem);
  }

  /** Says nothing of full success, nor of a Stop that leaves nothing over. True while the user may still want the rest. */
  private report(outcomes: readonly Outcome[], problem: QuilletError | undefined): boolean {
    const errors = [...(problem === undefined ? [] : [problem]), ...outcomes.flatMap(({ error }) => error ?? [])];
    const writable = outcomes.filter(({ text }) => text !== undefined);
    const isStopped = errors.every(({ kind }) => kind === 'cancelled');
    if (errors.length === 0 || (isStopped && writable.length === 0)) return false;
    const texts = outcomes
      .map(({ part, text }) => text ?? part.result?.text ?? '')
      .filter((text) => text.trim() !== '');
    const offers = texts.length === 0 ? [] : actionsForText(texts.join('\n\n'), this.languageId).slice(0, 1);
    const whole = outcomes.filter(({ part }) => part.result !== undefined && isComplete(part.result)).length;
    if (problem === undefined && writable.length > 0) offers.unshift(this.writeOffer(writable, whole));
    void this.notifier.summarizeErrors(errors, this.sentence(whole), offers).finally(() => this.dispose());
    return true;
  }

  private sentence(whole: number): string {
    const total = String(this.parts.length);
    return whole === this.parts.length
      ? l10n.t('All {0} answers arrived, but none was written.', total)
      : l10n.t('{0} of {1} answers arrived, so none was written.', String(whole), total);
  }

  private writeOffer(writable: readonly Outcome[], arrived: number): NotificationAction {
    const count = String(writable.length);
    const label =
      arrived === this.parts.length
        ? l10n.t('Write the Other {0}', count)
        : l10n.t('Write the {0} That Arrived', count);
    return { label, run: () => this.writeRest(writable) };
  }

  /** What the user did to the text while the notification was open counts here as well. */
  private async writeRest(writable: readonly Outcome[]): Promise<void> {
    const problem = await this.write(writable);
    if (problem === undefined) return;
    const text = writable.map((outcome) => outcome.text ?? '').join('\n\n');
    this.notifier.showError(problem, actionsForText(text, this.languageId));
  }

  private get languageId(): string {
    return this.parts[0]?.call.plan.languageId ?? 'plaintext';
  }

  private dispose(): void {
    for (const { target } of this.parts) target.dispose();
  }
}

async function collect(part: Part): Promise<void> {
  const { plan, execute } = part.call;
  await execute(plan, {
    onText: () => undefined,
    finish: async (result) => {
      part.result = result;
      return { isReported: true };
    },
  });
}
