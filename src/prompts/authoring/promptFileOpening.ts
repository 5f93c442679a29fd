import { Disposable, type TextDocument, type TextEditor, window, workspace } from 'vscode';
import { PROMPT_SUFFIX } from '../common/promptLibrary';

/** Documents that are windows on something else: nobody wants a prompt tried on them. */
const IGNORED_SCHEMES = new Set(['output', 'comment', 'vscode-scm', 'quillet-request', 'quillet-proposal']);

/** Whether a document is a prompt file by its name, in whatever language VS Code shows it. */
export function isPromptDocument({ uri }: TextDocument): boolean {
  return uri.path.endsWith(PROMPT_SUFFIX);
}

/** Calls for each prompt file that is open or is opened. */
export function onPromptFileOpen(onPrompt: () => void): Disposable {
  if (workspace.textDocuments.some(isPromptDocument)) onPrompt();
  return workspace.onDidOpenTextDocument((document) => {
    if (isPromptDocument(document)) onPrompt();
  });
}

/**
 * Looks for prompt files that are opened, and remembers where the user was before. It is there from the start, so it does
 * nothing else: what helps to write them is loaded with the first of them.
 */
export class PromptFileOpening implements Disposable {
  private lastFocusedEditor: TextEditor | undefined;
  private readonly subscriptions: Disposable;

  /** @param onPrompt called for each prompt file that is open or is opened. */
  constructor(onPrompt: () => void) {
    this.remember(window.activeTextEditor);
    this.subscriptions = Disposable.from(
      onPromptFileOpen(onPrompt),
      window.onDidChangeActiveTextEditor((editor) => this.remember(editor)),
    );
  }

  /** The editor that had the focus last, those of prompt files aside. It may be hidden or closed by now. */
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
