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

/** How long the new document of a renamed file is waited for. It comes with the rename, so this is for a busy machine. */
const MAX_WAIT_MS = 3000;

/**
 * A document that is followed through a rename and through Save As. For VS Code both are the end of one document and the
 * beginning of another; the old one is closed before anything says that there is a new one.
 */
export class DocumentTracker implements Disposable {
  private readonly store = new DisposableStore();
  private readonly closed = this.store.add(new EventEmitter<void>());
  private readonly moved = this.store.add(new EventEmitter<void>());
  /** Fires when the document was closed and has no successor. */
  readonly onDidClose = this.closed.event;
  /** Fires when the text goes on in another document. */
  readonly onDidMove = this.moved.event;
  private current: TextDocument;
  private hasMoved = false;
  private search: Promise<void> | undefined;
  /** Where the file is about to go, while a rename is under way. */
  private renameTarget: Uri | undefined;
  /** Over when the rename is done, or never came about. An edit that is made meanwhile may be left behind. */
  private pendingRename: { readonly done: Promise<void>; readonly settle: () => void } | undefined;
  private savedCopy: TextDocument | undefined;
  /** What was open when this began. A file that was moved is opened later, so it is none of these, whatever they hold. */
  private readonly initialDocuments = new WeakSet<TextDocument>(workspace.textDocuments);

  constructor(document: TextDocument) {
    this.current = document;
    this.store.add(workspace.onWillRenameFiles((event) => this.expectRename(event)));
    // Of a file that is not open in its new place there is nothing more to wait for.
    this.store.add(workspace.onDidRenameFiles(() => this.search ?? this.pendingRename?.settle()));
    this.store.add(workspace.onDidSaveTextDocument((saved) => this.expectSaveAs(saved)));
    this.store.add(workspace.onDidChangeTextDocument((event) => this.detectSaveAs(event)));
    this.store.add(
      workspace.onDidCloseTextDocument((closed) => {
        // The same event, for a document that stays open, says that its language was changed.
        if (closed === this.current && closed.isClosed) this.search ??= this.followSuccessor();
      }),
    );
  }

  get document(): TextDocument {
    return this.current;
  }

  get wasRenamed(): boolean {
    return this.hasMoved;
  }

  /** Resolves when no rename is under way, and it is known whether a document that was just closed goes on as another. */
  async whenIdle(): Promise<void> {
    await this.pendingRename?.done;
    // The event of a document that is closed already may still be on its way to this listener.
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
    // Other extensions move files without an event. Who closes a file and opens a copy of it leaves the first where it was.
    if (old.isUntitled || text === '' || !(await isFileDeleted(old))) return undefined;
    const isNew = (candidate: TextDocument) =>
      candidate.uri.scheme === old.uri.scheme && !this.initialDocuments.has(candidate);
    return waitForDocument((candidate) => isNew(candidate) && isSame(candidate));
  }

  private moveTo(document: TextDocument): void {
    this.current = document;
    this.savedCopy = undefined;
    this.hasMoved = true;
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
    let resolveDone = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      resolveDone = resolve;
    });
    const settle = (): void => {
      clearTimeout(timer);
      this.pendingRename = undefined;
      resolveDone();
    };
    const timer = setTimeout(settle, MAX_WAIT_MS);
    return { done, settle };
  }

  /** Save As of an untitled document fills and saves a file first, and then empties and closes the untitled one. */
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

/** Whether the file of a document that is no longer in a file system was deleted or moved away. */
export async function isFileDeleted({ uri, isUntitled }: TextDocument): Promise<boolean> {
  if (isUntitled || workspace.fs.isWritableFileSystem(uri.scheme) === undefined) return false;
  try {
    await workspace.fs.stat(uri);
    return false;
  } catch (failure) {
    return failure instanceof FileSystemError && failure.code === 'FileNotFound';
  }
}

/** The open document that fits, or the first one that is opened within a while. */
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
