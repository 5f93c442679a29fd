import { l10n, Position, Range, window } from 'vscode';
import { adjacentLineTarget, findChoices, fitCode, fitIndentation } from '../answers/fitCode';
import { isMarkdownLanguage, isProseLanguage } from '../answers/languages';
import { isProseAnswer, toComments } from '../answers/proseComments';
import { QuilletError } from '../core/errors';
import { pickCode } from '../destinations/codeBlockPicker';
import { captureTarget } from '../destinations/destination';
import { replaceRange, revealRange } from '../editor/documentEdits';
import { DocumentRange } from '../editor/documentRange';
import { requireWritable } from '../editor/editorContext';
import { findVisibleEditor, focusEditor } from '../editor/editorView';
import { actionsForText, type Notifier } from '../notifications/notifier';
import { toLineFeeds } from '../text/indentation';
import type { ThreadView } from './threadView';

/** Writes an answer onto lines of its own below the code of its thread: in code files only code or comments. */
export async function insertBelow(view: ThreadView, source: string, notifier: Notifier): Promise<void> {
  const answer = toLineFeeds(source).trimEnd();
  if (answer === '') return;
  const { document } = view;
  const actions = actionsForText(answer, document.languageId);
  await requireWritable(document);
  if (!view.anchor.isLocated) {
    notifier.showError(new QuilletError('doc.gone'), actions);
    return;
  }
  const end = document.validatePosition(view.shownRange.end);
  const lineEnd = document.lineAt(end.line).range.end;
  const target = new DocumentRange(document, new Range(lineEnd, lineEnd));
  try {
    const insertion = await toInsertion(view, answer);
    if (insertion === 'dismissed') return;
    if (insertion === 'prose') {
      const message = l10n.t("The answer is text without code, so it wasn't inserted into the code.");
      const [open, ...others] = actionsForText(answer, 'markdown').toReversed();
      notifier.inform(message, ...(open ? [{ ...open, label: l10n.t('Open as Document') }, ...others] : []));
      return;
    }
    const text = insertion.text.replace(/\n+$/, '');
    const { line } = target.range.start;
    const problem = await replaceRange(target, `\n${text}`);
    if (problem !== undefined) {
      notifier.showError(new QuilletError(problem), actions);
      return;
    }
    await focusEditor(document, new Position(line + 1, /^\s*/.exec(text)?.[0].length ?? 0));
    revealRange(document, new Range(line + 1, 0, line + text.split('\n').length, 0));
    window.setStatusBarMessage(l10n.t('Quillet: Answer inserted'), 3000);
  } finally {
    target.dispose();
  }
}

type Insertion = { readonly text: string } | 'dismissed' | 'prose';

async function toInsertion({ document, anchor, kind }: ThreadView, answer: string): Promise<Insertion> {
  if (isMarkdownLanguage(document.languageId)) return { text: answer };
  const editor = findVisibleEditor(document) ?? { document, options: {} };
  const target = adjacentLineTarget(captureTarget(editor, document.validateRange(anchor.range)).codeTarget);
  const blocks = findChoices(answer, target);
  if (blocks.length > 0) {
    const code = await pickCode(answer, target);
    return code === undefined ? 'dismissed' : { text: code };
  }
  const code = fitCode(answer, target);
  const isCode = kind === 'review' || isProseLanguage(document.languageId) || !isProseAnswer(answer);
  if (isCode) return { text: code };
  const comments = toComments(answer, document.languageId);
  return comments === undefined ? 'prose' : { text: fitIndentation(comments, target) };
}
