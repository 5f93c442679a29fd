/** Splits a JSON Pointer (RFC 6901) that is valid. */
export function parseJsonPointer(pointer: string): string[] {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Reads a value by JSON Pointer, such as `/choices/0/text`. Inherited properties are not found. */
export function resolveJsonPointer(document: unknown, pointer: string): unknown {
  let current = document;
  for (const key of parseJsonPointer(pointer)) {
    if (typeof current !== 'object' || current === null) return undefined;
    if (!Object.hasOwn(current, key)) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[key];
  }
  return current;
}

export function isJsonPointer(text: string): boolean {
  return text === '' || (text.startsWith('/') && !/~(?![01])/.test(text));
}
