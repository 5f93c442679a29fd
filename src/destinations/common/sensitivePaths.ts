/** Folders whose files are run, or say what is run, without anyone opening them again. */
const folders =
  /(?:^|\/)(?:\.vscode|\.git|\.husky|\.github\/(?:workflows|actions)|\.circleci|\.devcontainer|\.cursor|\.windsurf|\.claude|\.codex|\.gemini|\.ssh|\.config\/(?:fish|autostart|systemd)|library\/launch(?:agents|daemons))\//;

const names = new RegExp(
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
export function isSensitiveTarget(path: string): boolean {
  const parts: string[] = [];
  const same = path
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC')
    .toLowerCase();
  for (const part of same.split(/[\\/]+/)) {
    if (part === '..') parts.pop();
    // Windows does not see dots and spaces at the end of a name, and what stands behind a colon is a stream of the file.
    else if (part !== '.') parts.push(part.replace(/(?<=.):.*$/s, '').replace(/(?<=[^. ])[. ]+$/, ''));
  }
  const plain = parts.join('/');
  return folders.test(plain) || names.test(plain);
}
