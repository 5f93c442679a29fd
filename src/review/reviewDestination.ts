import { Disposable, EndOfLine, l10n, Range, window } from 'vscode';
import { CONTINUE, unfinishedBefore } from '../answers/continuation';
import { proposedCode } from '../answers/fitCode';
import { type ErrorKind, QuilletError, toQuilletError } from '../core/errors';
import { isComplete, type RunResult, type SinkReport } from '../core/run';
import { choiceReport } from '../destinations/codeBlockPicker';
import type { Destination, DestinationCall } from '../destinations/destination';
import { reveal } from '../editor/documentEdits';
import { actionsForReport, actionsForText, type NotificationAction, type Notifier } from '../notifications/notifier';
import { DisposableStore } from '../platform/disposableStore';
import { answerLabel, remark } from '../runs/runText';
import { fencedCodeBlock } from '../text/codeFence';
import { toLineFeeds } from '../text/indentation';
import { AnswerThread } from '../threads/answerThread';
import type { CommentThreads } from '../threads/commentThreads';
import type { Answer } from '../threads/common/conversation';
import type { ThreadView } from '../threads/threadView';
import { Proposal } from './common/proposal';
import { unifiedDiff } from './common/unifiedDiff';
import type { ReviewActions, ReviewPlace, Reviews } from './pendingReviews';
import type { ProposalDocuments } from './proposalDocuments';
import { ProposedEdit } from './proposalEditor';

export interface ReviewParts {
  readonly threads: CommentThreads;
  readonly reviews: Reviews;
  readonly proposals: ProposalDocuments;
  readonly notifier: Notifier;
}

/** Shows the answer as a diff against the selection. Nothing is written before the user accepts it. */
export function createReviewDestination(parts: ReviewParts): Destination {
  return {
    writes: true,
    several: 'each',
    async start(calls) {
      await Promise.all(calls.map((call) => openReview(parts, call)));
    },
  };
}

async function openReview(parts: ReviewParts, call: DestinationCall): Promise<void> {
  const { target, plan, question } = call;
  const label = l10n.t('{0} · {1}', plan.title, plan.model);
  const view = parts.threads.create(target.document, target.range, { kind: 'review', label });
  const thread = new ReviewThread(view, call, parts);
  view.setHandler(thread);
  parts.reviews.add(view, thread);
  if (question !== undefined) view.addQuestion(question);
  await thread.answerPrompt();
}

class ReviewThread extends AnswerThread implements ReviewActions {
  private readonly store = new DisposableStore();
  private readonly edit: ProposedEdit;
  /** The code that the model is told of: what was selected, or what stood there when it was asked anew. */
  private quoted: string;
  /** The same, of each answer: one that was never shown may be older than an edit. */
  private readonly askedFor = new WeakMap<Answer, string>();
  /** What was proposed by an answer, so that it is the same when the user comes back to it. */
  private readonly byResult = new WeakMap<RunResult, Proposal>();
  private proposal: Proposal | undefined;
  private label = '';
  private shown = '';
  /** What the answers that this one goes on from already said. */
  private unfinished = '';
  private unfoldsAfterDiff = false;
  /** Asks which block of the answer that is shown is meant; undefined where that is clear. */
  private choosing: (() => Promise<SinkReport>) | undefined;
  private status = new Disposable(() => undefined);
  /** The answer that the thread ends with. */
  private last: RunResult | undefined;

  constructor(
    view: ThreadView,
    call: DestinationCall,
    private readonly parts: ReviewParts,
  ) {
    super(view, call);
    this.quoted = toLineFeeds(call.target.place.text);
    this.edit = this.store.add(new ProposedEdit(view, call.target, parts.proposals));
    this.store.add(this.edit.onDidChange(() => this.redraw()));
    this.store.add(parts.proposals.onDidClose((closed) => this.diffClosed(closed)));
  }

  get place(): ReviewPlace {
    return this.view.anchor;
  }

  /** The code that the model of the answer that is shown was told of. */
  private get asked(): string {
    const { shown } = this.conversation.lastTurn;
    return (shown === undefined ? undefined : this.askedFor.get(shown)) ?? this.quoted;
  }

