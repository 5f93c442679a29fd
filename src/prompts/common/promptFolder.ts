export type PromptFolder =
  | { readonly kind: 'relative'; readonly segments: readonly string[] }
  | { readonly kind: 'absolute'; readonly path: string };

/** Parses an entry of `quillet.promptFolders`. A relative path must stay inside its workspace folder. */
export function parsePromptFolder(text: string, home: string | undefined): PromptFolder | undefined {
  const path = text.trim().replaceAll('\\', '/');
  // Network paths (`//server/share`) are rejected: opening one can leak credentials.
  if (path === '' || path.startsWith('//') || path.includes('\0')) return undefined;
  if (path === '~' || path.startsWith('~/')) {
    return home === undefined ? undefined : { kind: 'absolute', path: `${home}${path.slice(1)}` };
  }
  if (isAbsolute(path)) return { kind: 'absolute', path };
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  const isInside = segments.length > 0 && !segments.includes('..') && !path.includes(':') && !path.startsWith('~');
  return isInside ? { kind: 'relative', segments } : undefined;
}

/** In a workspace, or in the folder of a VS Code profile. A folder named `User` can also be a home folder. */
const SHARED_FILE = /\/(?:\.github|(?<!\/(?:Users|home)\/)User(?:\/profiles\/[^/]+)?)\/prompts\/[^/]+$/;

/** Whether VS Code reads the file too, with keys and models of its own. */
export function isSharedPromptFile(path: string): boolean {
  return SHARED_FILE.test(path);
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[a-z]:\//i.test(path);
}
