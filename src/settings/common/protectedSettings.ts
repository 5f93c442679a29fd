// No setting name has more parts.
const MAX_DEPTH = 6;

/** Finds protected settings in every spelling: dotted, nested, mixed, or in a language block. */
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