  /** Writes the proposal in one undo step, or says why it does not fit any more. */
  async accept(): Promise<void> {
    if (this.proposal === undefined) return;
    const problem = await this.edit.accept();
    if (problem === undefined) this.finish();
    else this.refuse(problem);
  }

  reject(): void {
    this.view.close();
  }

  async acceptChange(): Promise<void> {
    if (this.proposal !== undefined) this.decided(await this.edit.acceptChange());
  }

  async rejectChange(): Promise<void> {
    if (this.proposal === undefined) return;
    const problem = await this.edit.rejectChange();
    if (problem === undefined) {
      this.conversation.replaceShownText(fencedCodeBlock(this.proposal.answer, this.call.plan.languageId));
    }
    this.decided(problem);
  }

  /** The diff has the document on its left side, where VS Code would draw this thread over it. */
  async openDiff(): Promise<void> {
    if (this.proposal === undefined) return;
    if (!this.parts.proposals.isOpen(this.view)) this.unfoldsAfterDiff = this.view.isExpanded;
    this.view.collapse();
    await this.edit.openDiff();
  }

  async chooseBlock(): Promise<void> {
    if (this.choosing === undefined) throw new QuilletError('review.single');
    const report = await this.choosing();
    const { error } = report;
    // Whoever went away from the list can open it again.
    if (error === undefined || error.kind === 'doc.choice') return;
    const { notifier } = this.parts;
    notifier.showError(error, actionsForReport(report, this.call.plan.languageId, notifier));
  }

  unfold(): void {
    this.view.expand();
  }

  /** Asks about the code as it is now, where the request quotes it. */
  override regenerate(): Promise<void> {
    const { text, document } = this.edit.target;
    // A selection is sent byte for byte, with the line ends of its file.
    const raw = (lines: string) => (document.eol === EndOfLine.CRLF ? lines.replaceAll('\n', '\r\n') : lines);
    if (text !== this.quoted) {
      if (this.conversation.replaceQuote(raw(this.quoted), raw(text))) this.quoted = text;
      else
        this.parts.notifier.warn(
          l10n.t(
            'The edited code could not be put into the request, so the model is asked about the code as it was. To ask about it as it is now, select it and rewrite it again.',
          ),
        );
    }
    return super.regenerate();
  }

  override handleClose(): void {
    super.handleClose();
    this.last = undefined;
    // A notification may still offer to open it.
    this.proposal = undefined;
    this.status.dispose();
    this.store.dispose();
    this.parts.reviews.remove(this.view);
    void this.parts.proposals.close(this.view);
  }

  protected override prepareRequest(answers: readonly Answer[]): void {
    for (const answer of answers) this.askedFor.set(answer, this.quoted);
  }

  protected override prepareDisplay(): void {
    this.last = undefined;
    this.setProposal(undefined);
    this.unfinished = unfinishedBefore(this.conversation.toMessages());
    super.prepareDisplay();
  }

  protected override renderMarkdown(source: string): string {
    return fencedCodeBlock(this.unfinished + source, this.call.plan.languageId);
  }

  protected override showResult(result: RunResult): SinkReport {
    this.last = result;
    this.label = answerLabel(this.model, result);
    const error = this.propose(result);
    if (error === undefined) {
      this.shown = this.diffText();
      this.view.endAnswer(this.label, this.shown);
      return {};
    }
    const note = remark(this.parts.notifier.formatError(error));
    const text = this.unfinished + result.text;
    this.view.endAnswer(this.label, text === '' ? note : fencedCodeBlock(text, this.call.plan.languageId));
    if (text !== '' && result.outcome !== 'cancelled') this.view.addNote(note);
    if (error.kind === 'doc.choice') return this.choice(result);
    // An answer that stopped for want of room can go on; the run itself says so.
    const isShort = error.kind === 'finish.length' && result.text !== '';
    return isShort ? { resume: () => this.reply(CONTINUE) } : { error };
  }

