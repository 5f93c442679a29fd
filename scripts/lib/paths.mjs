import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Joins a path relative to the project folder. */
export function inProject(...parts) {
  return path.join(root, ...parts);
}
