import {
  Disposable,
  l10n,
  Range,
  type TextDocument,
  type TextEditorDecorationType,
  ThemeColor,
  window,
  workspace,
} from 'vscode';

/** Marks answers in the text that are not whole, beside the text and not in it. Gone with the next edit of the document. */
export class IncompleteMark implements Disposable {
  private readonly marks = new Map<TextDocument, Range>();
  private decoration: TextEditorDecorationType | undefined;
  /** Only while something is marked. */
  private subscription: Disposable | undefined;

  show(document: TextDocument, { end }: Range): void {
    this.subscription ??= this.listen();
    this.marks.set(document, new Range(end, end));
    this.draw(document);
  }

  dispose(): void {
    this.subscription?.dispose();
    this.decoration?.dispose();
  }

  private listen(): Disposable {
    return Disposable.from(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.clear(document);
      }),
      workspace.onDidCloseTextDocument((closed) => this.clear(closed)),
      // A document that was hidden is shown again in a new editor, without its mark.
      window.onDidChangeVisibleTextEditors(() => this.drawAll()),
    );
  }

  private clear(document: TextDocument): void {
    if (!this.marks.delete(document)) return;
    this.draw(document);
    if (this.marks.size > 0) return;
    this.subscription?.dispose();
    this.subscription = undefined;
  }

  private drawAll(): void {
    for (const document of this.marks.keys()) this.draw(document);
  }

  private draw(document: TextDocument): void {
    const mark = this.marks.get(document);
    this.decoration ??= window.createTextEditorDecorationType({
      after: {
        contentText: l10n.t(' ⋯ incomplete'),
        color: new ThemeColor('editorCodeLens.foreground'),
        fontStyle: 'italic',
      },
    });
    for (const editor of window.visibleTextEditors) {
      if (editor.document === document) editor.setDecorations(this.decoration, mark === undefined ? [] : [mark]);
    }
  }
}
