import { Disposable, EndOfLine, l10n, window } from 'vscode';
import { CONTINUE_PROMPT, joinUnfinishedAnswers } from '../answers/continuation';
import { fitCode } from '../answers/fitCode';
import { type ErrorKind, QuilletError, toQuilletError } from '../core/errors';
import { incompleteReason, type RunResult, type SinkReport } from '../core/run';
import { createChoiceReport } from '../destinations/codeBlockPicker';
import type { Destination, DestinationCall } from '../destinations/destination';
import { focusEditor } from '../editor/editorView';
import { actionsForReport, actionsForText, type NotificationAction, type Notifier } from '../notifications/notifier';
import { DisposableStore } from '../platform/disposableStore';
import { answerLabel, formatRemark } from '../runs/runText';
import { fencedCodeBlock } from '../text/codeFence';
import { toLineFeeds } from '../text/indentation';
import { AnswerThread } from '../threads/answerThread';
import type { CommentThreads } from '../threads/commentThreads';
import type { Answer } from '../threads/common/conversation';
import { hasReplyDraft } from '../threads/replyBox';
import type { ThreadView } from '../threads/threadView';
import { Proposal } from './common/proposal';
import { unifiedDiff } from './common/unifiedDiff';
import type { PendingReview, PendingReviews, ReviewLocation } from './pendingReviews';
import type { ProposalDocuments } from './proposalDocuments';
import { ProposalEditor } from './proposalEditor';

export interface ReviewServices {
  readonly threads: CommentThreads;
  readonly reviews: PendingReviews;
  readonly proposals: ProposalDocuments;
  readonly notifier: Notifier;
}

/** Shows the answer as a diff. Nothing is written until the user accepts. */
export function createReviewDestination(services: ReviewServices): Destination {
  return {
    modifiesDocument: true,
    selectionMode: 'each',
    async start(calls) {
      await Promise.all(calls.map((call) => openReview(services, call)));
    },
  };
}

async function openReview(services: ReviewServices, call: DestinationCall): Promise<void> {
  const { target, plan } = call;
  const label = l10n.t('{0} · {1}', plan.title, plan.model);
  const view = services.threads.create(target.document, target.range, { kind: 'review', label });
  const replaced = services.reviews.findReplaceable(target.document, target.range);
  const thread = new ReviewThread(view, call, services, replaced);
  view.handler = thread;
  services.reviews.add(view, thread);
  await thread.answerPrompt();
}

class ReviewThread extends AnswerThread implements PendingReview {
  private readonly store = new DisposableStore();
  private readonly editor: ProposalEditor;
  /** The code quoted in the request: the selection, or its text when Regenerate was last used. */
  private quotedCode: string;
  /** An answer that was never shown may be based on older code. */
  private readonly codeByAnswer = new WeakMap<Answer, string>();
  /** Keeps accepted and rejected changes when the user switches between answers. */
  private readonly proposalByResult = new WeakMap<RunResult, Proposal>();
  private readonly confirmedResults = new WeakSet<RunResult>();
  private proposal: Proposal | undefined;
  private label = '';
  private shownMarkdown = '';
  private unfinishedText = '';
  private restoreThread: (() => void) | undefined;
  private diffClosed: Promise<void> = Promise.resolve();
  private pickBlock: (() => Promise<SinkReport>) | undefined;
  private statusMessage = new Disposable(() => undefined);
  private lastResult: RunResult | undefined;

  constructor(
    view: ThreadView,
    call: DestinationCall,
    private readonly services: ReviewServices,
    /** Proposals that close when this one is ready. */
    private readonly replaced: readonly ThreadView[],
  ) {
    super(view, call, services.notifier);
    this.quotedCode = toLineFeeds(call.target.codeTarget.text);
    this.editor = this.store.add(new ProposalEditor(view, call.target, services.proposals));
    this.store.add(this.editor.onDidChange(() => this.redraw()));
    this.store.add(services.proposals.onDidClose((closed) => this.handleDiffClosed(closed)));
  }

  get location(): ReviewLocation {
    return this.view.anchor;
  }

  private get askedCode(): string {
    const { shown } = this.conversation.lastTurn;
    return (shown === undefined ? undefined : this.codeByAnswer.get(shown)) ?? this.quotedCode;
  }

  async accept(): Promise<void> {
    if (this.proposal === undefined || !(await this.confirmIncomplete())) return;
    const problem = await this.editor.accept();
    if (problem === undefined) await this.closeReview();
    else this.reportProblem(problem);
  }

  private async confirmIncomplete(): Promise<boolean> {
    const { lastResult } = this;
    const problem = lastResult === undefined ? undefined : incompleteReason(lastResult);
    if (lastResult === undefined || problem === undefined || this.confirmedResults.has(lastResult)) return true;
    const accept = l10n.t('Accept Anyway');
    const message = this.notifier.formatError(problem);
    const isConfirmed = (await window.showWarningMessage(message, { modal: true }, accept)) === accept;
    if (isConfirmed) this.confirmedResults.add(lastResult);
    return isConfirmed && this.lastResult === lastResult;
  }

