import { Disposable, type TextDocument, type TextEditor, window, workspace } from 'vscode';
import { PROMPT_SUFFIX } from '../common/promptLibrary';

// Documents in which nothing can be selected to try a prompt on.
const IGNORED_SCHEMES = new Set(['output', 'comment', 'vscode-scm', 'quillet-request', 'quillet-proposal']);

function isPromptDocument({ uri }: TextDocument): boolean {
  return uri.path.endsWith(PROMPT_SUFFIX);
}

/** Detects opened prompt files and remembers the last other editor. Runs from activation on, so it loads nothing. */
export class PromptFileOpening implements Disposable {
  private lastFocusedEditor: TextEditor | undefined;
  private readonly subscriptions: Disposable;

  constructor(onPrompt: () => void) {
    this.remember(window.activeTextEditor);
    if (workspace.textDocuments.some(isPromptDocument)) onPrompt();
    this.subscriptions = Disposable.from(
      workspace.onDidOpenTextDocument((document) => {
        if (isPromptDocument(document)) onPrompt();
      }),
      window.onDidChangeActiveTextEditor((editor) => this.remember(editor)),
    );
  }

  /** The last focused editor that is not a prompt file. It may be hidden or closed by now. */
  get lastEditor(): TextEditor | undefined {
    return this.lastFocusedEditor;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private remember(editor: TextEditor | undefined): void {
    if (editor === undefined || isPromptDocument(editor.document) || IGNORED_SCHEMES.has(editor.document.uri.scheme))
      return;
    this.lastFocusedEditor = editor;
  }
}
