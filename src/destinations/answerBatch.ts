import { EndOfLine, l10n, Range, type TextDocument } from 'vscode';
import { QuilletError, toQuilletError } from '../core/errors';
import { incompleteReason, isComplete, type RunResult } from '../core/run';
import { type Replacement, replaceRanges } from '../editor/documentEdits';
import { DocumentRange } from '../editor/documentRange';
import { actionsForText, type NotificationAction, type Notifier } from '../notifications/notifier';
import type { DestinationCall } from './destination';

export interface BatchTarget {
  getRange(call: DestinationCall): Range;
  /** @throws QuilletError if the answer contains no usable text. */
  formatText(answer: string, call: DestinationCall): string;
  onWritten?(document: TextDocument, ranges: readonly Range[]): void;
}

interface BatchItem {
  readonly call: DestinationCall;
  readonly target: DocumentRange;
  result?: RunResult;
}

interface BatchOutcome {
  readonly item: BatchItem;
  readonly text?: string;
  readonly error?: QuilletError;
}

/** Writes the answers of several runs in one undo step, or none of them if some are missing. */
export class AnswerBatch {
  private readonly items: readonly BatchItem[];

  constructor(
    private readonly notifier: Notifier,
    calls: readonly DestinationCall[],
    private readonly batchTarget: BatchTarget,
  ) {
    this.items = calls.map((call) => ({
      call,
      target: new DocumentRange(call.target.document, batchTarget.getRange(call)),
    }));
  }

  async run(): Promise<void> {
    let hasPendingActions = false;
    try {
      await Promise.all(this.items.map((item) => collect(item)));
      await Promise.all(this.items.map(({ target }) => target.whenIdle()));
      const outcomes = this.items.map((item) => this.getOutcome(item));
      const writeError = outcomes.every(({ text }) => text !== undefined) ? await this.write(outcomes) : undefined;
      hasPendingActions = this.report(outcomes, writeError);
    } finally {
      if (!hasPendingActions) this.dispose();
    }
  }

  private getOutcome(item: BatchItem): BatchOutcome {
    const { result, target, call } = item;
    if (result === undefined) return { item, error: new QuilletError('internal') };
    const incomplete = incompleteReason(result);
    if (incomplete !== undefined) return { item, error: incomplete };
    if (target.detachReason !== undefined) return { item, error: new QuilletError(target.detachReason) };
    try {
      return { item, text: this.batchTarget.formatText(result.text, call) };
    } catch (thrown) {
      return { item, error: toQuilletError(thrown) };
    }
  }

  private async write(outcomes: readonly BatchOutcome[]): Promise<QuilletError | undefined> {
    const replacements: Replacement[] = outcomes.flatMap(({ item, text }) =>
      text === undefined ? [] : [{ target: item.target, text }],
    );
    const errorKind = await replaceRanges(replacements);
    if (errorKind !== undefined) return new QuilletError(errorKind);
    const document = replacements[0]?.target.document;
    if (document !== undefined) this.batchTarget.onWritten?.(document, replacements.map(getInsertedRange));
    return undefined;
  }

  /** Returns whether a notification with actions is open. */
  private report(outcomes: readonly BatchOutcome[], writeError: QuilletError | undefined): boolean {
    const errors = [...(writeError === undefined ? [] : [writeError]), ...outcomes.flatMap(({ error }) => error ?? [])];
    const writable = outcomes.filter(({ text }) => text !== undefined);
    const isStopped = errors.every(({ kind }) => kind === 'cancelled');
    if (errors.length === 0 || (isStopped && writable.length === 0)) return false;
    const texts = outcomes
      .map(({ item, text }) => text ?? item.result?.text ?? '')
      .filter((text) => text.trim() !== '');
    const actions = texts.length === 0 ? [] : actionsForText(texts.join('\n\n'), this.languageId).slice(0, 1);
    const completeCount = outcomes.filter(({ item }) => item.result !== undefined && isComplete(item.result)).length;
    if (writeError === undefined && writable.length > 0)
      actions.unshift(this.createWriteAction(writable, completeCount));
    void this.notifier.summarizeErrors(errors, this.getMessage(completeCount), actions).finally(() => this.dispose());
    return true;
  }

  private getMessage(completeCount: number): string {
    const total = String(this.items.length);
    return completeCount === this.items.length
      ? l10n.t('All {0} answers arrived, but nothing was written.', total)
      : l10n.t('Only {0} of {1} answers arrived, so nothing was written.', String(completeCount), total);
  }

  private createWriteAction(writable: readonly BatchOutcome[], completeCount: number): NotificationAction {
    const count = String(writable.length);
    const label =
      completeCount === this.items.length
        ? l10n.t('Write the Other {0}', count)
        : l10n.t('Write the {0} That Arrived', count);
    return { label, run: () => this.writeRest(writable) };
  }

  private async writeRest(writable: readonly BatchOutcome[]): Promise<void> {
    const writeError = await this.write(writable);
    if (writeError === undefined) return;
    const text = writable.map((outcome) => outcome.text ?? '').join('\n\n');
    this.notifier.showError(writeError, actionsForText(text, this.languageId));
  }

  private get languageId(): string {
    return this.items[0]?.call.plan.languageId ?? 'plaintext';
  }

  private dispose(): void {
    for (const { target } of this.items) target.dispose();
  }
}

/** An empty target ends up behind the text inserted at it. */
function getInsertedRange({ target: { document, range }, text }: Replacement): Range {
  const { length } = document.eol === EndOfLine.CRLF ? text.replaceAll('\n', '\r\n') : text;
  return new Range(document.positionAt(document.offsetAt(range.end) - length), range.end);
}

async function collect(item: BatchItem): Promise<void> {
  const { plan, execute } = item.call;
  await execute(plan, {
    onText: () => undefined,
    finish: async (result) => {
      item.result = result;
      return { isReported: true };
    },
  });
}
