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

export class IncompleteDecoration implements Disposable {
  private readonly ranges = new Map<TextDocument, Range>();
  private decorationType: TextEditorDecorationType | undefined;
  private readonly subscription = Disposable.from(
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) this.clear(document);
    }),
    workspace.onDidCloseTextDocument((closed) => this.clear(closed)),
    // A hidden document that is shown again has a new editor without the decoration.
    window.onDidChangeVisibleTextEditors(() => {
      for (const document of this.ranges.keys()) this.render(document);
    }),
  );

  show(document: TextDocument, { end }: Range): void {
    this.ranges.set(document, new Range(end, end));
    this.render(document);
  }

  dispose(): void {
    this.subscription.dispose();
    this.decorationType?.dispose();
  }

  private clear(document: TextDocument): void {
    if (this.ranges.delete(document)) this.render(document);
  }

  private render(document: TextDocument): void {
    const range = this.ranges.get(document);
    this.decorationType ??= window.createTextEditorDecorationType({
      after: {
        contentText: l10n.t(' ⋯ incomplete'),
        color: new ThemeColor('editorCodeLens.foreground'),
        fontStyle: 'italic',
      },
    });
    for (const editor of window.visibleTextEditors) {
      if (editor.document === document) editor.setDecorations(this.decorationType, range === undefined ? [] : [range]);
    }
  }
}
