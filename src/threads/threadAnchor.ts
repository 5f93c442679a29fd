import { Disposable, EventEmitter, Range, type TextDocument, Uri, workspace } from 'vscode';
import { TrackedTarget } from '../editor/documentRange';
import { DisposableStore } from '../platform/disposableStore';
import { uniqueIndexOf } from '../text/uniqueIndexOf';

/**
 * Where the code of a thread stands. It outlives the document: one that is closed and opened again is another document to
 * VS Code, and so is a file under a new name. The code is then looked for, first where it stood.
 */
export class ThreadPlace implements Disposable {
  private readonly store = new DisposableStore();
  private readonly moved = this.store.add(new EventEmitter<{ isFoundAgain: boolean }>());
  private readonly renamed = this.store.add(new EventEmitter<void>());
  /** `isFoundAgain` where the code was looked for: VS Code cannot have followed it there. */
  readonly onDidMove = this.moved.event;
  /** The file has another name. */
  readonly onDidRename = this.renamed.event;
  private target: TrackedTarget;
  private listening: Disposable;
  /** What was asked about, as it read then. */
  private readonly asked: string;
  /** The same as it reads now, after the user's edits. */
  private present: string;
  private last: Range;
  private isMissing = false;
  private currentUri: Uri;

  constructor(document: TextDocument, range: Range) {
    this.asked = document.getText(range);
    this.present = this.asked;
    this.last = range;
    this.currentUri = document.uri;
    this.target = new TrackedTarget(document, range);
    this.listening = this.listen();
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
    return this.target.document;
  }

  get range(): Range {
    return this.document.isClosed ? this.last : this.target.range;
  }

  /** Whether the code is known to be there: it may be gone from a file that was opened again. */
  get isKnown(): boolean {
    return !this.isMissing;
  }

  dispose(): void {
    this.listening.dispose();
    this.target.dispose();
    this.store.dispose();
  }

  private onChange(changed: TextDocument): void {
    if (changed !== this.document) return;
    this.remember();
    // Cut out here and, it may be, pasted there; or the file was read anew from the disk.
    const isGone = this.present.trim() === '' && this.asked.trim() !== '';
    const found = isGone ? this.find(changed, [this.asked]) : undefined;
    if (found !== undefined) this.bind(changed, found);
    this.moved.fire({ isFoundAgain: found !== undefined });
  }

  private remember(): void {
    if (this.document.isClosed) return;
    this.last = this.target.range;
    this.present = this.document.getText(this.last);
  }

  private onOpen(opened: TextDocument): void {
    if (opened === this.document || opened.uri.toString() !== this.currentUri.toString()) return;
    const texts = [this.present, this.asked];
    const isInPlace = texts.some((text) => text !== '' && opened.getText(this.last) === text);
    const range = isInPlace ? this.last : this.find(opened, texts);
    this.isMissing = range === undefined;
    this.bind(opened, range ?? opened.validateRange(this.last));
    this.moved.fire({ isFoundAgain: true });
  }

  private onRename(from: Uri, to: Uri): void {
    const rest = pathBelow(from, this.currentUri);
    if (rest === undefined) return;
    this.currentUri = rest === '' ? to : Uri.joinPath(to, rest);
    const opened = workspace.textDocuments.find(({ uri }) => uri.toString() === this.currentUri.toString());
    if (opened !== undefined) this.onOpen(opened);
    this.renamed.fire();
  }

  private find(document: TextDocument, texts: readonly string[]): Range | undefined {
    const whole = document.getText();
    for (const text of texts) {
      const offset = text.trim() === '' ? undefined : uniqueIndexOf(whole, text);
      if (offset !== undefined)
        return new Range(document.positionAt(offset), document.positionAt(offset + text.length));
    }
    return undefined;
  }

  private bind(document: TextDocument, range: Range): void {
    this.listening.dispose();
    this.target.dispose();
    this.target = new TrackedTarget(document, range);
    this.listening = this.listen();
    this.remember();
  }

  /** Behind the target, so that a change has moved it already. */
  private listen(): Disposable {
    const changes = workspace.onDidChangeTextDocument(({ document: changed, contentChanges }) => {
      if (contentChanges.length > 0) this.onChange(changed);
    });
    const moves = this.target.onDidHappen(({ kind }) => {
      if (kind === 'edited') this.onTargetMoved();
    });
    return Disposable.from(changes, moves);
  }

  /** Save As, and other extensions, give a file another name without an event. */
  private onTargetMoved(): void {
    const { uri } = this.document;
    if (uri.toString() === this.currentUri.toString()) return;
    this.currentUri = uri;
    this.remember();
    this.renamed.fire();
  }
}

/** What follows a folder's or a file's own path in another; undefined where it is not below it. */
function pathBelow(from: Uri, uri: Uri): string | undefined {
  if (from.scheme !== uri.scheme || from.authority !== uri.authority) return undefined;
  if (uri.path === from.path) return '';
  return uri.path.startsWith(`${from.path}/`) ? uri.path.slice(from.path.length + 1) : undefined;
}
