import {
  type Disposable,
  type Range,
  type TextDocument,
  TextEditorSelectionChangeKind,
  window,
  workspace,
} from 'vscode';
import { QuilletError } from '../core/errors';
import { toLineFeeds } from '../core/indentation';
import { appendToTarget, visibleEditor } from './documentEdits';
import { DisposableStore } from './lifecycle';
import { TrackedTarget } from './trackedTarget';

/** At most twenty edits a second: one in flight, and a pause after it (perf.md). */
const PAUSE_MS = 50;

/**
 * Streams text into a document behind a place that follows the user's edits.
 *
 * One undo step can only be promised while nobody else touches the document: VS Code closes the step when the user
 * types, moves the caret or saves (vscode-facts 3). From then on the rest is held back and written as one last step.
 */
export class StreamWriter implements Disposable {
  private readonly store = new DisposableStore();
  private readonly target: TrackedTarget;
  private readonly stopper = new AbortController();
  private pending = '';
  private written = '';
  private isHeld = false;
  private hasWritten = false;
  private pump: Promise<void> | undefined;
  private failure: QuilletError | undefined;

  constructor(document: TextDocument, at: Range) {
    this.target = this.store.add(new TrackedTarget(document, at));
    this.store.add(this.target.onDidHappen((event) => (event.kind === 'lost' ? this.lose() : this.hold())));
    this.store.add(workspace.onWillSaveTextDocument((event) => event.document === document && this.hold()));
    this.store.add(
      window.onDidChangeTextEditorSelection((event) => {
        const byUser =
          event.kind === TextEditorSelectionChangeKind.Keyboard || event.kind === TextEditorSelectionChangeKind.Mouse;
        if (byUser && event.textEditor.document === document) this.hold();
      }),
    );
  }

  /**
   * Aborts when the user undid what was written: that says the answer is not wanted. Where it cannot be written for any
   * other reason it still is, so the run goes on and the rest is offered when it is complete.
   */
  get stopped(): AbortSignal {
    return this.stopper.signal;
  }

  /** Where the written text stands now. */
  get writtenRange(): Range {
    return this.target.range;
  }

  /** Keeps the text and lets the pump write it: this may be called for every character. */
  push(text: string): void {
    this.pending += text;
    // Started only with something to do: a pump that ends before it is assigned here would be waited for, for ever.
    if (this.pump === undefined && this.canWriteLive()) this.pump = this.run();
  }

  /** Writes what is left. Resolves to why that was not possible, and to the text that is not in the document. */
  async finish(): Promise<{ error?: QuilletError; unwritten: string }> {
    while (this.pump !== undefined) await this.pump;
    if (this.failure === undefined && this.pending !== '') await this.write(toLineFeeds(this.take(0)), true);
    if (this.failure === undefined) return { unwritten: '' };
    // What was written into a document that is closed now may be gone with it.
    if (!this.target.document.isClosed) return { error: this.failure, unwritten: this.pending };
    return { error: new QuilletError('doc.closed'), unwritten: this.written + this.pending };
  }

  dispose(): void {
    this.store.dispose();
  }

  private async run(): Promise<void> {
    try {
      while (this.canWriteLive()) {
        // The last character waits: whatever ends the answer closes the undo step with it. It also keeps a CR and the
        // LF that may follow it together.
        await this.write(toLineFeeds(this.take(1)), false);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    } finally {
      this.pump = undefined;
    }
  }

  private canWriteLive(): boolean {
    if (this.isHeld || this.failure !== undefined || this.cut(1) <= 0) return false;
    if (visibleEditor(this.target.document) !== undefined) return true;
    // Edits of a hidden document are undo steps of their own, so they are saved up for one.
    this.hold();
    return false;
  }

  private take(kept: number): string {
    const text = this.pending.slice(0, this.cut(kept));
    this.pending = this.pending.slice(text.length);
    return text;
  }

  /** Where to cut so that at least so much is kept; both halves of a surrogate pair are written together. */
  private cut(kept: number): number {
    const cut = this.pending.length - kept;
    const isInsidePair = kept > 0 && /[\udc00-\udfff]/.test(this.pending.charAt(cut));
    return isInsidePair ? cut - 1 : cut;
  }

  private async write(text: string, isLast: boolean): Promise<void> {
    const stops = { undoStopBefore: !this.hasWritten || this.isHeld, undoStopAfter: isLast };
    const kind = await appendToTarget(this.target, text, stops);
    if (kind === undefined) {
      this.hasWritten = true;
      this.written += text;
      return;
    }
    this.pending = text + this.pending;
    this.fail(new QuilletError(kind));
  }

  private hold(): void {
    this.isHeld = true;
  }

  private lose(): void {
    const { lost } = this.target;
    if (lost !== undefined) this.fail(new QuilletError(lost));
  }

  private fail(error: QuilletError): void {
    this.failure ??= error;
    if (error.kind === 'doc.undo') this.stopper.abort(error);
  }
}
