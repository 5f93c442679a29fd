/** Where the answer to a prompt can go; design.md section 5. */
export const destinationKinds = [
  'thread',
  'review',
  'replace',
  'insert',
  'before',
  'after',
  'document',
  'clipboard',
] as const;

export type DestinationKind = (typeof destinationKinds)[number];
