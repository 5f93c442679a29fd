import { Disposable } from 'vscode';
import { RequestDocuments } from '../requests/previewDocuments';
import { RequestLog, type RequestLogParts } from '../requests/requestLog';
import { RequestLogDocuments } from '../requests/requestLogDocuments';
import { RequestPreview } from '../requests/requestPreview';

/** Whatever lets users look at requests: before they are sent, afterwards, and as programs. */
export function createRequestTools(services: Omit<RequestLogParts, 'documents' | 'preview'>) {
  const { llm, requests, redactor, keeping } = services;
  const documents = new RequestDocuments();
  const logDocuments = new RequestLogDocuments(requests, redactor, keeping);
  const preview: RequestPreview = new RequestPreview({ llm, documents, sent: () => log.current });
  const log = new RequestLog({ ...services, documents: logDocuments, preview });
  return {
    preview,
    commands: { ...preview.commands(), ...log.commands() },
    /** Writes the document of a request anew, where it is open. */
    refresh: (id: number) => logDocuments.refresh(id),
    dispose: () => Disposable.from(documents, logDocuments).dispose(),
  };
}