  /** The answer is in the thread: until one of its blocks is chosen there is nothing to accept. */
  private choice(result: RunResult): SinkReport {
    const { asked } = this;
    const use = async (code: string): Promise<SinkReport> => {
      // The list may stay open while another answer takes the place of this one.
      if (this.last !== result) return { error: new QuilletError('review.replaced'), unwritten: code };
      this.byResult.set(result, new Proposal(asked, code));
      this.refreshShownAnswer();
      return {};
    };
    const place = { ...this.call.target.place, text: asked };
    const { unwritten: _shown, ...report } = choiceReport(this.unfinished + result.text, place, { use });
    // The notification may be gone, or was never shown: the thread keeps the choice.
    this.choosing = report.choice?.run;
    this.view.setProposal('choice');
    return report;
  }

  /** Only a complete answer becomes a proposal: what is missing at its end would be missing in the file. */
  private propose(result: RunResult): QuilletError | undefined {
    const known = this.byResult.get(result);
    if (known === undefined && !isComplete(result)) {
      this.setProposal(undefined);
      return result.error ?? new QuilletError('finish.length');
    }
    try {
      const place = { ...this.call.target.place, text: this.asked };
      const proposal = known ?? new Proposal(this.asked, proposedCode(this.unfinished + result.text, place));
      this.byResult.set(result, proposal);
      this.setProposal(proposal);
      return undefined;
    } catch (thrown) {
      this.setProposal(undefined);
      return toQuilletError(thrown);
    }
  }

  private setProposal(proposal: Proposal | undefined): void {
    this.proposal = proposal;
    this.edit.set(proposal);
    this.choosing = undefined;
    this.view.setProposal(proposal === undefined ? undefined : 'ready');
    this.parts.reviews.changed();
  }

  /** The proposal against the code as it is now; where it does not fit any more, against the code it was made for. */
  private diffText(): string {
    const { present, target } = this.edit;
    const isExact = present?.isExact !== false;
    const before = isExact ? target.text : (this.proposal?.base ?? '');
    const diff = unifiedDiff(before, present?.text ?? before);
    if (diff === '') return l10n.t('*The proposal is the same as the selected text.*');
    if (isExact) return fencedCodeBlock(diff, 'diff');
    const note = l10n.t('These lines were edited meanwhile. Regenerate asks about the code as it is now.');
    // Above the diff: a long one is cut at the bottom of the thread.
    return `${remark(note)}\n\n${fencedCodeBlock(diff, 'diff')}`;
  }

  private redraw(): void {
    if (this.proposal === undefined) return;
    const text = this.diffText();
    if (text === this.shown) return;
    this.shown = text;
    this.view.endAnswer(this.label, text);
  }

  /** A change was written or taken out, or could not be. */
  private decided(problem: ErrorKind | undefined): void {
    if (problem !== undefined) {
      this.refuse(problem);
      return;
    }
    const { present } = this.edit;
    // Meanwhile another answer may have begun, or the rest no longer fit: there is something left to decide then.
    if (present === undefined) return;
    this.status.dispose();
    if (!present.isExact) {
      this.redraw();
      return;
    }
    const left = present.changes.length;
    if (left === 0) {
      this.finish();
      return;
    }
    const message = left === 1 ? l10n.t('Quillet: 1 change left') : l10n.t('Quillet: {0} changes left', String(left));
    this.status = window.setStatusBarMessage(message, 4000);
    this.redraw();
  }

  private finish(): void {
    const { document, range } = this.edit.target;
    this.view.close();
    // A long thread that closes can leave the editor scrolled past its end.
    reveal(document, new Range(range.start, range.start));
  }

  private refuse(problem: ErrorKind): void {
    const isConflict = problem === 'review.conflict';
    const own: NotificationAction[] = [
      { label: l10n.t('Regenerate'), run: () => this.regenerate() },
      { label: l10n.t('Open Diff'), run: () => this.openDiff() },
    ];
    const [copy, ...others] = actionsForText(this.proposal?.answer ?? '', this.call.plan.languageId);
    const offers = isConflict ? [...own, ...(copy === undefined ? [] : [copy])] : [...(copy ? [copy] : []), ...others];
    this.parts.notifier.showError(new QuilletError(problem), offers);
  }

  private diffClosed(closed: ThreadView): void {
    if (closed !== this.view || !this.unfoldsAfterDiff) return;
    this.unfoldsAfterDiff = false;
    this.view.expand();
  }
}
