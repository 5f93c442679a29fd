import {
  type Disposable,
  l10n,
  languages,
  type TextDocumentContentProvider,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import { DisposableStore } from '../platform/disposableStore';
import { mayLinkMedia } from '../sanitize/mediaLinks';

const SCHEME = 'quillet-reasoning';
const PLAIN_TEXT = 'plaintext';

/** Read-only documents in memory: VS Code would back up untitled ones to disk. */
export class ReasoningDocuments implements Disposable, TextDocumentContentProvider {
  private readonly store = new DisposableStore();
  private readonly texts = new Map<string, string>();
  private lastId = 0;

  async show(text: string): Promise<void> {
    if (this.lastId === 0) this.register();
    this.lastId += 1;
    // Hovering over an image link in Markdown loads the image.
    const isPlain = text.split('\n').some(mayLinkMedia);
    const path = `/${this.lastId}/${l10n.t('Reasoning')}.${isPlain ? 'txt' : 'md'}`;
    const uri = Uri.from({ scheme: SCHEME, path });
    this.texts.set(uri.toString(), text);
    const document = await workspace.openTextDocument(uri);
    // Users may read other files as Markdown.
    if (isPlain && document.languageId !== PLAIN_TEXT) await languages.setTextDocumentLanguage(document, PLAIN_TEXT);
    await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: false });
  }

  provideTextDocumentContent(uri: Uri): string | undefined {
    return this.texts.get(uri.toString());
  }

  dispose(): void {
    this.store.dispose();
    this.texts.clear();
  }

  private register(): void {
    this.store.add(workspace.registerTextDocumentContentProvider(SCHEME, this));
    this.store.add(workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())));
  }
}
