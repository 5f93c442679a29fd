/** A value that is made when it is first asked for: what only some texts need must not cost those who never meet one. */
export function memoize<T extends object>(create: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= create();
    return value;
  };
}
