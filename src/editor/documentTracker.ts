import {
  type Disposable,
  EventEmitter,
  type FileRenameEvent,
  FileSystemError,
  type TextDocument,
  type TextDocumentChangeEvent,
  type Uri,
  workspace,
} from 'vscode';
import { DisposableStore } from '../platform/disposableStore';

// The renamed document is opened right after the rename, so this only matters on a busy machine.
const MAX_WAIT_MS = 3000;

/** Follows a document through renames and Save As: VS Code closes the old one and opens a new one, without a link. */
export class DocumentTracker implements Disposable {
  private readonly store = new DisposableStore();
  private readonly closed = this.store.add(new EventEmitter<void>());
  private readonly moved = this.store.add(new EventEmitter<void>());
  readonly onDidClose = this.closed.event;
  readonly onDidMove = this.moved.event;
  private current: TextDocument;
  wasRenamed = false;
  private search: Promise<void> | undefined;
  private renameTarget: Uri | undefined;
  // Edits made while a rename is in progress may be lost with the old document.
  private pendingRename: { readonly done: Promise<void>; readonly settle: () => void } | undefined;
  private savedCopy: TextDocument | undefined;
  // The target of a move is opened later, so these documents can't be it, even if their content is the same.
  private readonly initialDocuments = new WeakSet<TextDocument>(workspace.textDocuments);

  constructor(document: TextDocument) {
    this.current = document;
    this.store.add(workspace.onWillRenameFiles((event) => this.expectRename(event)));
    // If no document is being opened, there is nothing to wait for.
    this.store.add(workspace.onDidRenameFiles(() => this.search ?? this.pendingRename?.settle()));
    this.store.add(workspace.onDidSaveTextDocument((saved) => this.expectSaveAs(saved)));
    this.store.add(workspace.onDidChangeTextDocument((event) => this.detectSaveAs(event)));
    this.store.add(
      workspace.onDidCloseTextDocument((closed) => {
        // VS Code fires this event for open documents too, when their language changes.
        if (closed === this.current && closed.isClosed) this.search ??= this.followSuccessor();
      }),
    );
  }

  get document(): TextDocument {
    return this.current;
  }

  /** Waits for pending renames and until the successor of a closed document is known. */
  async whenIdle(): Promise<void> {
    await this.pendingRename?.done;
    // The document may be closed before this listener receives the event.
    if (this.current.isClosed) this.search ??= this.followSuccessor();
    await this.search;
  }

  dispose(): void {
    this.pendingRename?.settle();
    this.store.dispose();
  }

  private async followSuccessor(): Promise<void> {
    const closed = this.current;
    const successor = await this.findSuccessor(closed);
    this.renameTarget = undefined;
    this.search = undefined;
    this.pendingRename?.settle();
    if (this.current !== closed) return;
    if (successor === undefined) this.closed.fire();
    else this.moveTo(successor);
  }

  private async findSuccessor(old: TextDocument): Promise<TextDocument | undefined> {
    const text = old.getText();
    const isSame = (candidate: TextDocument) => !candidate.isClosed && candidate.getText() === text;
    const { renameTarget } = this;
    if (renameTarget !== undefined) {
      const targetUri = renameTarget.toString();
      const found = await waitForDocument((candidate) => candidate.uri.toString() === targetUri);
      return found !== undefined && isSame(found) ? found : undefined;
    }
    // Other extensions may move files without rename events. A file that still exists was only copied.
    if (old.isUntitled || text === '' || !(await isFileDeleted(old))) return undefined;
    const isNew = (candidate: TextDocument) =>
      candidate.uri.scheme === old.uri.scheme && !this.initialDocuments.has(candidate);
    return waitForDocument((candidate) => isNew(candidate) && isSame(candidate));
  }

  private moveTo(document: TextDocument): void {
    this.current = document;
    this.savedCopy = undefined;
    this.wasRenamed = true;
    this.moved.fire();
  }

  private expectRename({ files }: Pick<FileRenameEvent, 'files'>): void {
    const current = this.current.uri;
    for (const { oldUri, newUri } of files) {
      const isInside = current.path.startsWith(`${oldUri.path}/`);
      if (current.scheme !== oldUri.scheme || !(isInside || current.path === oldUri.path)) continue;
      this.renameTarget = newUri.with({ path: newUri.path + current.path.slice(oldUri.path.length) });
      this.pendingRename ??= this.waitForRename();
    }
  }

  private waitForRename(): { done: Promise<void>; settle: () => void } {
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const settle = (): void => {
      clearTimeout(timer);
      this.pendingRename = undefined;
      resolve();
    };
    const timer = setTimeout(settle, MAX_WAIT_MS);
    return { done, settle };
  }

  // Save As writes and saves the new file first, then empties and closes the untitled document.
  private expectSaveAs(saved: TextDocument): void {
    const { current } = this;
    if (!current.isUntitled || saved === current || current.isClosed || saved.isUntitled) return;
    const text = current.getText();
    if (text !== '' && saved.getText() === text) this.savedCopy = saved;
  }

  private detectSaveAs({ document, contentChanges }: TextDocumentChangeEvent): void {
    const { savedCopy, current } = this;
    if (savedCopy === undefined || contentChanges.length === 0) return;
    const isEmptied = document === current && document.getText() === '';
    if (isEmptied && !savedCopy.isClosed) this.moveTo(savedCopy);
    else if (document === current || document === savedCopy) this.savedCopy = undefined;
  }
}

/** False for untitled documents and for file systems that can't be checked. */
export async function isFileDeleted({ uri, isUntitled }: TextDocument): Promise<boolean> {
  if (isUntitled || workspace.fs.isWritableFileSystem(uri.scheme) === undefined) return false;
  try {
    await workspace.fs.stat(uri);
    return false;
  } catch (failure) {
    return failure instanceof FileSystemError && failure.code === 'FileNotFound';
  }
}

function waitForDocument(matches: (document: TextDocument) => boolean): Promise<TextDocument | undefined> {
  const found = workspace.textDocuments.find(matches);
  if (found !== undefined) return Promise.resolve(found);
  return new Promise((resolve) => {
    const finish = (document?: TextDocument): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve(document);
    };
    const timer = setTimeout(finish, MAX_WAIT_MS);
    const subscription = workspace.onDidOpenTextDocument((document) => {
      if (matches(document)) finish(document);
    });
  });
}
