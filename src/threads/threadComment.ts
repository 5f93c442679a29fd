import { type Comment, CommentMode, MarkdownString } from 'vscode';
import type { Reasoning } from '../core/run';
import { sanitizeMarkdown } from '../sanitize/sanitizeMarkdown';

/** Reused across redraws: a new object would reset the scroll position. */
export class ThreadComment implements Comment {
  body: string | MarkdownString = '';
  mode = CommentMode.Preview;
  label?: string;
  /**
   * Used in `when` clauses. VS Code cannot add buttons to a comment that was first drawn without any, so this never
   * depends on changing state.
   */
  contextValue: string;
  /** The raw answer, for the clipboard; `body` is sanitized. */
  source = '';
  /** Of an answer. */
  reasoning?: Reasoning;

  constructor(
    readonly author: { name: string },
    readonly kind: 'question' | 'answer' | 'note',
  ) {
    this.contextValue = kind;
  }

  showQuestion(text: string): void {
    this.source = text;
    this.mode = CommentMode.Preview;
    // Markdown would join the lines.
    this.body = untrustedMarkdown(text.replaceAll('\n', '  \n'));
  }

  edit(text: string): void {
    this.mode = CommentMode.Editing;
    this.body = text;
  }

  copy(): ThreadComment {
    return Object.assign(new ThreadComment(this.author, this.kind), this);
  }
}

/** Sanitized Markdown that loads no remote content; `isTrusted` and `supportHtml` stay off. */
export function untrustedMarkdown(text: string): MarkdownString {
  return new MarkdownString(sanitizeMarkdown(text));
}

export function setCommentLabel(comment: ThreadComment, label: string | undefined): void {
  if (label === undefined) delete comment.label;
  else comment.label = label;
}

/** VS Code makes comments scrollable above a height of 20em. */
export function exceedsScrollBox(markdown: string): boolean {
  return markdown.length > 400 || markdown.split('\n', 9).length > 8;
}
