import {
  type Comment,
  type CommentController,
  CommentMode,
  type CommentThread,
  CommentThreadCollapsibleState,
  commands,
  comments,
  Disposable,
  l10n,
  Position,
  Range,
  type TextDocument,
  type Uri,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import { findVisibleEditor } from '../editor/editorView';
import { withoutLastLineEnd } from '../editor/lastLine';
import { isCell } from '../editor/notebookCells';
import type { InputPlace, InputRequest, OpenInput, OpenInputInEditor } from '../platform/inputBoxes';

/** Also the comment controller ID used in `when` clauses of package.json. */
const CONTROLLER = 'quillet-question';
const ROUND_MS = 20;
const MAX_ROUNDS = 60;
const MAX_HINT_LENGTH = 60;
// VS Code draws a thread after about 100 ms.
const FIT_DELAY_MS = 300;

/** Asks questions below the selection, where VS Code can show a comment that is being edited. */
export class QuestionBoxes implements Disposable {
  private readonly boxes = new Set<QuestionBox>();
  /** Never disposed: VS Code would redraw all threads, which folds their reply boxes. */
  private controller: CommentController | undefined;
  /** VS Code did not show a box: comments may be hidden for this session, for example in Zen mode. */
  private isUnavailable = false;

  constructor(private readonly isEnabled: () => boolean) {}

  readonly open: OpenInputInEditor = async (request, place, lastInput) => {
    if (this.isUnavailable || !this.isEnabled() || !canShow(place)) return undefined;
    const label = l10n.t('{0} · {1}', request.title, await place.describe());
    const box = new QuestionBox(this.createThread, request, place, {
      label,
      ...(lastInput === undefined
        ? { hint: l10n.t('@ adds files, symbols or problems. Ctrl+Enter (⌘Enter on macOS) sends.') }
        : lastInput !== request.value && { hint: recallHint(lastInput) }),
    });
    this.boxes.add(box);
    void box.answer.finally(() => this.boxes.delete(box));
    if (await box.isShown()) return box;
    this.isUnavailable = true;
    box.close();
    return undefined;
  };

  /** Whether the text of the open box is edited in this document. */
  has(document: TextDocument): boolean {
    return [...this.boxes].some((box) => box.isEditedIn(document));
  }

  commands() {
    return {
      'quillet.submitInput': (argument: unknown) => this.find(argument)?.submit(argument),
      'quillet.cancelInput': (argument: unknown) => this.find(argument)?.cancel(),
    };
  }

  dispose(): void {
    for (const box of this.boxes) box.close();
  }

  /** @param argument the edited comment. A key passes none. */
  private find(argument: unknown): QuestionBox | undefined {
    const boxes = [...this.boxes];
    return boxes.find((box) => box.findText(argument) !== undefined) ?? boxes.at(-1);
  }

  private readonly createThread: CreateThread = (uri, range, comment) => {
    this.controller ??= comments.createCommentController(CONTROLLER, 'Quillet');
    return this.controller.createCommentThread(uri, range, [comment]);
  };
}

/** VS Code shows a comment in all editors of a document, and each would take the focus. */
function canShow({ editor: { document } }: InputPlace): boolean {
  return !isCell(document) && window.visibleTextEditors.filter((editor) => editor.document === document).length === 1;
}

function recallHint(text: string): string {
  const [line = ''] = text.trim().split('\n', 1);
  const shown = line === text && line.length <= MAX_HINT_LENGTH ? line : `${line.slice(0, MAX_HINT_LENGTH)}…`;
  return l10n.t('Press Alt+↑ to use "{0}" again', shown);
}

type CreateThread = (uri: Uri, range: Range, comment: Comment) => CommentThread;

class QuestionBox implements OpenInput {
  private thread: CommentThread | undefined;
  /** What VS Code edits the comment in. It is a new document when the file is shown again. */
  private input: TextDocument | undefined;
  private shownText = '';
  private readonly answered = Promise.withResolvers<string | undefined>();
  readonly answer = this.answered.promise;
  private readonly subscription: Disposable;

  constructor(
    private readonly createThread: CreateThread,
    private readonly request: InputRequest,
    private readonly place: InputPlace,
    private readonly texts: { readonly label: string; readonly hint?: string },
  ) {
    this.subscription = Disposable.from(
      workspace.onDidOpenTextDocument((document) => {
        if (!isCommentInput(document)) return;
        this.input = document;
        setTimeout(() => void this.fit(document), FIT_DELAY_MS);
        // Expanding the thread moves the focus into the comment, which now has an editor.
        if (this.thread !== undefined) this.thread.collapsibleState = CommentThreadCollapsibleState.Expanded;
      }),
      workspace.onDidCloseTextDocument((document) => {
        if (document === place.editor.document) this.answered.resolve(undefined);
      }),
    );
    this.show(request.value ?? '', texts.hint);
  }

  /** No event tells that VS Code does not show the box. On a slow machine, the round trips take longer, too. */
  async isShown(): Promise<boolean> {
    for (let round = 0; round < MAX_ROUNDS && this.input === undefined; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
      await commands.executeCommand('setContext', 'quillet.asking', true);
    }
    return this.input !== undefined;
  }

  get text(): string {
    return this.input?.getText().replaceAll('\r\n', '\n') ?? this.request.value ?? '';
  }

  isEditedIn(document: TextDocument): boolean {
    return this.input === document;
  }

  setText(text: string): void {
    if (this.input === undefined) return;
    const edit = new WorkspaceEdit();
    edit.replace(this.input.uri, new Range(0, 0, this.input.lineCount, 0), text);
    void workspace.applyEdit(edit);
  }

  focus(): void {
    this.show(this.text, this.texts.hint);
  }

  /** @param argument the comment, with the edited text. The open document may belong to another extension's comment. */
  submit(argument: unknown): void {
    if (this.thread === undefined) return;
    const text = this.findText(argument) ?? this.text;
    const message = this.request.validate(text);
    // VS Code has ended the editing.
    if (message !== undefined) this.show(text, message);
    else this.end(text);
  }

  /** Undefined if the comment is not that of this box. */
  findText(argument: unknown): string | undefined {
    const body = this.thread?.comments.find((comment) => comment === argument)?.body;
    return typeof body === 'string' ? body.replaceAll('\r\n', '\n') : undefined;
  }

  cancel(): void {
    this.end(undefined);
  }

  close(): void {
    this.answered.resolve(undefined);
    this.subscription.dispose();
    this.thread?.dispose();
    this.thread = undefined;
  }

  private end(answer: string | undefined): void {
    this.answered.resolve(answer);
    this.close();
    // Otherwise the focus is lost with the box.
    void commands.executeCommand('workbench.action.focusActiveEditorGroup');
  }

  private async fit(input: TextDocument): Promise<void> {
    if (this.thread === undefined) return;
    if (this.shownText !== '') await remeasure(input);
    this.reveal();
  }

  /** VS Code does not scroll to a comment that gets the focus. It is shown above the line after its range. */
  private reveal(): void {
    const { document } = this.place.editor;
    const { range } = this.thread ?? {};
    if (range === undefined) return;
    const line = Math.min(range.end.line + 1, document.lineCount - 1);
    findVisibleEditor(document)?.revealRange(new Range(line, 0, line, 0));
  }

  /** A new comment in edit mode takes the focus. */
  private show(text: string, note: string | undefined): void {
    this.shownText = text;
    this.thread?.dispose();
    const { prompt } = this.request;
    const { document } = this.place.editor;
    const comment: Comment = {
      author: { name: prompt },
      body: text,
      mode: CommentMode.Editing,
      ...(note !== undefined && { label: note }),
    };
    const range = withoutLastLineEnd(document, this.place.target.range);
    this.thread = this.createThread(document.uri, range, comment);
    Object.assign(this.thread, { label: this.texts.label, canReply: false });
  }
}

/**
 * VS Code measures a comment before it knows the width of its box, as if each character were on a line of its own, and
 * again only when the text changes.
 */
async function remeasure(input: TextDocument): Promise<void> {
  // At the start, because the user may be typing at the end.
  const start = new Position(0, 0);
  const add = new WorkspaceEdit();
  add.insert(input.uri, start, ' ');
  const remove = new WorkspaceEdit();
  remove.delete(input.uri, new Range(start, start.translate(0, 1)));
  await workspace.applyEdit(add);
  await workspace.applyEdit(remove);
}

/** Unlike the document of a reply box, that of a comment being edited has no authority. */
export function isCommentInput({ uri }: TextDocument): boolean {
  return uri.scheme === 'comment' && uri.authority === '';
}
