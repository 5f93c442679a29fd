import { l10n, languages, type TextDocument, type TextDocumentChangeEvent, window, workspace } from 'vscode';
import { mayLinkMedia } from '../sanitize/mediaLinks';

/** What has no Markdown: nothing in it is looked at but its letters. */
const PLAIN = 'plaintext';
const MARKDOWN = 'markdown';
/** Languages that VS Code's Markdown extension does the same for. */
const likeMarkdown = new Set([MARKDOWN, 'prompt', 'instructions', 'chatagent', 'skill']);

/**
 * Opens a document with text of a model. VS Code loads what the address of an image leads to when the mouse rests on it in
 * Markdown, so that Markdown with such an address is, or becomes, plain text (R10).
 */
export async function openModelText(content: string, languageId = MARKDOWN): Promise<TextDocument> {
  const isMarkdown = likeMarkdown.has(languageId);
  const isPlain = isMarkdown && content.split('\n').some(mayLinkMedia);
  const document = await workspace.openTextDocument({ language: isPlain ? PLAIN : languageId, content });
  if (isPlain) sayWhy();
  else if (isMarkdown) follow(document);
  return document;
}

/** Looks at what is written until the document is closed, or has become plain text once: then it is the user's to choose. */
function follow(document: TextDocument): void {
  const isSame = (other: TextDocument): boolean => other.uri.toString() === document.uri.toString();
  const changes = workspace.onDidChangeTextDocument((event) => {
    if (!isSame(event.document) || !bringsMedia(event)) return;
    changes.dispose();
    closes.dispose();
    sayWhy();
    void languages.setTextDocumentLanguage(event.document, PLAIN);
  });
  const closes = workspace.onDidCloseTextDocument((closed) => {
    if (!isSame(closed)) return;
    changes.dispose();
    closes.dispose();
  });
}

/** An address may have come in pieces, so whole lines are read. */
function bringsMedia({ document, contentChanges }: TextDocumentChangeEvent): boolean {
  return contentChanges.some(({ range, text }) => {
    const first = range.start.line;
    const count = text.split('\n').length;
    const lines = Array.from({ length: count }, (_, index) => first + index).filter(
      (line) => line < document.lineCount,
    );
    return lines.some((line) => mayLinkMedia(document.lineAt(line).text));
  });
}

function sayWhy(): void {
  const message = l10n.t('Quillet: plain text, because VS Code would load the images that the answer names');
  window.setStatusBarMessage(message, 10_000);
}
