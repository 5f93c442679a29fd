import { type Comment, CommentMode, MarkdownString } from 'vscode';
import { sanitizeMarkdown } from '../sanitize/sanitizeMarkdown';

/** A comment keeps its identity while it is redrawn: a copy would lose the reader's scroll position. */
export class ThreadComment implements Comment {
  body: string | MarkdownString = '';
  mode = CommentMode.Preview;
  label?: string;
  /**
   * Compared by `when` clauses. Buttons must be there when a comment is first drawn: VS Code fails to add them to one that
   * began without. For the same reason nothing else that changes may stand in those clauses.
   */
  contextValue: string;
  /** The text as the model sent it, for the clipboard: the shown body is neutralised. */
  source = '';

  constructor(
    readonly author: { name: string },
    readonly kind: 'question' | 'answer' | 'note',
  ) {
    this.contextValue = kind;
  }

  /** The same comment as another object, which VS Code draws from the beginning. */
  copy(): ThreadComment {
    return Object.assign(new ThreadComment(this.author, this.kind), this);
  }
}

/** Model text as Markdown that loads nothing and runs nothing; `isTrusted` and `supportHtml` stay off. */
export function untrustedMarkdown(text: string): MarkdownString {
  return new MarkdownString(sanitizeMarkdown(text));
}
