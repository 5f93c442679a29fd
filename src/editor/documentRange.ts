import {
  type Disposable,
  EndOfLine,
  EventEmitter,
  Range,
  type TextDocument,
  type TextDocumentChangeEvent,
  TextDocumentChangeReason,
  TextDocumentSaveReason,
  type TextDocumentWillSaveEvent,
  workspace,
} from 'vscode';
import { type ErrorKind, QuilletError } from '../core/errors';
import { DisposableStore } from '../platform/disposableStore';
import { toLineFeeds } from '../text/indentation';
import { TrackedRange } from './common/trackedRange';
import { FollowedDocument } from './documentTracker';
import { isCell, isDeletedCell } from './notebookCells';

/** Why nothing may be written to a target any more. */
export type LostReason = Extract<ErrorKind, 'doc.closed' | 'doc.conflict' | 'doc.changed' | 'doc.undo'>;

/** What somebody else did to the document: moved the target, changed other text, or made it impossible to go on. */
export type TargetEvent = { readonly kind: 'edited' } | { readonly kind: 'lost'; readonly reason: LostReason };

/** How soon a save must follow an edit of white space for that to be the formatter's work, and not the user's. */
const FORMATTING_MS = 3000;
/** The same where the editor saves by itself: a save then follows everything that is typed, but not so soon. */
const AUTO_SAVE_MS = 200;

/**
 * A range of a document that follows the user's edits, and the file when it is renamed. VS Code has no tracked range, so
 * offsets are moved with every change event (vscode-facts 3). Our own edits are announced with {@link expectOwnEdit} and
 * told apart by place and text.
 */
export class TrackedTarget implements Disposable {
  private readonly store = new DisposableStore();
  private readonly happened = this.store.add(new EventEmitter<TargetEvent>());
  readonly onDidHappen = this.happened.event;
  private readonly followed: FollowedDocument;
  private tracked: TrackedRange;
  private eol: EndOfLine;
  private ownEdit: { readonly offset: number; readonly text: string | undefined } | undefined;
  private lostReason: LostReason | undefined;
  private lostVersion = 0;
  /** The target without its white space, which formatters change when the user saves. */
  private squeezed: string;
  private formatting:
    | { readonly start: number; readonly over: Promise<void>; readonly end: (isConfirmed: boolean) => void }
    | undefined;

  /**
   * @param options.isSticky text typed exactly at one of the ends belongs to the target.
   * @param options.followsInside an edit inside the range is followed too; only one that reaches out of it is the end.
   */
  constructor(
    document: TextDocument,
    range: Range,
    private readonly options: { readonly isSticky?: boolean; readonly followsInside?: boolean } = {},
  ) {
    this.tracked = new TrackedRange(document.offsetAt(range.start), document.offsetAt(range.end), options);
    this.eol = document.eol;
    this.squeezed = squeeze(document.getText(range));
    // Listens first: the text that an untitled document loses by Save As is not taken from the target.
    this.followed = this.store.add(new FollowedDocument(document));
    this.store.add(this.followed.onDidClose(() => this.lose('doc.closed')));
    this.store.add(this.followed.onDidMove(() => this.happened.fire({ kind: 'edited' })));
    this.store.add(workspace.onDidChangeTextDocument((event) => this.onChange(event)));
    // Formatters edit before the file is saved; whether before the event that announces it is not the same everywhere.
    this.store.add(workspace.onWillSaveTextDocument((event) => this.onWillSave(event)));
    this.store.add(workspace.onDidSaveTextDocument((saved) => saved === this.document && this.formatting?.end(true)));
  }

  /** The document as it is called now. */
  get document(): TextDocument {
    return this.followed.document;
  }

  get wasRenamed(): boolean {
    return this.followed.wasRenamed;
  }

  /** Why the target is gone, or undefined while it can be written to. Right after {@link settled} this is final. */
  get lost(): LostReason | undefined {
    if (this.document.isClosed || isDeletedCell(this.document)) return 'doc.closed';
    return this.lostReason ?? (this.formatting === undefined ? undefined : 'doc.conflict');
  }

  get range(): Range {
    return new Range(this.document.positionAt(this.tracked.start), this.document.positionAt(this.tracked.end));
  }

  get endOffset(): number {
    return this.tracked.end;
  }

  /** Waits while it is not yet known what became of a document that was closed, or who changed the white space. */
  async settled(): Promise<void> {
    await this.followed.settled();
    await this.formatting?.over;
  }

  /** The next change that inserts this text at this offset is ours, and becomes part of the range. */
  expectOwnEdit(offset: number, text?: string): void {
    this.ownEdit = { offset, text: text === undefined ? undefined : toLineFeeds(text) };
  }

  /** Ends the expectation; true when the announced edit really changed the document. */
  ownEditArrived(): boolean {
    const arrived = this.ownEdit === undefined;
    this.ownEdit = undefined;
    return arrived;
  }

  dispose(): void {
    this.formatting?.end(true);
    this.store.dispose();
  }