  async reject(): Promise<void> {
    const { document } = this.editor.target;
    this.view.close();
    await this.diffClosed;
    await focusEditor(document);
  }

  async acceptChange(): Promise<void> {
    if (this.proposal === undefined || !(await this.confirmIncomplete())) return;
    await this.handleDecision(await this.editor.acceptChange());
  }

  async rejectChange(): Promise<void> {
    if (this.proposal === undefined) return;
    const problem = await this.editor.rejectChange();
    if (problem === undefined) {
      this.conversation.replaceShownText(fencedCodeBlock(this.proposal.answer, this.call.plan.languageId));
    }
    await this.handleDecision(problem);
  }

  /** Collapses the thread, which VS Code would otherwise draw over the left side of the diff. */
  async openDiff(): Promise<void> {
    if (this.proposal === undefined) return;
    if (!this.services.proposals.isOpen(this.view) && this.view.widget.isExpanded) {
      // A draft unfolds the reply box again, and would be lost in a new thread.
      const hasDraft = hasReplyDraft();
      this.restoreThread = () => (hasDraft ? this.view.widget.setExpanded(true) : this.view.widget.reopen());
    }
    this.view.widget.setExpanded(false);
    await this.editor.openDiff();
  }

  async chooseBlock(): Promise<void> {
    if (this.pickBlock === undefined) throw new QuilletError('review.single');
    const report = await this.pickBlock();
    const { error } = report;
    // The list was dismissed; it can be opened again.
    if (error === undefined || error.kind === 'doc.choice') return;
    this.notifier.showError(error, actionsForReport(report, this.call.plan.languageId, this.notifier));
  }

  expandThread(): void {
    this.view.widget.setExpanded(true);
  }

  override regenerate(): Promise<void> {
    this.refreshQuotedCode();
    return super.regenerate();
  }

  override changeEffort(direction: 1 | -1): Promise<boolean> {
    this.refreshQuotedCode();
    return super.changeEffort(direction);
  }

  private refreshQuotedCode(): void {
    const { text, document } = this.editor.target;
    // The selection was sent with the line endings of its file.
    const withFileLineEnds = (lines: string) =>
      document.eol === EndOfLine.CRLF ? lines.replaceAll('\n', '\r\n') : lines;
    if (text !== this.quotedCode) {
      if (this.conversation.replaceQuote(withFileLineEnds(this.quotedCode), withFileLineEnds(text)))
        this.quotedCode = text;
      else
        this.notifier.warn(
          l10n.t(
            "Couldn't update the code in the request, so the model gets the original code. To send the current code, select it and run the prompt again.",
          ),
        );
    }
  }

  override handleClose(): void {
    super.handleClose();
    this.lastResult = undefined;
    // A notification may still offer to open it.
    this.proposal = undefined;
    this.statusMessage.dispose();
    this.store.dispose();
    this.services.reviews.remove(this.view);
    this.diffClosed = this.services.proposals.close(this.view);
  }

  protected override prepareRequest(answers: readonly Answer[]): void {
    for (const answer of answers) this.codeByAnswer.set(answer, this.quotedCode);
  }

  protected override prepareDisplay(): void {
    this.lastResult = undefined;
    this.setProposal(undefined);
    this.unfinishedText = joinUnfinishedAnswers(this.conversation.toMessages());
    super.prepareDisplay();
  }

  protected override renderMarkdown(source: string): string {
    return fencedCodeBlock(this.unfinishedText + source, this.call.plan.languageId);
  }

  protected override showResult(result: RunResult): SinkReport {
    this.lastResult = result;
    this.label = answerLabel(this.model, result);
    const error = this.createProposal(result);
    if (error === undefined) {
      this.shownMarkdown = this.diffText();
      this.view.endAnswer(this.label, this.shownMarkdown);
      const doubt = incompleteReason(result);
      if (doubt !== undefined) this.view.addNote(formatRemark(this.notifier.formatError(doubt)));
      return {};
    }
    const note = formatRemark(this.notifier.describeFailure(error));
    const text = this.unfinishedText + result.text;
    this.view.endAnswer(this.label, text === '' ? note : fencedCodeBlock(text, this.call.plan.languageId));
    if (text !== '' && result.outcome !== 'cancelled') this.view.addNote(note);
    if (error.kind === 'doc.choice') return this.offerBlockChoice(result);
    // A truncated answer can be continued; the run reports the error itself.
    const isShort = error.kind === 'finish.length' && result.text !== '';
    return isShort ? { resume: () => this.reply(CONTINUE_PROMPT) } : { error };
  }

