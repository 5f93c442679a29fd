import {
  type Disposable,
  l10n,
  Range,
  type TextDocument,
  type TextEditorDecorationType,
  ThemeColor,
  window,
  workspace,
} from 'vscode';
import { visibleEditor } from './documentEdits';

/** Marks an answer in the text that is not whole, beside the text and not in it. Gone with the next edit there. */
export class IncompleteMark implements Disposable {
  private decoration: TextEditorDecorationType | undefined;
  private marked: TextDocument | undefined;
  private readonly subscription = workspace.onDidChangeTextDocument((event) => {
    if (event.document === this.marked && event.contentChanges.length > 0) this.clear();
  });

  show(document: TextDocument, written: Range): void {
    this.clear();
    this.decoration ??= window.createTextEditorDecorationType({
      after: {
        contentText: l10n.t(' ⋯ incomplete'),
        color: new ThemeColor('editorCodeLens.foreground'),
        fontStyle: 'italic',
      },
    });
    this.marked = document;
    visibleEditor(document)?.setDecorations(this.decoration, [new Range(written.end, written.end)]);
  }

  clear(): void {
    if (this.decoration === undefined || this.marked === undefined) return;
    visibleEditor(this.marked)?.setDecorations(this.decoration, []);
    this.marked = undefined;
  }

  dispose(): void {
    this.subscription.dispose();
    this.decoration?.dispose();
  }
}
