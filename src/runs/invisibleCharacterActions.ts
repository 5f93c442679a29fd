import { l10n, Range, ViewColumn, WorkspaceEdit, window, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import type { RunPlan } from '../core/run';
import { revealInvisible } from '../notifications/invisibleCharacterNames';
import type { NotificationAction } from '../notifications/notifier';
import { openUntrustedDocument } from '../platform/untrustedDocument';
import { findInvisible, removeInvisible } from '../sanitize/invisibleCharacters';

const WRITING_DESTINATIONS: ReadonlySet<string> = new Set(['insert', 'before', 'after', 'replace']);

export function invisibleCharacterLines(answer: string): string {
  const { lines } = revealInvisible(answer);
  return l10n.t('Lines: {0}', lines.slice(0, 10).join(', ') + (lines.length > 10 ? ', …' : ''));
}

export function invisibleCharacterActions(
  answer: string,
  { destination, documentUri, languageId }: RunPlan,
): NotificationAction[] {
  const reveal: NotificationAction = {
    label: l10n.t('Reveal'),
    run: async () => {
      const document = await openUntrustedDocument(revealInvisible(answer).text, languageId);
      await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: false });
    },
  };
  if (!WRITING_DESTINATIONS.has(destination)) return [reveal];
  return [reveal, { label: l10n.t('Remove'), run: () => removeFromDocument(answer, documentUri) }];
}

// Lines are found by their text: they may have moved or been indented.
async function removeFromDocument(answer: string, documentUri: string): Promise<void> {
  const document = workspace.textDocuments.find(({ uri }) => uri.toString() === documentUri);
  const lines = answer.split(/\r\n|\r|\n/).map((line) => line.trim());
  const affectedLines = [...new Set(lines.filter((line) => findInvisible(line).length > 0))];
  const edit = new WorkspaceEdit();
  for (let index = 0; document !== undefined && index < document.lineCount; index += 1) {
    const { text } = document.lineAt(index);
    const cleaned = affectedLines.reduce((result, line) => result.replaceAll(line, () => stripInvisible(line)), text);
    if (cleaned !== text) edit.replace(document.uri, new Range(index, 0, index, text.length), cleaned);
  }
  if (edit.size === 0 || !(await workspace.applyEdit(edit))) throw new QuilletError('doc.changed');
}

function stripInvisible(text: string): string {
  return removeInvisible(text, findInvisible(text));
}
