/** The longest way into nested objects that can still spell the name of a setting. */
const MAX_DEPTH = 6;

/**
 * Names of protected settings that a settings file of a workspace tries to set, however it spells them: dotted, as nested
 * objects, half and half, or inside a block for a language. Sorted, each once; values are never part of the result.
 */
export function findProtectedSettings(file: unknown, protectedNames: readonly string[]): string[] {
  const found = new Set<string>();
  collect(file, '', 0);
  return [...found].sort();

  function collect(value: unknown, path: string, depth: number): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > MAX_DEPTH) return;
    for (const [name, inner] of Object.entries(value)) {
      if (path === '' && name.startsWith('[')) collect(inner, '', depth + 1);
      const full = path === '' ? name : `${path}.${name}`;
      const match = protectedNames.find(
        (protectedName) => full === protectedName || full.startsWith(`${protectedName}.`),
      );
      if (match !== undefined) found.add(match);
      else if (protectedNames.some((protectedName) => protectedName.startsWith(`${full}.`)))
        collect(inner, full, depth + 1);
    }
  }
}
