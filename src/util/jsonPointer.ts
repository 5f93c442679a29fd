/**
 * Reads a value by JSON Pointer (RFC 6901): `/choices/0/text`, with `~1` for a slash and `~0` for a tilde. The empty pointer
 * is the whole document. Undefined where nothing is there; inherited properties are nothing.
 */
export function resolveJsonPointer(document: unknown, pointer: string): unknown {
  if (pointer === '') return document;
  let current = document;
  for (const token of pointer.slice(1).split('/')) {
    if (typeof current !== 'object' || current === null) return undefined;
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!Object.hasOwn(current, key)) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[key];
  }
  return current;
}

/** Whether a text is a pointer at all: empty, or beginning with a slash and with every tilde escaped. */
export function isJsonPointer(text: string): boolean {
  return text === '' || (text.startsWith('/') && !/~(?![01])/.test(text));
}
