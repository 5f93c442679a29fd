import { l10n, languages, type TextDocument, type TextDocumentChangeEvent, window, workspace } from 'vscode';
import { mayLinkMedia } from '../sanitize/mediaLinks';

const PLAIN_TEXT = 'plaintext';
const MARKDOWN = 'markdown';
// Languages that VS Code's Markdown extension treats as Markdown.
const MARKDOWN_LANGUAGES = new Set([MARKDOWN, 'prompt', 'instructions', 'chatagent', 'skill']);

/** Hovering over an image link in Markdown loads the image, which could leak data, so it becomes plain text. */
export async function openUntrustedDocument(content: string, languageId = MARKDOWN): Promise<TextDocument> {
  const isMarkdown = MARKDOWN_LANGUAGES.has(languageId);
  const isPlain = isMarkdown && content.split('\n').some(mayLinkMedia);
  const document = await workspace.openTextDocument({ language: isPlain ? PLAIN_TEXT : languageId, content });
  if (isPlain) explainPlainText();
  else if (isMarkdown) watchForMedia(document);
  return document;
}

// Stops after the first switch to plain text: from then on the language is the user's choice.
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

// Check complete lines, because a link may arrive in several edits.
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
  const message = l10n.t('Quillet: Opened as plain text because VS Code would load images linked in the answer');
  window.setStatusBarMessage(message, 10_000);
}
