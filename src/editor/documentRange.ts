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
import { DocumentTracker } from './documentTracker';
import { isCell, isDeletedCell } from './notebookCells';

/** Why nothing may be written to a target any more. */
export type DetachReason = Extract<ErrorKind, 'doc.closed' | 'doc.conflict' | 'doc.changed' | 'doc.undo'>;

/** What somebody else did to the document: moved the target, changed other text, or made it impossible to go on. */
export type DocumentRangeEvent = { readonly kind: 'edited' } | { readonly kind: 'lost'; readonly reason: DetachReason };

/** How soon a save must follow an edit of white space for that to be the formatter's work, and not the user's. */
const FORMAT_ON_SAVE_MS = 3000;
/** The same where the editor saves by itself: a save then follows everything that is typed, but not so soon. */
const FORMAT_ON_AUTO_SAVE_MS = 200;

/**
 * A range of a document that follows the user's edits, and the file when it is renamed. VS Code has no tracked range, so
 * offsets are moved with every change event (vscode-facts 3). Our own edits are announced with {@link expectOwnEdit} and
 * told apart by place and text.
 */
export class DocumentRange implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new EventEmitter<DocumentRangeEvent>());
  readonly onDidChange = this.changed.event;
  private readonly tracker: DocumentTracker;
  private offsets: TrackedRange;
  private eol: EndOfLine;
  private ownEdit: { readonly offset: number; readonly text: string | undefined } | undefined;
  private detachedBy: DetachReason | undefined;
  private detachedVersion = 0;
  /** The target without its white space, which formatters change when the user saves. */
  private textWithoutSpace: string;
  private pendingFormat:
    | { readonly start: number; readonly done: Promise<void>; readonly settle: (isConfirmed: boolean) => void }
    | undefined;

  /**
   * @param options.isSticky text typed exactly at one of the ends belongs to the target.
   * @param options.followsInside an edit inside the range is followed too; only one that reaches out of it is the end.
   */
  constructor(
    document: TextDocument,
    range: Range,
    private readonly options: { readonly isSticky?: boolean; readonly allowsInnerEdits?: boolean } = {},
  ) {
    this.offsets = new TrackedRange(document.offsetAt(range.start), document.offsetAt(range.end), options);
    this.eol = document.eol;
    this.textWithoutSpace = withoutSpace(document.getText(range));
    // Listens first: the text that an untitled document loses by Save As is not taken from the target.
    this.tracker = this.store.add(new DocumentTracker(document));
    this.store.add(this.tracker.onDidClose(() => this.detach('doc.closed')));
    this.store.add(this.tracker.onDidMove(() => this.changed.fire({ kind: 'edited' })));
    this.store.add(workspace.onDidChangeTextDocument((event) => this.handleChange(event)));
    // Formatters edit before the file is saved; whether before the event that announces it is not the same everywhere.
    this.store.add(workspace.onWillSaveTextDocument((event) => this.handleWillSave(event)));
    this.store.add(
      workspace.onDidSaveTextDocument((saved) => saved === this.document && this.pendingFormat?.settle(true)),
    );
  }

  /** The document as it is called now. */
  get document(): TextDocument {
    return this.tracker.document;
  }

  get wasRenamed(): boolean {
    return this.tracker.wasRenamed;
  }

  /** Why the target is gone, or undefined while it can be written to. Right after {@link whenIdle} this is final. */
  get detachReason(): DetachReason | undefined {
    if (this.document.isClosed || isDeletedCell(this.document)) return 'doc.closed';
    return this.detachedBy ?? (this.pendingFormat === undefined ? undefined : 'doc.conflict');
  }

  get range(): Range {
    return new Range(this.document.positionAt(this.offsets.start), this.document.positionAt(this.offsets.end));
  }

  get endOffset(): number {
    return this.offsets.end;
  }

  /** Waits while it is not yet known what became of a document that was closed, or who changed the white space. */
  async whenIdle(): Promise<void> {
    await this.tracker.whenIdle();
    await this.pendingFormat?.done;
  }

  /** The next change that inserts this text at this offset is ours, and becomes part of the range. */
  expectOwnEdit(offset: number, text?: string): void {
    this.ownEdit = { offset, text: text === undefined ? undefined : toLineFeeds(text) };
  }

  /** Ends the expectation; true when the announced edit really changed the document. */
  confirmOwnEdit(): boolean {
    const isConfirmed = this.ownEdit === undefined;
    this.ownEdit = undefined;
    return isConfirmed;
  }

  dispose(): void {
    this.pendingFormat?.settle(true);
    this.store.dispose();
  }

  private handleChange(event: TextDocumentChangeEvent): void {
    if (event.document !== this.document) return;
    if (event.contentChanges.length === 0) return this.handleDirtyChange();
    if (this.document.eol !== this.eol) return this.handleEolChange();
    if (this.consumeOwnEdit(event)) return;
    const isAllowed = this.options.allowsInnerEdits === true && this.isContained(event);
    const effect = this.offsets.apply(event.contentChanges);
    if (effect === 'touched' && !isAllowed) this.handleOverlap(event.reason);
    else this.changed.fire({ kind: 'edited' });
  }

  private handleOverlap(reason: TextDocumentChangeReason | undefined): void {
    if (reason === TextDocumentChangeReason.Undo || reason === TextDocumentChangeReason.Redo) {
      this.detach('doc.undo');
    } else if (this.detachedBy === undefined && this.differsOnlyInSpace()) {
      this.waitForSave();
      this.changed.fire({ kind: 'edited' });
    } else {
      this.detachByEdit();
    }
  }

  private detachByEdit(): void {
    // The first edit of a saved document is told before the document is dirty: see handleDirtyChange.
    const isOnDisk = !this.document.isDirty && !isCell(this.document);
    this.detach(isOnDisk ? 'doc.changed' : 'doc.conflict');
  }

  private differsOnlyInSpace(): boolean {
    return this.textWithoutSpace !== '' && withoutSpace(this.document.getText(this.range)) === this.textWithoutSpace;
  }

  /** A document that stays clean was read from the disk anew; one that is dirty now was edited by the user. */
  private handleDirtyChange(): void {
    const { document } = this;
    if (this.detachedBy === 'doc.changed' && document.isDirty && document.version === this.detachedVersion) {
      this.detachedBy = 'doc.conflict';
    }
  }

  /** Only white space was changed: the user's doing, unless a save follows at once. */
  private waitForSave(): void {
    if (this.pendingFormat !== undefined) return;
    let resolveDone = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      resolveDone = resolve;
    });
    const settle = (isConfirmed: boolean): void => {
      clearTimeout(timer);
      this.pendingFormat = undefined;
      if (!isConfirmed) this.detachByEdit();
      resolveDone();
    };
    // A document without unsaved changes was saved, or read from the disk anew.
    const timer = setTimeout(() => settle(!this.document.isDirty), FORMAT_ON_SAVE_MS);
    this.pendingFormat = { start: performance.now(), done, settle };
  }

  private handleWillSave({ document, reason }: TextDocumentWillSaveEvent): void {
    if (document !== this.document || this.pendingFormat === undefined) return;
    const isSoon = performance.now() - this.pendingFormat.start <= FORMAT_ON_AUTO_SAVE_MS;
    this.pendingFormat.settle(reason !== TextDocumentSaveReason.AfterDelay || isSoon);
  }

  /** Whether every change is either outside the range or reaches over none of its borders. */
  private isContained({ contentChanges }: TextDocumentChangeEvent): boolean {
    const { start, end } = this.offsets;
    return contentChanges.every(({ rangeOffset, rangeLength }) => {
      const changeEnd = rangeOffset + rangeLength;
      return changeEnd <= start || rangeOffset >= end || (rangeOffset >= start && changeEnd <= end);
    });
  }

  /** Other line ends come as a change that replaces everything, but every line and column is where it was. */
  private handleEolChange(): void {
    const { document } = this;
    const growth = document.eol === EndOfLine.CRLF ? 1 : -1;
    const moveOffset = (offset: number): number => {
      let end = 0;
      let line = 0;
      for (; line < document.lineCount; line += 1) {
        end += document.lineAt(line).text.length + (this.eol === EndOfLine.CRLF ? 2 : 1);
        if (end > offset) break;
      }
      return offset + line * growth;
    };
    this.offsets = new TrackedRange(moveOffset(this.offsets.start), moveOffset(this.offsets.end), this.options);
    this.eol = document.eol;
    this.changed.fire({ kind: 'edited' });
  }

  private consumeOwnEdit(event: TextDocumentChangeEvent): boolean {
    const [change, ...rest] = event.contentChanges;
    const { ownEdit } = this;
    if (ownEdit === undefined || change === undefined || rest.length > 0 || event.reason !== undefined) return false;
    // Who types at the very place while our edit is on the way comes first, and our edit is refused.
    const isSame = ownEdit.text === undefined || ownEdit.text === toLineFeeds(change.text);
    if (change.rangeOffset !== ownEdit.offset || !isSame) return false;
    this.ownEdit = undefined;
    this.offsets.resize(this.offsets.end - this.offsets.start - change.rangeLength + change.text.length);
    this.textWithoutSpace += withoutSpace(change.text);
    return true;
  }

  private detach(reason: DetachReason): void {
    if (this.detachedBy !== undefined) return;
    this.detachedBy = reason;
    this.detachedVersion = this.document.version;
    this.changed.fire({ kind: 'lost', reason });
  }
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '');
}

/**
 * Does what takes a moment, and says where the ranges are afterwards.
 * @throws QuilletError where one of them is gone meanwhile.
 */
export async function trackWhile<T>(
  document: TextDocument,
  ranges: readonly Range[],
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly ranges: Range[] }> {
  const tracked = ranges.map((range) => new DocumentRange(document, range));
  try {
    const value = await work();
    const detachReason = tracked.find((target) => target.detachReason !== undefined)?.detachReason;
    if (detachReason !== undefined) throw new QuilletError(detachReason, { subject: 'unsent' });
    return { value, ranges: tracked.map(({ range }) => range) };
  } finally {
    for (const target of tracked) target.dispose();
  }
}
