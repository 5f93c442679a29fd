import {
  commands,
  type Disposable,
  EventEmitter,
  type FileChangeEvent,
  FileChangeType,
  type FileStat,
  FileSystemError,
  type FileSystemProvider,
  FileType,
  languages,
  TabInputText,
  type TextDocument,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import { DisposableStore } from '../platform/disposableStore';
import { readEditorSetting } from '../settings/configuration';

/** Also used in `when` clauses of package.json. */
const SCHEME = 'quillet-request';

interface PreviewFile {
  readonly bytes: Uint8Array;
  readonly modifiedAt: number;
  readonly onClosed: () => void;
}

/** Editable documents with requests. In memory only, because they contain text of the user. */
export class PreviewDocuments implements Disposable, FileSystemProvider {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new EventEmitter<FileChangeEvent[]>());
  readonly onDidChangeFile = this.changed.event;
  private readonly files = new Map<string, PreviewFile>();
  private lastId = 0;

  /** @param onClosed called once, when the document is closed by the user or by {@link close}. */
  create(name: string, text: string, onClosed: () => void): Uri {
    if (this.lastId === 0) this.register();
    this.lastId += 1;
    const uri = Uri.from({ scheme: SCHEME, path: `/${this.lastId}/${name}.jsonc` });
    this.files.set(uri.toString(), { bytes: new TextEncoder().encode(text), modifiedAt: Date.now(), onClosed });
    return uri;
  }

  async show(uri: Uri): Promise<void> {
    const document = await workspace.openTextDocument(uri);
    if (document.languageId !== 'jsonc') await languages.setTextDocumentLanguage(document, 'jsonc');
    await window.showTextDocument(document, { preview: false, viewColumn: ViewColumn.Active });
    // Messages are single lines in JSON. VS Code keeps this state per document, and each preview is a new one.
    if (readEditorSetting(document, 'editor.wordWrap') === 'off')
      await commands.executeCommand('editor.action.toggleWordWrap');
  }

  get activeDocument(): TextDocument | undefined {
    const document = window.activeTextEditor?.document;
    return document?.uri.scheme === SCHEME ? document : undefined;
  }

  async close(document: TextDocument): Promise<void> {
    if (document.isDirty) await document.save();
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
    const open = tabs.filter(
      ({ input }) => input instanceof TabInputText && input.uri.toString() === document.uri.toString(),
    );
    if (open.length > 0) await window.tabGroups.close(open);
    this.removeFile(document.uri);
  }

  watch(): Disposable {
    return { dispose: () => undefined };
  }

  stat(uri: Uri): FileStat {
    const { bytes, modifiedAt } = this.getFile(uri);
    return { type: FileType.File, ctime: modifiedAt, mtime: modifiedAt, size: bytes.byteLength };
  }

  readFile(uri: Uri): Uint8Array {
    return this.getFile(uri).bytes;
  }

  writeFile(uri: Uri, bytes: Uint8Array): void {
    this.files.set(uri.toString(), { ...this.getFile(uri), bytes, modifiedAt: Date.now() });
    this.changed.fire([{ type: FileChangeType.Changed, uri }]);
  }

  readDirectory(): [string, FileType][] {
    return [];
  }

  createDirectory(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.store.dispose();
    this.files.clear();
  }

  private register(): void {
    this.store.add(workspace.registerFileSystemProvider(SCHEME, this, { isCaseSensitive: true }));
    // VS Code may close the document long after its tab.
    this.store.add(
      window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) if (input instanceof TabInputText) this.removeFile(input.uri);
      }),
    );
  }

  private getFile(uri: Uri): PreviewFile {
    const file = this.files.get(uri.toString());
    if (file === undefined) throw FileSystemError.FileNotFound(uri);
    return file;
  }

  private removeFile(uri: Uri): void {
    const file = this.files.get(uri.toString());
    this.files.delete(uri.toString());
    file?.onClosed();
  }
}
