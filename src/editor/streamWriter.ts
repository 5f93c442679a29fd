import { type Disposable, type Range, type TextDocument, window, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import { DisposableStore } from '../platform/disposableStore';
import { toLineFeeds } from '../text/indentation';
import { appendToRange, replaceRange } from './documentEdits';
import { type DetachReason, DocumentRange } from './documentRange';
import { findVisibleEditor, isAboveViewport, isUserSelectionChange } from './editorView';

// At most 20 edits a second.
const PAUSE_MS = 50;
// The first piece rarely contains a whole word.
const FIRST_PAUSE_MS = 10;

/**
 * Streams text into a document at a tracked position.
 *
 * The text is one undo step only as long as nothing else happens: VS Code closes the step if the user types, moves the
 * caret or saves. From then on the remaining text is buffered and written as one last step.
 */
export class StreamWriter implements Disposable {
  private readonly store = new DisposableStore();
  private readonly target: DocumentRange;
  private readonly stopController = new AbortController();
  private pending = '';
  /** Updated incrementally, because checking all pending text for every chunk would be quadratic. */
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
    this.store.add(this.target.onDidChange((event) => (event.kind === 'detached' ? this.handleDetach() : this.hold())));
    this.store.add(workspace.onWillSaveTextDocument((event) => event.document === this.document && this.hold()));
    this.store.add(
      window.onDidChangeTextEditorSelection((event) => {
        if (isUserSelectionChange(event) && event.textEditor.document === this.document) this.hold();
      }),
    );
  }

  get document(): TextDocument {
    return this.target.document;
  }

  get wasRenamed(): boolean {
    return this.target.wasRenamed;
  }

  /** Aborts if the user undoes the answer. If it can't be written otherwise, the rest is offered at the end. */
  get stopped(): AbortSignal {
    return this.stopController.signal;
  }

  get writtenRange(): Range {
    return this.target.range;
  }

  push(text: string): void {
    this.pending += text;
    this.hasPendingText ||= /\S/.test(text);
    // A pump with nothing to do would end before this assignment, and finish would wait for it forever.
    if (this.pump === undefined && this.canWriteLive()) this.pump = this.run();
  }

  /** Resolves to the text that is not in the document, and the reason. */
  async finish(): Promise<{ error?: QuilletError; unwritten: string }> {
    this.isFinishing = true;
    this.endPause();
    while (this.pump !== undefined) await this.pump;
    if (this.failure === undefined && this.pending !== '') await this.write(toLineFeeds(this.takePending(0)), true);
    if (this.failure === undefined) return { unwritten: '' };
    await this.target.whenIdle();
    // Text written to a document that is now closed may be lost.
    if (this.document.isClosed)
      return { error: new QuilletError('doc.closed'), unwritten: this.written + this.pending };
    const { detachReason = this.failure.kind } = this.target;
    return { error: new QuilletError(detachReason, this.failure.details), unwritten: this.pending };
  }

  async getDetachReason(): Promise<DetachReason | undefined> {
    await this.target.whenIdle();
    return this.target.detachReason;
  }

  /** Removes the written text in a separate undo step, unless the user changed it. */
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
        // Hold back the last character so that the final edit, which closes the undo step, is never empty and a CR
        // stays with its LF. Hold back the whitespace before it too: trimming on save could remove it.
        const pauseMs = this.hasWritten ? PAUSE_MS : FIRST_PAUSE_MS;
        await this.write(toLineFeeds(this.takePending(1)), false);
        await this.pause(pauseMs);
      }
    } finally {
      this.pump = undefined;
    }
  }

  private pause(durationMs: number): Promise<void> {
    if (this.isFinishing) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private canWriteLive(): boolean {
    if (this.isFinishing) return false;
    if (this.isHeld || this.failure !== undefined || !this.hasPendingText || this.cutIndex(1) === 0) return false;
    // Writing above the viewport would make the visible lines jump.
    if (isAboveViewport(this.document, this.target.range.end)) return false;
    if (findVisibleEditor(this.document) !== undefined) return true;
    // Each edit of a hidden document is a separate undo step, so buffer the text for a single edit.
    this.hold();
    return false;
  }

  private takePending(minKept: number): string {
    const text = this.pending.slice(0, this.cutIndex(minKept));
    this.pending = this.pending.slice(text.length);
    this.hasPendingText = /\S/.test(this.pending);
    return text;
  }

  // Never splits a surrogate pair.
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
