import * as vscode from 'vscode';

/** An in-memory file system that is remote for VS Code and can be made to fail. */
export class MemoryFiles implements vscode.FileSystemProvider {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  private readonly files = new Map<string, Uint8Array>();
  /** Thrown by every write if set. */
  writeFailure: Error | undefined;
  /** Thrown by every stat if set. */
  statFailure: Error | undefined;

  constructor(private readonly isCaseSensitive: boolean) {}

  register(scheme: string): vscode.Disposable {
    return vscode.workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: this.isCaseSensitive });
  }

  text(uri: vscode.Uri): string {
    return new TextDecoder().decode(this.files.get(this.key(uri)));
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    if (this.statFailure !== undefined) throw this.statFailure;
    if (uri.path === '/') return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    return { type: vscode.FileType.File, ctime: 0, mtime: 1, size: this.readFile(uri).length };
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const bytes = this.files.get(this.key(uri));
    if (bytes === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return bytes;
  }

  writeFile(uri: vscode.Uri, content: Uint8Array): void {
    if (this.writeFailure !== undefined) throw this.writeFailure;
    this.files.set(this.key(uri), content);
  }

  delete(uri: vscode.Uri): void {
    this.files.delete(this.key(uri));
  }

  rename(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  private key(uri: vscode.Uri): string {
    return this.isCaseSensitive ? uri.path : uri.path.toLowerCase();
  }
}
