import { type Disposable, type Range, type TextDocument, window, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import { DisposableStore } from '../platform/disposableStore';
import { toLineFeeds } from '../text/indentation';
import { appendToRange, replaceRange } from './documentEdits';
import { type DetachReason, DocumentRange } from './documentRange';
import { findVisibleEditor, isAboveViewport, isUserSelectionChange } from './editorView';

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
  private readonly target: DocumentRange;
  private readonly stopController = new AbortController();
  private pending = '';
  /** Whether anything but white space waits: looked at for every piece, so it must not read all that waits. */
  private hasPendingText = false;
  private written = '';
  private isHeld = false;
  private hasWritten = false;
  private isFinishing = false;
  private endPause = (): void => undefined;
  private pump: Promise<void> | undefined;
  private failure: QuilletError | undefined;

  constructor(document: TextDocument, range: Range) {
    this.target = this.store.add(new DocumentRange(document, range));
    this.store.add(this.target.onDidChange((event) => (event.kind === 'lost' ? this.handleDetach() : this.hold())));
    this.store.add(workspace.onWillSaveTextDocument((event) => event.document === this.document && this.hold()));
    this.store.add(
      window.onDidChangeTextEditorSelection((event) => {
        if (isUserSelectionChange(event) && event.textEditor.document === this.document) this.hold();
      }),
    );
  }

  /** The document as it is called now. */
  get document(): TextDocument {
    return this.target.document;
  }

  get wasRenamed(): boolean {
    return this.target.wasRenamed;
  }

  /**
   * Aborts when the user undid what was written: that says the answer is not wanted. Where it cannot be written for any
   * other reason it still is, so the run goes on and the rest is offered when it is complete.
   */
  get stopped(): AbortSignal {
    return this.stopController.signal;
  }

  /** Where the written text stands now. */
  get writtenRange(): Range {
    return this.target.range;
  }

  /** Keeps the text and lets the pump write it: this may be called for every character. */
  push(text: string): void {
    this.pending += text;
    this.hasPendingText ||= /\S/.test(text);
    // Started only with something to do: a pump that ends before it is assigned here would be waited for, for ever.
    if (this.pump === undefined && this.canWriteLive()) this.pump = this.run();
  }

  /** Writes what is left. Resolves to why that was not possible, and to the text that is not in the document. */
  async finish(): Promise<{ error?: QuilletError; unwritten: string }> {
    this.isFinishing = true;
    this.endPause();
    while (this.pump !== undefined) await this.pump;
    if (this.failure === undefined && this.pending !== '') await this.write(toLineFeeds(this.takePending(0)), true);
    if (this.failure === undefined) return { unwritten: '' };
    await this.target.whenIdle();
    // What was written into a document that is closed now may be gone with it.
    if (this.document.isClosed)
      return { error: new QuilletError('doc.closed'), unwritten: this.written + this.pending };
    const { detachReason = this.failure.kind } = this.target;
    return { error: new QuilletError(detachReason, this.failure.details), unwritten: this.pending };
  }

  /** Why nothing can be written behind the answer any more. */
  async getDetachReason(): Promise<DetachReason | undefined> {
    await this.target.whenIdle();
    return this.target.detachReason;
  }

  /**
   * Takes what was written out of the document, in an undo step of its own: the user may have gone on elsewhere.
   * @throws QuilletError where the user changed it meanwhile.
   */
  async revert(): Promise<void> {
    if ((await this.getDetachReason()) === 'doc.undo') return;
    const errorKind = await replaceRange(this.target, '');
    if (errorKind !== undefined) throw new QuilletError(errorKind);
  }

  dispose(): void {
    this.store.dispose();
  }

  private async run(): Promise<void> {
    try {
      while (this.canWriteLive()) {
        // The last character waits: whatever ends the answer closes the undo step with it. It also keeps a CR and the
        // LF that may follow it together. White space in front of it waits too: a save could trim it off.
        await this.write(toLineFeeds(this.takePending(1)), false);
        await this.pause();
      }
    } finally {
      this.pump = undefined;
    }
  }

  /** Ends at once when nothing more will come: the rest is written in one edit. */
  private pause(): Promise<void> {
    if (this.isFinishing) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private canWriteLive(): boolean {
    if (this.isFinishing) return false;
    if (this.isHeld || this.failure !== undefined || !this.hasPendingText || this.cutIndex(1) === 0) return false;
    // What the user reads further down must not jump with every line.
    if (isAboveViewport(this.document, this.target.range.end)) return false;
    if (findVisibleEditor(this.document) !== undefined) return true;
    // Edits of a hidden document are undo steps of their own, so they are saved up for one.
    this.hold();
    return false;
  }

  private takePending(minKept: number): string {
    const text = this.pending.slice(0, this.cutIndex(minKept));
    this.pending = this.pending.slice(text.length);
    this.hasPendingText = /\S/.test(this.pending);
    return text;
  }

  /** Where to cut so that at least so much is kept; both halves of a surrogate pair are written together. */
  private cutIndex(minKept: number): number {
    if (minKept === 0) return this.pending.length;
    const cut = this.pending.length - minKept;
    const isInsidePair = /[\udc00-\udfff]/.test(this.pending.charAt(cut));
    return this.pending.slice(0, isInsidePair ? cut - 1 : Math.max(0, cut)).trimEnd().length;
  }

  private async write(text: string, isLast: boolean): Promise<void> {
    const stops = { undoStopBefore: !this.hasWritten || this.isHeld, undoStopAfter: isLast };
    const errorKind = await appendToRange(this.target, text, stops);
    if (errorKind === undefined) {
      this.hasWritten = true;
      this.written += text;
      return;
    }
    this.pending = text + this.pending;
    this.fail(new QuilletError(errorKind, errorKind === 'doc.readonly' && this.hasWritten ? { subject: 'rest' } : {}));
  }

  private hold(): void {
    this.isHeld = true;
  }

  private handleDetach(): void {
    const { detachReason } = this.target;
    if (detachReason !== undefined) this.fail(new QuilletError(detachReason));
  }

  private fail(error: QuilletError): void {
    this.failure ??= error;
    if (error.kind === 'doc.undo') this.stopController.abort(error);
  }
}
