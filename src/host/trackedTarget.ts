import {
  type Disposable,
  EndOfLine,
  EventEmitter,
  Range,
  type TextDocument,
  type TextDocumentChangeEvent,
  TextDocumentChangeReason,
  workspace,
} from 'vscode';
import type { ErrorKind } from '../core/errors';
import { TrackedRange } from '../core/trackedRange';
import { DisposableStore } from './lifecycle';

/** What somebody else did to the document: moved the target, changed other text, or made it impossible to go on. */
export type TargetEvent =
  | { readonly kind: 'edited' }
  | { readonly kind: 'lost'; readonly reason: Extract<ErrorKind, 'doc.closed' | 'doc.conflict' | 'doc.undo'> };

/**
 * A range of a document that follows the user's edits. VS Code has no tracked range, so offsets are moved with every
 * change event (vscode-facts 3). Our own edits are announced with {@link expectOwnEdit} and told apart by their place.
 */
export class TrackedTarget implements Disposable {
  private readonly store = new DisposableStore();
  private readonly happened = this.store.add(new EventEmitter<TargetEvent>());
  readonly onDidHappen = this.happened.event;
  private tracked: TrackedRange;
  private eol: EndOfLine;
  private ownOffset: number | undefined;
  private lostReason: Extract<TargetEvent, { kind: 'lost' }>['reason'] | undefined;

  constructor(
    readonly document: TextDocument,
    range: Range,
  ) {
    this.tracked = new TrackedRange(document.offsetAt(range.start), document.offsetAt(range.end));
    this.eol = document.eol;
    this.store.add(workspace.onDidChangeTextDocument((event) => this.onChange(event)));
    this.store.add(
      workspace.onDidCloseTextDocument((closed) => {
        // The same event, for a document that stays open, says that its language was changed.
        if (closed === document && document.isClosed) this.lose('doc.closed');
      }),
    );
  }

  /** Why the target is gone, or undefined while it can be written to. */
  get lost(): ErrorKind | undefined {
    return this.document.isClosed ? 'doc.closed' : this.lostReason;
  }

  get range(): Range {
    return new Range(this.document.positionAt(this.tracked.start), this.document.positionAt(this.tracked.end));
  }

  get endOffset(): number {
    return this.tracked.end;
  }

  /** The next change that starts at this offset is ours: what it inserts becomes part of the range. */
  expectOwnEdit(offset: number): void {
    this.ownOffset = offset;
  }

  /** Ends the expectation; true when the announced edit really changed the document. */
  ownEditArrived(): boolean {
    const arrived = this.ownOffset === undefined;
    this.ownOffset = undefined;
    return arrived;
  }

  dispose(): void {
    this.store.dispose();
  }

  private onChange(event: TextDocumentChangeEvent): void {
    if (event.document !== this.document || event.contentChanges.length === 0) return;
    if (this.document.eol !== this.eol) return this.followLineEnds();
    if (this.takeOwn(event)) return;
    const effect = this.tracked.apply(event.contentChanges);
    if (effect === 'touched') {
      const isUndo = event.reason === TextDocumentChangeReason.Undo || event.reason === TextDocumentChangeReason.Redo;
      this.lose(isUndo ? 'doc.undo' : 'doc.conflict');
    } else {
      this.happened.fire({ kind: 'edited' });
    }
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
    this.tracked = new TrackedRange(moved(this.tracked.start), moved(this.tracked.end));
    this.eol = document.eol;
    this.happened.fire({ kind: 'edited' });
  }

  private takeOwn(event: TextDocumentChangeEvent): boolean {
    const [change, ...others] = event.contentChanges;
    const isOwn =
      others.length === 0 &&
      change !== undefined &&
      change.rangeOffset === this.ownOffset &&
      event.reason === undefined;
    if (!isOwn) return false;
    this.ownOffset = undefined;
    this.tracked.resize(this.tracked.end - this.tracked.start - change.rangeLength + change.text.length);
    return true;
  }

  private lose(reason: Extract<TargetEvent, { kind: 'lost' }>['reason']): void {
    if (this.lostReason !== undefined) return;
    this.lostReason = reason;
    this.happened.fire({ kind: 'lost', reason });
  }
}
