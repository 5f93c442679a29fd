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

export type DetachReason = Extract<ErrorKind, 'doc.closed' | 'doc.conflict' | 'doc.changed' | 'doc.undo'>;

export type DocumentRangeEvent =
  | { readonly kind: 'edited' }
  | { readonly kind: 'detached'; readonly reason: DetachReason };

// A whitespace-only edit that is followed by a save within this time is attributed to a formatter.
const FORMAT_ON_SAVE_MS = 3000;
// With auto save every edit is followed by a save, so only an immediate save indicates a formatter.
const FORMAT_ON_AUTO_SAVE_MS = 200;

/** A range that follows edits and renames of its document, and recognizes Quillet's own edits. */
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
  /** Used to recognize edits by formatters, which change whitespace only. */
  private textWithoutSpace: string;
  private pendingFormat:
    | { readonly start: number; readonly done: Promise<void>; readonly settle: (isConfirmed: boolean) => void }
    | undefined;

  /** Edits across its borders detach the range even with `allowsInnerEdits`. */
  constructor(
    document: TextDocument,
    range: Range,
    private readonly options: { readonly isSticky?: boolean; readonly allowsInnerEdits?: boolean } = {},
  ) {
    this.offsets = new TrackedRange(document.offsetAt(range.start), document.offsetAt(range.end), options);
    this.eol = document.eol;
    this.textWithoutSpace = withoutSpace(document.getText(range));
    // Subscribe before handling changes: Save As empties the untitled document, which must not count as an edit.
    this.tracker = this.store.add(new DocumentTracker(document));
    this.store.add(this.tracker.onDidClose(() => this.detach('doc.closed')));
    this.store.add(this.tracker.onDidMove(() => this.changed.fire({ kind: 'edited' })));
    this.store.add(workspace.onDidChangeTextDocument((event) => this.handleChange(event)));
    // Formatters edit before the save, but before or after onWillSave depending on the host.
    this.store.add(workspace.onWillSaveTextDocument((event) => this.handleWillSave(event)));
    this.store.add(
      workspace.onDidSaveTextDocument((saved) => saved === this.document && this.pendingFormat?.settle(true)),
    );
  }

  get document(): TextDocument {
    return this.tracker.document;
  }

  get wasRenamed(): boolean {
    return this.tracker.wasRenamed;
  }

  /** Undefined while the range can be written to. Final after awaiting {@link whenIdle}. */
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

  /** Waits until pending renames and possible format-on-save edits are resolved. */
  async whenIdle(): Promise<void> {
    await this.tracker.whenIdle();
    await this.pendingFormat?.done;
  }

  expectOwnEdit(offset: number, text?: string): void {
    this.ownEdit = { offset, text: text === undefined ? undefined : toLineFeeds(text) };
  }

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
    // The event of the first edit arrives before the document becomes dirty; handleDirtyChange corrects the reason.
    const isOnDisk = !this.document.isDirty && !isCell(this.document);
    this.detach(isOnDisk ? 'doc.changed' : 'doc.conflict');
  }

  private differsOnlyInSpace(): boolean {
    return this.textWithoutSpace !== '' && withoutSpace(this.document.getText(this.range)) === this.textWithoutSpace;
  }

  private handleDirtyChange(): void {
    const { document } = this;
    if (this.detachedBy === 'doc.changed' && document.isDirty && document.version === this.detachedVersion) {
      this.detachedBy = 'doc.conflict';
    }
  }

  private waitForSave(): void {
    if (this.pendingFormat !== undefined) return;
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const settle = (isConfirmed: boolean): void => {
      clearTimeout(timer);
      this.pendingFormat = undefined;
      if (!isConfirmed) this.detachByEdit();
      resolve();
    };
    // A clean document was saved or reloaded from disk.
    const timer = setTimeout(() => settle(!this.document.isDirty), FORMAT_ON_SAVE_MS);
    this.pendingFormat = { start: performance.now(), done, settle };
  }

  private handleWillSave({ document, reason }: TextDocumentWillSaveEvent): void {
    if (document !== this.document || this.pendingFormat === undefined) return;
    const isSoon = performance.now() - this.pendingFormat.start <= FORMAT_ON_AUTO_SAVE_MS;
    this.pendingFormat.settle(reason !== TextDocumentSaveReason.AfterDelay || isSoon);
  }

  private isContained({ contentChanges }: TextDocumentChangeEvent): boolean {
    const { start, end } = this.offsets;
    return contentChanges.every(({ rangeOffset, rangeLength }) => {
      const changeEnd = rangeOffset + rangeLength;
      return changeEnd <= start || rangeOffset >= end || (rangeOffset >= start && changeEnd <= end);
    });
  }

  /** Changing the line endings is reported as one change of the whole text, but lines and columns stay the same. */
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
    // If the user types at this offset first, the editor rejects our edit.
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
    this.changed.fire({ kind: 'detached', reason });
  }
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Returns the new positions of ranges after an async operation, and throws if one of them was detached. */
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
