import {
  commands,
  type Disposable,
  EndOfLine,
  EventEmitter,
  Position,
  Selection,
  type TextEditor,
  window,
} from 'vscode';
import { type ErrorKind, QuilletError } from '../core/errors';
import type { RunTarget } from '../destinations/destination';
import { DisposableStore } from '../platform/disposableStore';
import type { ThreadView } from '../threads/threadView';
import {
  type DiffSide,
  findNearestChange,
  getStartLine,
  includeNeighborLine,
  type LineChange,
  toReplacement,
} from './common/lineDiff';
import type { Proposal, RebasedProposal } from './common/proposal';
import type { ProposalDocuments } from './proposalDocuments';
import { ReviewTarget } from './reviewTarget';

const UPDATE_DELAY_MS = 200;

const FOCUS_COMMANDS: Readonly<Record<DiffSide, string>> = {
  before: 'workbench.action.compareEditor.focusSecondarySide',
  after: 'workbench.action.compareEditor.focusPrimarySide',
};

interface DiffPosition {
  readonly editor: TextEditor;
  readonly side: DiffSide;
  /** Relative to the first line of the target. */
  readonly line: number;
}

export class ProposalEditor implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new EventEmitter<void>());
  readonly onDidChange = this.changed.event;
  readonly target: ReviewTarget;
  private proposal: Proposal | undefined;
  /** Line of the last decision, relative to the first line of the target. */
  private decidedLine = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly view: ThreadView,
    target: RunTarget,
    private readonly documents: ProposalDocuments,
  ) {
    this.target = this.store.add(new ReviewTarget(view.anchor, target));
    this.store.add(
      this.target.onDidChange(() => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.update(), UPDATE_DELAY_MS);
      }),
    );
  }

  get rebasedProposal(): RebasedProposal | undefined {
    return this.proposal?.rebaseOnto(this.target.text);
  }

  get decidedPosition(): Position {
    const { document, range } = this.target;
    if (this.decidedLine === 0) return range.start;
    const line = Math.min(range.start.line + this.decidedLine, range.end.line);
    return new Position(line, document.lineAt(line).firstNonWhitespaceCharacterIndex);
  }

  setProposal(proposal: Proposal | undefined): void {
    this.proposal = proposal;
    if (proposal !== undefined && this.documents.isOpen(this.view)) void this.showInDiff();
  }

  /** Writes all remaining changes as one undo step. Resolves to undefined on success. */
  accept(): Promise<ErrorKind | undefined> {
    return this.target.write((text) => {
      const rebased = this.proposal?.rebaseOnto(text);
      if (rebased?.isApplicable === false) return 'review.conflict';
      const changes = rebased?.changes ?? [];
      this.decidedLine = changes[0]?.start ?? 0;
      return changes.map((change) => toReplacement(text, change));
    });
  }

  async acceptChange(): Promise<ErrorKind | undefined> {
    const position = this.getDiffPosition();
    const error = await this.target.write((text) => {
      const rebased = this.proposal?.rebaseOnto(text);
      if (rebased?.isApplicable === false) return 'review.conflict';
      const change = findNearestChange(rebased?.changes ?? [], position ?? { side: 'before', line: 0 });
      if (change === undefined) return [];
      this.decidedLine = change.start;
      this.proposal?.accept(text, change);
      return [includeNeighborLine(text, toReplacement(text, change))];
    });
    if (error === undefined) await this.moveToNextChange(position);
    return error;
  }

  async rejectChange(): Promise<ErrorKind | undefined> {
    if (this.target.detachReason !== undefined) return this.target.detachReason;
    const position = this.getDiffPosition();
    const { text } = this.target;
    const rebased = this.proposal?.rebaseOnto(text);
    if (rebased?.isApplicable === false) return 'review.conflict';
    const change = findNearestChange(rebased?.changes ?? [], position ?? { side: 'before', line: 0 });
    if (change === undefined) return undefined;
    this.decidedLine = change.start;
    this.proposal?.reject(text, change);
    await this.moveToNextChange(position);
    return undefined;
  }

  async openDiff(): Promise<void> {
    const { detachReason } = this.target;
    if (detachReason !== undefined) throw new QuilletError(detachReason);
    if (this.proposal !== undefined)
      await this.documents.open(this.view, this.target.document, this.getProposedDocument());
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.store.dispose();
  }

  private async update(): Promise<void> {
    this.changed.fire();
    if (this.documents.isOpen(this.view)) await this.showInDiff();
  }

  private async showInDiff(): Promise<void> {
    if (this.target.detachReason === undefined) await this.documents.update(this.view, this.getProposedDocument());
  }

  /** Moves the caret to the next remaining change, so that the same key can be pressed again. */
  private async moveToNextChange(position: DiffPosition | undefined): Promise<void> {
    await this.showInDiff();
    if (position === undefined || this.documents.activeView !== this.view) return;
    const changes = this.rebasedProposal?.changes ?? [];
    const next = findNearestChange(changes, position);
    if (next === undefined) return;
    this.moveCaret(position, changes, next);
    // Pressing a button in the editor title moves the focus there; keybindings need it in the editor.
    await commands.executeCommand(FOCUS_COMMANDS[position.side]);
  }

  private moveCaret({ editor, side }: DiffPosition, changes: readonly LineChange[], change: LineChange): void {
    const line = this.target.range.start.line + getStartLine(changes, change, side);
    const position = editor.document.validatePosition(new Position(line, 0));
    editor.selection = new Selection(position, position);
    editor.revealRange(editor.selection);
  }

  private getDiffPosition(): DiffPosition | undefined {
    const active = window.activeTextEditor;
    const editors = active === undefined ? window.visibleTextEditors : [active, ...window.visibleTextEditors];
    for (const editor of editors) {
      const isProposal = this.documents.findView(editor.document.uri) === this.view;
      if (!isProposal && editor.document !== this.target.document) continue;
      const line = editor.selection.active.line - this.target.range.start.line;
      return { editor, side: isProposal ? 'after' : 'before', line };
    }
    return undefined;
  }

  private getProposedDocument(): string {
    const { document, range } = this.target;
    const whole = document.getText();
    const text = this.rebasedProposal?.text ?? this.target.text;
    const proposal = document.eol === EndOfLine.CRLF ? text.replaceAll('\n', '\r\n') : text;
    return whole.slice(0, document.offsetAt(range.start)) + proposal + whole.slice(document.offsetAt(range.end));
  }
}
