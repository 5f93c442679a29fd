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
import type { RequestRetention } from './requestRetention';

/** Also the scheme that `when` clauses of the manifest compare. */
const SCHEME = 'quillet-log';

/** Requests that were sent, as documents that can only be read. They are written when they are opened, and kept nowhere. */
export class RequestLogDocuments implements Disposable, TextDocumentContentProvider {
  private readonly store = new DisposableStore();
  private readonly changed = this.store.add(new EventEmitter<Uri>());
  readonly onDidChange = this.changed.event;
  private isRegistered = false;

  constructor(
    private readonly requests: RequestHistory,
    private readonly redactor: Redactor,
    private readonly retention: Pick<RequestRetention, 'days'>,
  ) {}

  /** Opens a request, or goes back to it. */
  async show(request: LoggedRequest): Promise<void> {
    this.register();
    // The extension makes it Markdown, and the name is what the tab says.
    const name = toSingleLine(getRequestTitle(request)).replaceAll(/[\\/:*?"<>|]/g, ' ');
    const uri = Uri.from({ scheme: SCHEME, path: `/${request.id}/${name}.md` });
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document, { preview: false, viewColumn: ViewColumn.Active });
  }

  /** The request whose document has the focus. */
  get activeRequest(): LoggedRequest | undefined {
    const uri = window.activeTextEditor?.document.uri;
    return uri?.scheme === SCHEME ? this.requests.get(getRequestId(uri)) : undefined;
  }

  /** Writes the document of a request anew where it is open: it was opened before the answer was there. */
  refresh(id: number): void {
    for (const { uri } of workspace.textDocuments) {
      if (uri.scheme === SCHEME && getRequestId(uri) === id) this.changed.fire(uri);
    }
  }

  provideTextDocumentContent(uri: Uri): string | undefined {
    const request = this.requests.get(getRequestId(uri));
    return request === undefined ? undefined : requestLogMarkdown(request, this.redactor, this.retention.days);
  }

  dispose(): void {
    this.store.dispose();
  }

  private register(): void {
    if (this.isRegistered) return;
    this.isRegistered = true;
    this.store.add(workspace.registerTextDocumentContentProvider(SCHEME, this));
  }
}

function getRequestId(uri: Uri): number {
  return Number(uri.path.split('/')[1]);
}
