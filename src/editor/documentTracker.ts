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
const MOST_WAIT_MS = 3000;

/**
 * A document that is followed through a rename and through Save As. For VS Code both are the end of one document and the
 * beginning of another; the old one is closed before anything says that there is a new one.
 */
export class FollowedDocument implements Disposable {
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
  private destination: Uri | undefined;
  /** Over when the rename is done, or never came about. An edit that is made meanwhile may be left behind. */
  private renaming: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  private savedCopy: TextDocument | undefined;
  /** What was open when this began. A file that was moved is opened later, so it is none of these, whatever they hold. */
  private readonly others = new WeakSet<TextDocument>(workspace.textDocuments);

  constructor(document: TextDocument) {
    this.current = document;
    this.store.add(workspace.onWillRenameFiles((event) => this.expectRename(event)));
    // Of a file that is not open in its new place there is nothing more to wait for.
    this.store.add(workspace.onDidRenameFiles(() => this.search ?? this.renaming?.end()));
    this.store.add(workspace.onDidSaveTextDocument((saved) => this.expectSaveAs(saved)));
    this.store.add(workspace.onDidChangeTextDocument((event) => this.followSaveAs(event)));
    this.store.add(
      workspace.onDidCloseTextDocument((gone) => {
        // The same event, for a document that stays open, says that its language was changed.
        if (gone === this.current && gone.isClosed) this.search ??= this.findSuccessor();
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
  async settled(): Promise<void> {
    await this.renaming?.over;
    // The event of a document that is closed already may still be on its way to this listener.
    if (this.current.isClosed) this.search ??= this.findSuccessor();
    await this.search;
  }

  dispose(): void {
    this.renaming?.end();
    this.store.dispose();
  }

  private async findSuccessor(): Promise<void> {
    const old = this.current;
    const successor = await this.successorOf(old);
    this.destination = undefined;
    this.search = undefined;
    this.renaming?.end();
    if (this.current !== old) return;
    if (successor === undefined) this.closed.fire();
    else this.moveTo(successor);
  }

  private async successorOf(old: TextDocument): Promise<TextDocument | undefined> {
    const text = old.getText();
    const isSame = (other: TextDocument) => !other.isClosed && other.getText() === text;
    const { destination } = this;
    if (destination !== undefined) {
      const wanted = destination.toString();
      const found = await openedDocument((other) => other.uri.toString() === wanted);
      return found !== undefined && isSame(found) ? found : undefined;
    }
    // Other extensions move files without an event. Who closes a file and opens a copy of it leaves the first where it was.
    if (old.isUntitled || text === '' || !(await isDeleted(old))) return undefined;
    const isNew = (other: TextDocument) => other.uri.scheme === old.uri.scheme && !this.others.has(other);
    return openedDocument((other) => isNew(other) && isSame(other));
  }

  private moveTo(document: TextDocument): void {
    this.current = document;
    this.savedCopy = undefined;
    this.hasMoved = true;
    this.moved.fire();
  }

  private expectRename({ files }: Pick<FileRenameEvent, 'files'>): void {
    const here = this.current.uri;
    for (const { oldUri, newUri } of files) {
      const isInside = here.path.startsWith(`${oldUri.path}/`);
      if (here.scheme !== oldUri.scheme || !(isInside || here.path === oldUri.path)) continue;
      this.destination = newUri.with({ path: newUri.path + here.path.slice(oldUri.path.length) });
      this.renaming ??= this.waitForRename();
    }
  }

  private waitForRename(): { over: Promise<void>; end: () => void } {
    let settle = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const end = (): void => {
      clearTimeout(timer);
      this.renaming = undefined;
      settle();
    };
    const timer = setTimeout(end, MOST_WAIT_MS);
    return { over, end };
  }

  /** Save As of an untitled document fills and saves a file first, and then empties and closes the untitled one. */
  private expectSaveAs(saved: TextDocument): void {
    const { current } = this;
    if (!current.isUntitled || saved === current || current.isClosed || saved.isUntitled) return;
    const text = current.getText();
    if (text !== '' && saved.getText() === text) this.savedCopy = saved;
  }

  private followSaveAs({ document, contentChanges }: TextDocumentChangeEvent): void {
    const { savedCopy, current } = this;
    if (savedCopy === undefined || contentChanges.length === 0) return;
    const isEmptied = document === current && document.getText() === '';
    if (isEmptied && !savedCopy.isClosed) this.moveTo(savedCopy);
    else if (document === current || document === savedCopy) this.savedCopy = undefined;
  }
}

/** Whether the file of a document that is no longer in a file system was deleted or moved away. */
export async function isDeleted({ uri, isUntitled }: TextDocument): Promise<boolean> {
  if (isUntitled || workspace.fs.isWritableFileSystem(uri.scheme) === undefined) return false;
  try {
    await workspace.fs.stat(uri);
    return false;
  } catch (failure) {
    return failure instanceof FileSystemError && failure.code === 'FileNotFound';
  }
}

/** The open document that fits, or the first one that is opened within a while. */
function openedDocument(isIt: (document: TextDocument) => boolean): Promise<TextDocument | undefined> {
  const found = workspace.textDocuments.find(isIt);
  if (found !== undefined) return Promise.resolve(found);
  return new Promise((resolve) => {
    const finish = (document?: TextDocument): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve(document);
    };
    const timer = setTimeout(finish, MOST_WAIT_MS);
    const subscription = workspace.onDidOpenTextDocument((document) => {
      if (isIt(document)) finish(document);
    });
  });
}
