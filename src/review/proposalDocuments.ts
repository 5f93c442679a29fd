import {
  commands,
  type Disposable,
  EventEmitter,
  l10n,
  languages,
  type Tab,
  TabInputTextDiff,
  type TextDocument,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from 'vscode';
import { setContext } from '../platform/commands';
import { DisposableStore } from '../platform/disposableStore';
import type { ThreadView } from '../threads/threadView';
import { Queue } from '../util/queue';

/** Also used in `when` clauses of package.json. */
const SCHEME = 'quillet-proposal';

/** Upper limit; VS Code normally takes a few milliseconds to reread the content. */
const REFRESH_TIMEOUT_MS = 1000;

interface ProposalEntry {
  readonly uri: Uri;
  text: string;
  isOpen: boolean;
}

/** Shows proposals as diffs: the document on the left, the document with the proposal applied on the right. */
export class ProposalDocuments implements Disposable, TextDocumentContentProvider {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new EventEmitter<Uri>());
  readonly onDidChange = this.changed.event;
  private readonly closed = this.store.add(new EventEmitter<ThreadView>());
  readonly onDidClose = this.closed.event;
  private readonly entries = new Map<ThreadView, ProposalEntry>();
  private readonly opening = new Queue();
  private lastId = 0;
  private isRegistered = false;

  // Of two diffs that open at the same time, one may not appear.
  open(view: ThreadView, document: TextDocument, text: string): Promise<void> {
    return this.opening.add(() => this.openDiff(view, document, text));
  }

  async update(view: ThreadView, text: string): Promise<void> {
    const entry = this.entries.get(view);
    if (entry === undefined || entry.text === text) return;
    entry.text = text;
    const document = workspace.textDocuments.find(({ uri }) => uri.toString() === entry.uri.toString());
    this.changed.fire(entry.uri);
    if (document !== undefined) await waitForChange(document);
  }

  async close(view: ThreadView): Promise<void> {
    const entry = this.entries.get(view);
    this.entries.delete(view);
    if (entry === undefined) return;
    const tabs = getAllTabs().filter((tab) => isDiffTab(tab, entry.uri));
    if (tabs.length > 0) await window.tabGroups.close(tabs);
  }

  isOpen(view: ThreadView): boolean {
    return this.entries.get(view)?.isOpen === true;
  }

  /** Accepts any command argument; commands in the editor title get the URI of the proposal. */
  findView(uri: unknown): ThreadView | undefined {
    if (!(uri instanceof Uri)) return undefined;
    return [...this.entries].find(([, entry]) => entry.uri.toString() === uri.toString())?.[0];
  }

  get activeView(): ThreadView | undefined {
    const input = window.tabGroups.activeTabGroup.activeTab?.input;
    return input instanceof TabInputTextDiff ? this.findView(input.modified) : undefined;
  }

  provideTextDocumentContent(uri: Uri): string | undefined {
    return [...this.entries.values()].find((entry) => entry.uri.toString() === uri.toString())?.text;
  }

  dispose(): void {
    this.store.dispose();
    this.entries.clear();
  }

  private async openDiff(view: ThreadView, document: TextDocument, text: string): Promise<void> {
    this.register();
    const entry = this.entries.get(view) ?? { uri: this.createUri(document), text, isOpen: false };
    this.entries.set(view, entry);
    await this.update(view, text);
    await matchLanguage(document, entry.uri);
    const name = document.uri.path.split('/').at(-1) ?? document.uri.path;
    const title = l10n.t('{0} ↔ Proposal', name);
    // A preview editor would replace the tab of a previewed file, which would then be gone when the diff closes.
    await commands.executeCommand('vscode.diff', document.uri, entry.uri, title, { preview: false });
    entry.isOpen = true;
    this.updateTabs();
  }

  private register(): void {
    if (this.isRegistered) return;
    this.isRegistered = true;
    this.store.add(workspace.registerTextDocumentContentProvider(SCHEME, this));
    this.store.add(window.tabGroups.onDidChangeTabs(({ closed }) => this.updateTabs(closed)));
    this.store.add(window.tabGroups.onDidChangeTabGroups(() => this.updateTabs()));
  }

  private updateTabs(closed: readonly Tab[] = []): void {
    setContext('quillet.inReviewDiff', this.activeView !== undefined);
    for (const [view, entry] of this.entries) {
      const isEntryTab = (tab: Tab): boolean => isDiffTab(tab, entry.uri);
      // A tab moved to another group is reported as closed and opened again.
      if (!entry.isOpen || !closed.some(isEntryTab) || getAllTabs().some(isEntryTab)) continue;
      entry.isOpen = false;
      this.closed.fire(view);
    }
  }

  /** Uses the path of the original, so that both sides have the same name and icon. */
  private createUri(document: TextDocument): Uri {
    this.lastId += 1;
    return Uri.from({ scheme: SCHEME, path: ensureSlash(document.uri.path), query: String(this.lastId) });
  }
}

/** Set before the diff is shown, so that no language service reports errors for the wrong language. */
async function matchLanguage(document: TextDocument, uri: Uri): Promise<void> {
  const proposal = await workspace.openTextDocument(uri);
  if (proposal.languageId !== document.languageId) {
    await languages.setTextDocumentLanguage(proposal, document.languageId);
  }
}

function getAllTabs(): readonly Tab[] {
  return window.tabGroups.all.flatMap((group) => group.tabs);
}

function isDiffTab({ input }: Tab, uri: Uri): boolean {
  return input instanceof TabInputTextDiff && input.modified.toString() === uri.toString();
}

function ensureSlash(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function waitForChange(document: TextDocument): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(end, REFRESH_TIMEOUT_MS);
    const subscription = workspace.onDidChangeTextDocument((event) => {
      if (event.document === document) end();
    });
  });
}
