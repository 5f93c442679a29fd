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
  promptIdOf,
} from './common/promptLibrary';
import { type PromptSourceFolder, promptFolders, readFolder, readOne, watchedPattern } from './promptFolders';
import { describeBroken } from './promptProblemMessages';

const builtIn: readonly PromptEntry[] = builtInPrompts.map((prompt) => ({
  id: prompt.id,
  source: 'builtIn',
  prompt,
  problems: [],
}));

/** A change of many files, such as a checkout, is one change. */
const QUIET_MS = 100;

/**
 * The prompts there are: ours, the user's and, where it is trusted, the workspace's. Files are read when they are asked
 * for, so that nobody ever gets an old one; watching them only serves what is shown all the time.
 */
export class PromptFiles implements Disposable {
  private readonly changed = new EventEmitter<void>();
  /** Fires when prompts may have come, gone or changed, once `watch` was called. */
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: Disposable[] = [];
  private watchers: FileSystemWatcher[] = [];
  private waiting: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param own the folder of the user's prompts, whether it is there or not.
   * @param settings the folders that the settings name, as they are now.
   */
  constructor(
    readonly own: Uri,
    private readonly settings: () => PromptFolderSettings,
  ) {}

  /** Every prompt, usable or not, in the order of their names. `near` says which folder of the workspace is the nearest. */
  async library(near?: Uri): Promise<PromptLibrary> {
    const found = await Promise.all(this.folders(near).map(readFolder));
    const { prompts, broken } = mergePrompts([...builtIn, ...found.flat()]);
    // Sorted only where they are listed: the collation of a language takes some milliseconds to load.
    const sorted = [...prompts].sort((left, right) => left.prompt.name.localeCompare(right.prompt.name));
    return { prompts: sorted, broken };
  }

  /** @throws QuilletError `prompt.unknown`, `prompt.untrusted`, or `prompt.bad` for a file that cannot be used. */
  async get(id: string, near?: Uri): Promise<LibraryPrompt> {
    const found = await Promise.all(this.folders(near).map((folder) => readOne(folder, id)));
    const entries = [...builtIn.filter((entry) => entry.id === id), ...found.filter((entry) => entry !== undefined)];
    const { prompts, broken } = mergePrompts(entries);
    const [prompt] = prompts;
    if (prompt !== undefined) return prompt;
    const last = broken.at(-1);
    if (last !== undefined)
      throw new QuilletError('prompt.bad', {
        subject: describeBroken(last),
        ...withoutUndefined({ file: last.file }),
      });
    throw new QuilletError(workspace.isTrusted ? 'prompt.unknown' : 'prompt.untrusted', { subject: id });
  }

  /** Whether a file is one that is read as a prompt, where it is there. */
  owns(uri: Uri): boolean {
    const name = uri.path.split('/').at(-1) ?? '';
    if (promptIdOf(name) === undefined) return false;
    return this.folders(uri).some((folder) => Uri.joinPath(folder.uri, name).toString() === uri.toString());
  }

  /** Where a new prompt can be kept: for the user, or in one of the workspace's folders, the strongest first. */
  places(near?: Uri): { readonly own: Uri; readonly workspaceFolders: readonly Uri[] } {
    const ofWorkspace = this.folders(near).filter(({ source }) => source === 'workspace');
    return { own: this.own, workspaceFolders: ofWorkspace.map(({ uri }) => uri).reverse() };
  }

  /** Begins to look for changes; before that nothing is watched. */
  watch(): void {
    if (this.subscriptions.length > 0) return;
    const again = () => {
      this.watchFolders();
      this.tell();
    };
    this.subscriptions.push(
      workspace.onDidGrantWorkspaceTrust(again),
      workspace.onDidChangeWorkspaceFolders(again),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('quillet.promptFolders')) again();
      }),
    );
    this.watchFolders();
  }

  dispose(): void {
    clearTimeout(this.waiting);
    Disposable.from(this.changed, ...this.subscriptions, ...this.watchers).dispose();
  }

  private folders(near: Uri | undefined): PromptSourceFolder[] {
    return promptFolders(this.own, this.settings(), near);
  }

  private watchFolders(): void {
    Disposable.from(...this.watchers).dispose();
    this.watchers = this.folders(undefined).map((folder) => {
      const watcher = workspace.createFileSystemWatcher(watchedPattern(folder));
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) event(() => this.tell());
      return watcher;
    });
  }

  private tell(): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.changed.fire(), QUIET_MS);
  }
}
