export const DESTINATION_KINDS = [
  'thread',
  'review',
  'replace',
  'insert',
  'before',
  'after',
  'document',
  'clipboard',
] as const;

export type DestinationKind = (typeof DESTINATION_KINDS)[number];

/** Insert Completion, whose answers are inserted by default, and which also runs without a selection. */
export const INSERT_ID = 'insert';

/** The fields of a request whose answer is shown in a thread. */
export function threadFields(destination: DestinationKind, showReasoning: boolean) {
  const isConversation = destination === 'thread';
  return { isConversation, wantsReasoning: showReasoning && (isConversation || destination === 'review') };
}
