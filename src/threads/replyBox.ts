import { type CommentReply, workspace } from 'vscode';

/** Whether a reply box has text. VS Code does not tell which thread the box belongs to. */
export function hasReplyDraft(): boolean {
  return workspace.textDocuments.some((document) => document.uri.scheme === 'comment' && document.getText() !== '');
}

export function replyText(argument: unknown): string | undefined {
  const text = (argument as Partial<CommentReply> | undefined)?.text;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}
