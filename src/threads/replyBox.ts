import { type CommentReply, type Uri, workspace } from 'vscode';

/** Whether a reply box has text. VS Code does not tell which thread the box belongs to. */
export function hasReplyDraft(): boolean {
  return workspace.textDocuments.some((document) => isReplyBox(document.uri) && document.getText() !== '');
}

/** The document of a comment being edited has no authority. */
function isReplyBox({ scheme, authority }: Uri): boolean {
  return scheme === 'comment' && authority !== '';
}

export function replyText(argument: unknown): string | undefined {
  const text = (argument as Partial<CommentReply> | undefined)?.text;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}
