import {
  commands,
  type Disposable,
  EventEmitter,
  l10n,
  TabInputTextDiff,
  type TextDocument,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { ThreadView } from './commentThreads';
import { DisposableStore } from './lifecycle';
import type { TrackedTarget } from './trackedTarget';

/** Also the scheme that `when` clauses of the manifest compare. */
const SCHEME = 'quillet-proposal';

/** Shows documents as they would be with a proposal written into them, beside what they are now. */
export class ProposalDocuments implements Disposable, TextDocumentContentProvider {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new EventEmitter<Uri>());
  readonly onDidChange = this.changed.event;
  private readonly shown = new Map<ThreadView, { uri: Uri; text: string }>();
  private lastId = 0;
  private isRegistered = false;

  /** Opens the diff editor, or shows the new proposal in the one that is open. */
  async open(view: ThreadView, target: TrackedTarget, proposal: string): Promise<void> {
    this.register();
    const { document } = target;
    const known = this.shown.get(view);
    const uri = known?.uri ?? this.newUri(document);
    this.shown.set(view, { uri, text: withProposal(target, proposal) });
    this.changed.fire(uri);
    const name = document.uri.path.split('/').at(-1) ?? document.uri.path;
    await commands.executeCommand('vscode.diff', document.uri, uri, l10n.t('{0} ↔ Proposal', name), { preview: true });
  }

  /** Closes the diff of a thread that was accepted or rejected. */
  async close(view: ThreadView): Promise<void> {
    const known = this.shown.get(view);
    this.shown.delete(view);
    if (known === undefined) return;
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
    const open = tabs.filter(
      ({ input }) => input instanceof TabInputTextDiff && input.modified.toString() === known.uri.toString(),
    );
    if (open.length > 0) await window.tabGroups.close(open);
  }

  /** The thread whose proposal a document shows: the argument of a button in the diff editor's title. */
  viewOf(uri: unknown): ThreadView | undefined {
    if (!(uri instanceof Uri)) return undefined;
    return [...this.shown].find(([, entry]) => entry.uri.toString() === uri.toString())?.[0];
  }

  provideTextDocumentContent(uri: Uri): string | undefined {
    return [...this.shown.values()].find((entry) => entry.uri.toString() === uri.toString())?.text;
  }

  dispose(): void {
    this.store.dispose();
    this.shown.clear();
  }

  private register(): void {
    if (this.isRegistered) return;
    this.isRegistered = true;
    this.store.add(workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  /** The original's path, so that the name, the icon and the language are the same on both sides. */
  private newUri(document: TextDocument): Uri {
    this.lastId += 1;
    return Uri.from({ scheme: SCHEME, path: ensureSlash(document.uri.path), query: String(this.lastId) });
  }
}

function ensureSlash(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function withProposal({ document, range }: TrackedTarget, proposal: string): string {
  const whole = document.getText();
  return whole.slice(0, document.offsetAt(range.start)) + proposal + whole.slice(document.offsetAt(range.end));
}
