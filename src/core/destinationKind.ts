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
