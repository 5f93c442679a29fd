// Files in these folders are executed, or configure what is executed.
const SENSITIVE_FOLDERS =
  /(?:^|\/)(?:\.vscode|\.git|\.husky|\.github\/(?:workflows|actions)|\.circleci|\.devcontainer|\.cursor|\.windsurf|\.claude|\.codex|\.gemini|\.ssh|\.config\/(?:fish|autostart|systemd)|library\/launch(?:agents|daemons))\//;

const SENSITIVE_FILES = new RegExp(
  `(?:^|/)(?:${[
    '[^/]*\\.code-workspace',
    '\\.?mcp\\.json',
    'package\\.json',
    '\\.(?:npmrc|yarnrc|yarnrc\\.yml|pnpmfile\\.cjs|gitconfig|gitmodules|gitattributes|envrc|devcontainer\\.json)',
    '\\.(?:bash|zsh|k|c|tc)(?:rc|env|_?profile|_login|_logout|_aliases)',
    '\\.(?:profile|zlogin|zlogout|login|inputrc)',
    '(?:microsoft\\.(?:powershell|vscode))?_?profile\\.ps1',
    '\\.(?:vimrc|exrc|nvim\\.lua|gdbinit|lldbinit|tmux\\.conf)',
    '\\.git',
    '\\.pre-commit-config\\.ya?ml|\\.?lefthook\\.ya?ml',
    'authorized_keys',
    'crontab',
    'user/(?:profiles/[^/]*/)?(?:settings|tasks|launch|keybindings)\\.json|argv\\.json',
    '\\.gitlab-ci\\.yml|\\.travis\\.yml|jenkinsfile|(?:azure|bitbucket)-pipelines\\.yml',
  ].join('|')})$`,
);

/** Normalizes paths as some file systems do, which also ignore zero-width characters (CVE-2014-9390). */
export function isSensitivePath(path: string): boolean {
  const segments: string[] = [];
  const normalized = path
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC')
    .toLowerCase();
  for (const segment of normalized.split(/[\\/]+/)) {
    if (segment === '..') segments.pop();
    // Windows ignores trailing dots and spaces, and a colon starts the name of an alternate data stream.
    else if (segment !== '.') segments.push(segment.replace(/(?<=.):.*$/s, '').replace(/(?<=[^. ])[. ]+$/, ''));
  }
  const resolved = segments.join('/');
  return SENSITIVE_FOLDERS.test(resolved) || SENSITIVE_FILES.test(resolved);
}
