import * as assert from 'node:assert/strict';
import { isSensitivePath } from '../../../../src/destinations/common/sensitivePaths';

describe('isSensitivePath', () => {
  const sensitive = [
    '/w/.vscode/settings.json',
    '/w/.VSCODE/Tasks.json',
    'C:\\w\\.vscode\\launch.json',
    '/w/src/../.vscode/x.ts',
    '/w/.vscode./settings.json',
    '/w/.vscode//settings.json',
    '/w/app.code-workspace',
    '/w/mcp.json',
    '/w/.mcp.json',
    '/w/packages/a/package.json',
    '/w/.git/hooks/pre-commit',
    '/w/.git/config',
    '/w/.husky/pre-push',
    '/w/.github/workflows/ci.yml',
    '/w/.github/actions/x/action.yml',
    '/home/me/.bashrc',
    '/home/me/.zshenv',
    '/home/me/.bash_profile',
    '/home/me/.profile',
    '/home/me/.config/fish/config.fish',
    '/home/me/.ssh/authorized_keys',
    '/home/me/.gitconfig',
    '/home/me/.config/Code/User/settings.json',
    'C:\\Users\\me\\Documents\\PowerShell\\Microsoft.PowerShell_profile.ps1',
    '/w/.npmrc',
    '/w/.envrc',
    '.vscode/settings.json',
    '/w/.v\u{17f}code/tasks.json',
    '/w/.g\u{200c}it/hooks/pre-commit',
    '/w/.\u{ff56}\u{ff53}code/tasks.json',
    '/w/package.json::$DATA',
    '/w/.git',
    '/w/.circleci/config.yml',
    '/w/.travis.yml',
    '/w/.pre-commit-config.yaml',
    '/w/lefthook.yml',
    '/home/me/.vimrc',
    '/home/me/.gdbinit',
    '/Users/me/Library/LaunchAgents/x.plist',
  ];
  for (const path of sensitive) it(`is true for ${path} [R36, E18]`, () => assert.ok(isSensitivePath(path)));

  const harmless = [
    '/w/src/index.ts',
    '/w/vscode/settings.ts',
    '/w/.github/CONTRIBUTING.md',
    '/w/src/package.json.ts',
    '/w/my-package.json',
    '/w/.gitignore',
    '/w/docs/.vscode-notes.md',
    '/w/config/settings.json',
    '/w/project.git.ts',
    '/w/a:b.ts',
    'Untitled-1',
    '',
  ];
  for (const path of harmless)
    it(`is false for ${path || 'an empty path'} [R36]`, () => assert.ok(!isSensitivePath(path)));
});
