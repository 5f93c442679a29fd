/** A value that is made when it is first asked for: what only some texts need must not cost those who never meet one. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
