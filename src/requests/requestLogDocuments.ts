import {
  type Disposable,
  EventEmitter,
  type TextDocumentContentProvider,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import { DisposableStore } from '../platform/disposableStore';
import type { LoggedRequest, RequestHistory } from '../runs/common/requestHistory';
import { type Redactor, toSingleLine } from '../sanitize/redactor';
import { getRequestTitle, requestLogMarkdown } from './requestLogMarkdown';

/** Also used in `when` clauses of package.json. */
const SCHEME = 'quillet-log';

/** Read-only documents with sent requests, generated when opened. */
export class RequestLogDocuments implements Disposable, TextDocumentContentProvider {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new EventEmitter<Uri>());
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly requests: RequestHistory,
    private readonly redactor: Redactor,
  ) {
    this.store.add(workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  async show(request: LoggedRequest): Promise<void> {
    // The extension selects Markdown; the name is the title of the tab.
    const name = toSingleLine(getRequestTitle(request)).replaceAll(/[\\/:*?"<>|]/g, ' ');
    const uri = Uri.from({ scheme: SCHEME, path: `/${request.id}/${name}.md` });
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document, { preview: false, viewColumn: ViewColumn.Active });
  }

  get activeRequest(): LoggedRequest | undefined {
    const uri = window.activeTextEditor?.document.uri;
    return uri?.scheme === SCHEME ? this.requests.get(getRequestId(uri)) : undefined;
  }

  refresh(id: number): void {
    for (const { uri } of workspace.textDocuments) {
      if (uri.scheme === SCHEME && getRequestId(uri) === id) this.changed.fire(uri);
    }
  }

  provideTextDocumentContent(uri: Uri): string | undefined {
    const request = this.requests.get(getRequestId(uri));
    return request === undefined ? undefined : requestLogMarkdown(request, this.redactor);
  }

  dispose(): void {
    this.store.dispose();
  }
}

function getRequestId(uri: Uri): number {
  return Number(uri.path.split('/')[1]);
}
