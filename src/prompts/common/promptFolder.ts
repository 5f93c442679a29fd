/** A folder out of the settings: within each workspace folder, or, by an absolute path, anywhere. */
export type PromptFolder =
  | { readonly kind: 'relative'; readonly segments: readonly string[] }
  | { readonly kind: 'absolute'; readonly path: string };

/**
 * Reads a folder as the settings name it. A relative one stays inside its workspace folder: `..` is refused, whatever it
 * leads to (R28). `~` is the home folder, where there is one. Undefined where it cannot be used.
 */
export function parsePromptFolder(text: string, home: string | undefined): PromptFolder | undefined {
  const path = text.trim().replaceAll('\\', '/');
  // A network path (`//server/share`) is none that a prompt is read from.
  if (path === '' || path.startsWith('//') || path.includes('\0')) return undefined;
  if (path === '~' || path.startsWith('~/')) {
    return home === undefined ? undefined : { kind: 'absolute', path: `${home}${path.slice(1)}` };
  }
  if (isAbsolute(path)) return { kind: 'absolute', path };
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  const isInside = segments.length > 0 && !segments.includes('..') && !path.includes(':') && !path.startsWith('~');
  return isInside ? { kind: 'relative', segments } : undefined;
}

/** Whether a file lies in the folder that VS Code, too, reads prompt files from, with keys and models of its own. */
export function isSharedPromptFile(path: string): boolean {
  return /\/\.github\/prompts\/[^/]+$/.test(path);
}

/** `/home/me/prompts` and `C:/prompts`. */
function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[a-z]:\//i.test(path);
}
