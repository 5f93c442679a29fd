import { parse } from 'jsonc-parser';
import { Uri, workspace } from 'vscode';
import { readFileBytes } from '../platform/fileSystem';
import { asFields } from '../util/json';
import { findProtectedSettings } from './common/protectedSettings';
import { USER_ONLY_SETTINGS } from './configuration';

export interface IgnoredSettings {
  readonly file: Uri;
  readonly names: readonly string[];
}

/** Finds settings that a workspace must not set, in its files, because `inspect` omits such values. */
export async function findIgnoredSettings(): Promise<readonly IgnoredSettings[]> {
  const found = await Promise.all(settingsFiles().map(checkFile));
  return found.filter(({ names }) => names.length > 0);
}

async function checkFile(file: Uri): Promise<IgnoredSettings> {
  const bytes = await readFileBytes(file).catch(() => undefined);
  // As leniently as VS Code.
  const content: unknown = parse(new TextDecoder().decode(bytes), [], { allowTrailingComma: true });
  const settings = file.path.endsWith('.code-workspace') ? asFields(content)?.['settings'] : content;
  return { file, names: findProtectedSettings(settings, USER_ONLY_SETTINGS) };
}

function settingsFiles(): Uri[] {
  const { workspaceFile, workspaceFolders = [] } = workspace;
  const inFolders = workspaceFolders.map(({ uri }) => Uri.joinPath(uri, '.vscode', 'settings.json'));
  return workspaceFile === undefined || workspaceFile.scheme === 'untitled' ? inFolders : [...inFolders, workspaceFile];
}
