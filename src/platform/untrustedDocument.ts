import { l10n, languages, type TextDocument, type TextDocumentChangeEvent, window, workspace } from 'vscode';
import { mayLinkMedia } from '../sanitize/mediaLinks';

/** What has no Markdown: nothing in it is looked at but its letters. */
const PLAIN_TEXT = 'plaintext';
const MARKDOWN = 'markdown';
/** Languages that VS Code's Markdown extension does the same for. */
const MARKDOWN_LANGUAGES = new Set([MARKDOWN, 'prompt', 'instructions', 'chatagent', 'skill']);

/**
 * Opens a document with text of a model. VS Code loads what the address of an image leads to when the mouse rests on it in
 * Markdown, so that Markdown with such an address is, or becomes, plain text (R10).
 */
export async function openUntrustedDocument(content: string, languageId = MARKDOWN): Promise<TextDocument> {
  const isMarkdown = MARKDOWN_LANGUAGES.has(languageId);
  const isPlain = isMarkdown && content.split('\n').some(mayLinkMedia);
  const document = await workspace.openTextDocument({ language: isPlain ? PLAIN_TEXT : languageId, content });
  if (isPlain) explainPlainText();
  else if (isMarkdown) watchForMedia(document);
  return document;
}

/** Looks at what is written until the document is closed, or has become plain text once: then it is the user's to choose. */
function watchForMedia(document: TextDocument): void {
  const isWatched = (changed: TextDocument): boolean => changed.uri.toString() === document.uri.toString();
  const changes = workspace.onDidChangeTextDocument((event) => {
    if (!isWatched(event.document) || !addsMedia(event)) return;
    changes.dispose();
    closes.dispose();
    explainPlainText();
    void languages.setTextDocumentLanguage(event.document, PLAIN_TEXT);
  });
  const closes = workspace.onDidCloseTextDocument((closed) => {
    if (!isWatched(closed)) return;
    changes.dispose();
    closes.dispose();
  });
}

/** An address may have come in pieces, so whole lines are read. */
function addsMedia({ document, contentChanges }: TextDocumentChangeEvent): boolean {
  return contentChanges.some(({ range, text }) => {
    const firstLine = range.start.line;
    const count = text.split('\n').length;
    const lines = Array.from({ length: count }, (_, index) => firstLine + index).filter(
      (line) => line < document.lineCount,
    );
    return lines.some((line) => mayLinkMedia(document.lineAt(line).text));
  });
}

function explainPlainText(): void {
  const message = l10n.t('Quillet: plain text, because VS Code would load the images that the answer names');
  window.setStatusBarMessage(message, 10_000);
}
