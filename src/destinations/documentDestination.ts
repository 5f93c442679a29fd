import { Range, ViewColumn, window } from 'vscode';
import { FenceFilter } from '../answers/fenceFilter';
import { isMarkdownLanguage } from '../answers/languages';
import type { IncompleteDecoration } from '../editor/incompleteDecoration';
import { openUntrustedDocument } from '../platform/untrustedDocument';
import type { Destination, DestinationCall } from './destination';
import { streamAnswer } from './streamedAnswer';

export function createDocumentDestination(decoration: IncompleteDecoration): Destination {
  return {
    modifiesDocument: false,
    selectionMode: 'joined',
    async start(calls) {
      await Promise.all(calls.map((call) => openDocument(decoration, call)));
    },
  };
}

async function openDocument(decoration: IncompleteDecoration, { plan, execute }: DestinationCall): Promise<void> {
  const document = await openUntrustedDocument('', plan.documentLanguage);
  await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: false });
  const { documentLanguage: language } = plan;
  const filter = language === undefined || isMarkdownLanguage(language) ? undefined : new FenceFilter();
  await streamAnswer(decoration, { plan, execute, document, range: new Range(0, 0, 0, 0), canUndo: false, filter });
}