  private offerBlockChoice(result: RunResult): SinkReport {
    const { askedCode } = this;
    const onChosen = async (code: string): Promise<SinkReport> => {
      // Another answer may have replaced this one while the list was open.
      if (this.lastResult !== result) return { error: new QuilletError('review.replaced'), unwritten: code };
      this.proposalByResult.set(result, new Proposal(askedCode, code));
      this.refreshShownAnswer();
      return {};
    };
    const place = { ...this.call.target.codeTarget, text: askedCode };
    const { unwritten: _shown, ...report } = createChoiceReport(this.unfinishedText + result.text, place, { onChosen });
    // The notification can be dismissed; the thread keeps offering the choice.
    this.pickBlock = report.choice?.run;
    this.view.setProposal('choice');
    return report;
  }

  /** No answer that was cut off becomes a proposal: accepting a truncated one would delete the rest of the code. */
  private createProposal(result: RunResult): QuilletError | undefined {
    const known = this.proposalByResult.get(result);
    const problem = incompleteReason(result);
    // With an unknown finish reason, the user decides.
    if (known === undefined && problem !== undefined && problem.kind !== 'finish.unknown') {
      this.setProposal(undefined);
      return problem;
    }
    try {
      const place = { ...this.call.target.codeTarget, text: this.askedCode };
      const proposal = known ?? new Proposal(this.askedCode, fitCode(this.unfinishedText + result.text, place));
      this.proposalByResult.set(result, proposal);
      this.setProposal(proposal);
      return undefined;
    } catch (thrown) {
      this.setProposal(undefined);
      return toQuilletError(thrown);
    }
  }

  private setProposal(proposal: Proposal | undefined): void {
    this.proposal = proposal;
    this.editor.setProposal(proposal);
    this.pickBlock = undefined;
    this.view.setProposal(proposal === undefined ? undefined : 'ready');
    if (proposal !== undefined) for (const view of this.replaced) view.close();
    this.services.reviews.updateContext();
  }

  /** The diff against the current code or, if the proposal conflicts with it, against the code it was based on. */
  private diffText(): string {
    const { rebasedProposal, target } = this.editor;
    const isApplicable = rebasedProposal?.isApplicable !== false;
    const before = isApplicable ? target.text : (this.proposal?.base ?? '');
    const after = rebasedProposal?.text ?? before;
    // An insertion at the end of a line is shown with that line.
    const line = before === '' ? this.call.target.codeTarget.linePrefix : '';
    const diff = unifiedDiff(line + before, line + after);
    if (diff === '') return l10n.t('*No changes proposed.*');
    if (isApplicable) return fencedCodeBlock(diff, 'diff');
    const note = l10n.t('These lines have been edited since. Use Regenerate Answer to send the current code.');
    // Above the diff, because a long diff is cut off at the bottom of the thread.
    return `${formatRemark(note)}\n\n${fencedCodeBlock(diff, 'diff')}`;
  }

  private redraw(): void {
    if (this.proposal === undefined) return;
    const text = this.diffText();
    if (text === this.shownMarkdown) return;
    this.shownMarkdown = text;
    this.view.endAnswer(this.label, text);
  }

  private async handleDecision(problem: ErrorKind | undefined): Promise<void> {
    if (problem !== undefined) {
      this.reportProblem(problem);
      return;
    }
    const { rebasedProposal } = this.editor;
    if (rebasedProposal === undefined) return;
    this.statusMessage.dispose();
    if (!rebasedProposal.isApplicable) {
      this.redraw();
      return;
    }
    const left = rebasedProposal.changes.length;
    if (left === 0) return this.closeReview();
    const message = left === 1 ? l10n.t('Quillet: 1 change left') : l10n.t('Quillet: {0} changes left', String(left));
    this.statusMessage = window.setStatusBarMessage(message, 4000);
    this.redraw();
  }

  private async closeReview(): Promise<void> {
    const { decidedPosition, target } = this.editor;
    this.view.close();
    await this.diffClosed;
    await focusEditor(target.document, decidedPosition);
  }

  private reportProblem(problem: ErrorKind): void {
    const isConflict = problem === 'review.conflict';
    const conflictActions: NotificationAction[] = [
      { label: l10n.t('Regenerate'), run: () => this.regenerate() },
      { label: l10n.t('Open Diff'), run: () => this.openDiff() },
    ];
    const [copy, ...others] = actionsForText(this.proposal?.answer ?? '', this.call.plan.languageId);
    const actions = isConflict
      ? [...conflictActions, ...(copy === undefined ? [] : [copy])]
      : [...(copy ? [copy] : []), ...others];
    this.notifier.showError(new QuilletError(problem), actions);
  }

  private handleDiffClosed(closed: ThreadView): void {
    if (closed !== this.view) return;
    this.restoreThread?.();
    this.restoreThread = undefined;
  }
}
