import { builtInPrompts } from 'quillet:built-in-prompts';
import { Disposable, EventEmitter, type FileSystemWatcher, Uri, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import type { PromptFolderSettings } from '../settings/configuration';
import { withoutUndefined } from '../util/withoutUndefined';
import {
  type LibraryPrompt,
  mergePrompts,
  type PromptEntry,
  type PromptLibrary,
  type PromptSource,
  promptIdFromFileName,
} from './common/promptLibrary';
import {
  createWatchPattern,
  type PromptSourceFolder,
  readFolder,
  readPromptById,
  resolvePromptFolders,
} from './promptFolders';
import { describeFirstError } from './promptProblemMessages';

const BUILT_IN_ENTRIES: readonly PromptEntry[] = builtInPrompts.map((prompt) => ({
  id: prompt.id,
  source: 'builtIn',
  prompt,
  problems: [],
}));

// Treats changes to many files, such as a checkout, as one. VS Code may report a new folder before the files in it.
const DEBOUNCE_MS = 1000;

/** Built-in, user and workspace prompts. Files are read on every request, so results are never stale. */
export class PromptRepository implements Disposable {
  private readonly changeEmitter = new EventEmitter<void>();
  readonly onDidChange = this.changeEmitter.event;
  private readonly subscriptions: Disposable[] = [];
  private watchers: FileSystemWatcher[] = [];
  private debounceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly userFolder: Uri,
    private readonly getFolderSettings: () => PromptFolderSettings,
  ) {}

  /** All prompts, sorted by name. `resource` selects the workspace folder that takes precedence. */
  async loadLibrary(resource?: Uri): Promise<PromptLibrary> {
    const found = await Promise.all(this.resolveFolders(resource).map(readFolder));
    const { prompts, broken } = mergePrompts([...BUILT_IN_ENTRIES, ...found.flat()]);
    // Sort only for lists: loading the collation takes a few milliseconds.
    const sorted = [...prompts].sort((left, right) => left.prompt.name.localeCompare(right.prompt.name));
    return { prompts: sorted, broken };
  }

  /** @throws QuilletError `prompt.unknown`, `prompt.untrusted`, or `prompt.bad` for a file with errors. */
  async get(id: string, resource?: Uri): Promise<LibraryPrompt> {
    const found = await Promise.all(this.resolveFolders(resource).map((folder) => readPromptById(folder, id)));
    const entries = [
      ...BUILT_IN_ENTRIES.filter((entry) => entry.id === id),
      ...found.filter((entry) => entry !== undefined),
    ];
    const { prompts, broken } = mergePrompts(entries);
    const [prompt] = prompts;
    if (prompt !== undefined) return prompt;
    const last = broken.at(-1);
    if (last !== undefined)
      throw new QuilletError('prompt.bad', {
        subject: describeFirstError(last),
        ...withoutUndefined({ file: last.file }),
      });
    throw new QuilletError(workspace.isTrusted ? 'prompt.unknown' : 'prompt.untrusted', { subject: id });
  }

  /** The source of a file in the library; undefined for any other file. */
  findSource(uri: Uri): PromptSource | undefined {
    const name = uri.path.split('/').at(-1) ?? '';
    if (promptIdFromFileName(name) === undefined) return undefined;
    const isFolder = (folder: PromptSourceFolder) => Uri.joinPath(folder.uri, name).toString() === uri.toString();
    return this.resolveFolders(uri).findLast(isFolder)?.source;
  }

  /** Workspace folders are ordered by precedence. */
  getSaveLocations(resource?: Uri): { readonly userFolder: Uri; readonly workspaceFolders: readonly Uri[] } {
    const workspaceSources = this.resolveFolders(resource).filter(({ source }) => source === 'workspace');
    return { userFolder: this.userFolder, workspaceFolders: workspaceSources.map(({ uri }) => uri).reverse() };
  }

  watch(): void {
    if (this.subscriptions.length > 0) return;
    const refresh = () => {
      this.watchFolders();
      this.notifySoon();
    };
    this.subscriptions.push(
      workspace.onDidGrantWorkspaceTrust(refresh),
      workspace.onDidChangeWorkspaceFolders(refresh),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('quillet.promptFolders')) refresh();
      }),
    );
    this.watchFolders();
  }

  dispose(): void {
    clearTimeout(this.debounceTimer);
    Disposable.from(this.changeEmitter, ...this.subscriptions, ...this.watchers).dispose();
  }

  private resolveFolders(resource: Uri | undefined): PromptSourceFolder[] {
    return resolvePromptFolders(this.userFolder, this.getFolderSettings(), resource);
  }

  private watchFolders(): void {
    Disposable.from(...this.watchers).dispose();
    this.watchers = this.resolveFolders(undefined).map((folder) => {
      const watcher = workspace.createFileSystemWatcher(createWatchPattern(folder));
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete])
        event(() => this.notifySoon());
      return watcher;
    });
  }

  private notifySoon(): void {
    clearTimeout(this.debounceTimer);
    this.debounceTimer = setTimeout(() => this.changeEmitter.fire(), DEBOUNCE_MS);
  }
}
