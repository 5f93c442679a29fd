import { Disposable } from 'vscode';
import { PreviewDocuments } from '../requests/previewDocuments';
import { RequestLog, type RequestLogServices } from '../requests/requestLog';
import { RequestLogDocuments } from '../requests/requestLogDocuments';
import { RequestPreview } from '../requests/requestPreview';

export function createRequestTools(services: Omit<RequestLogServices, 'documents' | 'preview'>) {
  const { llm, requests, redactor, settings, hasKey } = services;
  const documents = new PreviewDocuments();
  const logDocuments = new RequestLogDocuments(requests, redactor);
  const preview: RequestPreview = new RequestPreview({
    llm,
    documents,
    settings,
    hasKey,
    lastSent: () => log.exportCurrent(),
  });
  const log = new RequestLog({ ...services, documents: logDocuments, preview });
  return {
    preview,
    commands: { ...preview.commands(), ...log.commands() },
    refresh: (id: number) => logDocuments.refresh(id),
    dispose: () => Disposable.from(documents, logDocuments).dispose(),
  };
}
