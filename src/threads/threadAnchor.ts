import { Disposable, EventEmitter, Range, type TextDocument, Uri, workspace } from 'vscode';
import { DocumentRange } from '../editor/documentRange';
import { DisposableStore } from '../platform/disposableStore';
import { uniqueIndexOf } from '../text/uniqueIndexOf';

/**
 * Tracks the code that a thread is about, even while its document is closed or after its file was renamed. When the
 * document is opened again, the code is searched for, first at its last position.
 */
export class ThreadAnchor implements Disposable {
  private readonly store = new DisposableStore();
  private readonly moved = this.store.add(new EventEmitter<{ isReanchored: boolean }>());
  private readonly renamed = this.store.add(new EventEmitter<void>());
  /** `isReanchored` if the anchor was placed by searching for its text, in which case VS Code has not moved the thread. */
  readonly onDidMove = this.moved.event;
  readonly onDidRename = this.renamed.event;
  private documentRange: DocumentRange;
  private subscription: Disposable;
  private readonly originalText: string;
  private currentText: string;
  private lastRange: Range;
  private isMissing = false;
  private currentUri: Uri;

  constructor(document: TextDocument, range: Range) {
    this.originalText = document.getText(range);
    this.currentText = this.originalText;
    this.lastRange = range;
    this.currentUri = document.uri;
    this.documentRange = new DocumentRange(document, range);
    this.subscription = this.listen();
    this.store.add(workspace.onDidOpenTextDocument((opened) => this.onOpen(opened)));
    this.store.add(
      workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) this.onRename(oldUri, newUri);
      }),
    );
  }

  get uri(): Uri {
    return this.currentUri;
  }

  get document(): TextDocument {
    return this.documentRange.document;
  }

  get range(): Range {
    return this.document.isClosed ? this.lastRange : this.documentRange.range;
  }

  get isLocated(): boolean {
    return !this.isMissing;
  }

  dispose(): void {
    this.subscription.dispose();
    this.documentRange.dispose();
    this.store.dispose();
  }

  private onChange(changed: TextDocument): void {
    if (changed !== this.document) return;
    this.captureState();
    // The code was cut (and possibly pasted elsewhere), or the file was reloaded from disk.
    const isGone = this.currentText.trim() === '' && this.originalText.trim() !== '';
    const found = isGone ? this.findText(changed, [this.originalText]) : undefined;
    if (found !== undefined) this.track(changed, found);
    this.moved.fire({ isReanchored: found !== undefined });
  }

  private captureState(): void {
    if (this.document.isClosed) return;
    this.lastRange = this.documentRange.range;
    this.currentText = this.document.getText(this.lastRange);
  }

  private onOpen(opened: TextDocument): void {
    if (opened === this.document || opened.uri.toString() !== this.currentUri.toString()) return;
    const texts = [this.currentText, this.originalText];
    const isInPlace = texts.some((text) => text !== '' && opened.getText(this.lastRange) === text);
    const range = isInPlace ? this.lastRange : this.findText(opened, texts);
    this.isMissing = range === undefined;
    this.track(opened, range ?? opened.validateRange(this.lastRange));
    this.moved.fire({ isReanchored: true });
  }

  private onRename(from: Uri, to: Uri): void {
    const rest = relativePath(from, this.currentUri);
    if (rest === undefined) return;
    this.currentUri = rest === '' ? to : Uri.joinPath(to, rest);
    const opened = workspace.textDocuments.find(({ uri }) => uri.toString() === this.currentUri.toString());
    if (opened !== undefined) this.onOpen(opened);
    this.renamed.fire();
  }

  private findText(document: TextDocument, texts: readonly string[]): Range | undefined {
    const whole = document.getText();
    for (const text of texts) {
      const offset = text.trim() === '' ? undefined : uniqueIndexOf(whole, text);
      if (offset !== undefined)
        return new Range(document.positionAt(offset), document.positionAt(offset + text.length));
    }
    return undefined;
  }

  private track(document: TextDocument, range: Range): void {
    this.subscription.dispose();
    this.documentRange.dispose();
    this.documentRange = new DocumentRange(document, range);
    this.subscription = this.listen();
    this.captureState();
  }

  /** Subscribed after the document range, which has therefore already handled the change. */
  private listen(): Disposable {
    const changes = workspace.onDidChangeTextDocument(({ document: changed, contentChanges }) => {
      if (contentChanges.length > 0) this.onChange(changed);
    });
    const moves = this.documentRange.onDidChange(({ kind }) => {
      if (kind === 'edited') this.syncUri();
    });
    return Disposable.from(changes, moves);
  }

  /** Save As and some extensions rename a file without a rename event. */
  private syncUri(): void {
    const { uri } = this.document;
    if (uri.toString() === this.currentUri.toString()) return;
    this.currentUri = uri;
    this.captureState();
    this.renamed.fire();
  }
}

function relativePath(from: Uri, uri: Uri): string | undefined {
  if (from.scheme !== uri.scheme || from.authority !== uri.authority) return undefined;
  if (uri.path === from.path) return '';
  return uri.path.startsWith(`${from.path}/`) ? uri.path.slice(from.path.length + 1) : undefined;
}
