/** Folders whose files are run, or say what is run, without anyone opening them again. */
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

/**
 * Whether a file decides what a machine runs: there an answer is proposed first and never written as it comes. What a file
 * system may take for the same name counts as the same: letters in both cases and all their forms, characters without
 * width (CVE-2014-9390), both slashes.
 * @param path Of the file itself, after every link is followed.
 */
export function isSensitivePath(path: string): boolean {
  const segments: string[] = [];
  const normalized = path
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC')
    .toLowerCase();
  for (const segment of normalized.split(/[\\/]+/)) {
    if (segment === '..') segments.pop();
    // Windows does not see dots and spaces at the end of a name, and what stands behind a colon is a stream of the file.
    else if (segment !== '.') segments.push(segment.replace(/(?<=.):.*$/s, '').replace(/(?<=[^. ])[. ]+$/, ''));
  }
  const resolved = segments.join('/');
  return SENSITIVE_FOLDERS.test(resolved) || SENSITIVE_FILES.test(resolved);
}