  private onChange(event: TextDocumentChangeEvent): void {
    if (event.document !== this.document) return;
    if (event.contentChanges.length === 0) return this.followDirty();
    if (this.document.eol !== this.eol) return this.followLineEnds();
    if (this.takeOwn(event)) return;
    const isFollowed = this.options.followsInside === true && this.staysInside(event);
    const effect = this.tracked.apply(event.contentChanges);
    if (effect === 'touched' && !isFollowed) this.onTouched(event.reason);
    else this.happened.fire({ kind: 'edited' });
  }

  private onTouched(reason: TextDocumentChangeReason | undefined): void {
    if (reason === TextDocumentChangeReason.Undo || reason === TextDocumentChangeReason.Redo) {
      this.lose('doc.undo');
    } else if (this.lostReason === undefined && this.hasAllButSpace()) {
      this.waitForSave();
      this.happened.fire({ kind: 'edited' });
    } else {
      this.loseByEdit();
    }
  }

  private loseByEdit(): void {
    // The first edit of a saved document is told before the document is dirty: see followDirty.
    const isOnDisk = !this.document.isDirty && !isCell(this.document);
    this.lose(isOnDisk ? 'doc.changed' : 'doc.conflict');
  }

  private hasAllButSpace(): boolean {
    return this.squeezed !== '' && squeeze(this.document.getText(this.range)) === this.squeezed;
  }

  /** A document that stays clean was read from the disk anew; one that is dirty now was edited by the user. */
  private followDirty(): void {
    const { document } = this;
    if (this.lostReason === 'doc.changed' && document.isDirty && document.version === this.lostVersion) {
      this.lostReason = 'doc.conflict';
    }
  }

  /** Only white space was changed: the user's doing, unless a save follows at once. */
  private waitForSave(): void {
    if (this.formatting !== undefined) return;
    let settle = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const end = (isConfirmed: boolean): void => {
      clearTimeout(timer);
      this.formatting = undefined;
      if (!isConfirmed) this.loseByEdit();
      settle();
    };
    // A document without unsaved changes was saved, or read from the disk anew.
    const timer = setTimeout(() => end(!this.document.isDirty), FORMATTING_MS);
    this.formatting = { start: performance.now(), over, end };
  }

  private onWillSave({ document, reason }: TextDocumentWillSaveEvent): void {
    if (document !== this.document || this.formatting === undefined) return;
    const isSoon = performance.now() - this.formatting.start <= AUTO_SAVE_MS;
    this.formatting.end(reason !== TextDocumentSaveReason.AfterDelay || isSoon);
  }

  /** Whether every change is either outside the range or reaches over none of its borders. */
  private staysInside({ contentChanges }: TextDocumentChangeEvent): boolean {
    const { start, end } = this.tracked;
    return contentChanges.every(({ rangeOffset, rangeLength }) => {
      const changeEnd = rangeOffset + rangeLength;
      return changeEnd <= start || rangeOffset >= end || (rangeOffset >= start && changeEnd <= end);
    });
  }

  /** Other line ends come as a change that replaces everything, but every line and column is where it was. */
  private followLineEnds(): void {
    const { document } = this;
    const growth = document.eol === EndOfLine.CRLF ? 1 : -1;
    const moved = (offset: number): number => {
      let end = 0;
      let line = 0;
      for (; line < document.lineCount; line += 1) {
        end += document.lineAt(line).text.length + (this.eol === EndOfLine.CRLF ? 2 : 1);
        if (end > offset) break;
      }
      return offset + line * growth;
    };
    this.tracked = new TrackedRange(moved(this.tracked.start), moved(this.tracked.end), this.options);
    this.eol = document.eol;
    this.happened.fire({ kind: 'edited' });
  }

  private takeOwn(event: TextDocumentChangeEvent): boolean {
    const [change, ...others] = event.contentChanges;
    const { ownEdit } = this;
    if (ownEdit === undefined || change === undefined || others.length > 0 || event.reason !== undefined) return false;
    // Who types at the very place while our edit is on the way comes first, and our edit is refused.
    const isSame = ownEdit.text === undefined || ownEdit.text === toLineFeeds(change.text);
    if (change.rangeOffset !== ownEdit.offset || !isSame) return false;
    this.ownEdit = undefined;
    this.tracked.resize(this.tracked.end - this.tracked.start - change.rangeLength + change.text.length);
    this.squeezed += squeeze(change.text);
    return true;
  }

  private lose(reason: LostReason): void {
    if (this.lostReason !== undefined) return;
    this.lostReason = reason;
    this.lostVersion = this.document.version;
    this.happened.fire({ kind: 'lost', reason });
  }
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '');
}

/**
 * Does what takes a moment, and says where the ranges are afterwards.
 * @throws QuilletError where one of them is gone meanwhile.
 */
export async function following<T>(
  document: TextDocument,
  ranges: readonly Range[],
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly ranges: Range[] }> {
  const targets = ranges.map((range) => new TrackedTarget(document, range));
  try {
    const value = await work();
    const lost = targets.find((target) => target.lost !== undefined)?.lost;
    if (lost !== undefined) throw new QuilletError(lost, { subject: 'unsent' });
    return { value, ranges: targets.map(({ range }) => range) };
  } finally {
    for (const target of targets) target.dispose();
  }
}
