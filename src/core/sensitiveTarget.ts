/** Folders whose files are run, or say what is run, without anyone opening them again. */
const folders =
  /(?:^|\/)(?:\.vscode|\.git|\.husky|\.github\/(?:workflows|actions)|\.devcontainer|\.cursor|\.claude|\.ssh|\.config\/(?:fish|autostart|systemd))\//;

const names = new RegExp(
  `(?:^|/)(?:${[
    '[^/]*\\.code-workspace',
    '\\.?mcp\\.json',
    'package\\.json',
    '\\.(?:npmrc|yarnrc|yarnrc\\.yml|pnpmfile\\.cjs|gitconfig|gitmodules|gitattributes|envrc|devcontainer\\.json)',
    '\\.(?:bash|zsh|k|c|tc)(?:rc|env|_?profile|_login|_logout|_aliases)',
    '\\.(?:profile|zlogin|zlogout|login|inputrc)',
    '(?:microsoft\\.(?:powershell|vscode))?_?profile\\.ps1',
    'authorized_keys',
    'crontab',
    'user/(?:profiles/[^/]*/)?(?:settings|tasks|launch|keybindings)\\.json|argv\\.json',
    '\\.gitlab-ci\\.yml|jenkinsfile|azure-pipelines\\.yml',
  ].join('|')})$`,
);

/**
 * Whether a file decides what a machine runs: there an answer is proposed first and never written as it comes. Letters
 * count the same in both cases, since many file systems make no difference; so do both slashes.
 * @param path Of the file itself, after every link is followed.
 */
export function isSensitiveTarget(path: string): boolean {
  const parts: string[] = [];
  for (const part of path.toLowerCase().split(/[\\/]+/)) {
    if (part === '..') parts.pop();
    // Windows does not see dots and spaces at the end of a name.
    else if (part !== '.') parts.push(part.replace(/(?<=[^. ])[. ]+$/, ''));
  }
  const plain = parts.join('/');
  return folders.test(plain) || names.test(plain);
}
