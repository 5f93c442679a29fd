import { parse } from 'jsonc-parser';
import { Uri, workspace } from 'vscode';
import { readFileBytes, statFile } from '../platform/fileSystem';
import { findProtectedSettings } from './common/protectedSettings';
import { USER_ONLY_SETTINGS } from './configuration';

const MAX_FILE_BYTES = 1_000_000;

export interface IgnoredSettings {
  readonly file: Uri;
  readonly names: readonly string[];
}

/**
 * Finds settings that a workspace must not set. `inspect` omits such values, so this reads the settings files; their
 * values have no other effect.
 */
export class WorkspaceSettings {
  private readonly seenVersions = new Map<string, string>();

  /** Checks the files that have changed since the last call. */
  async findIgnored(): Promise<readonly IgnoredSettings[]> {
    const found = await Promise.all(settingsFiles().map((file) => this.checkFile(file)));
    return found.filter(({ names }) => names.length > 0);
  }

  private async checkFile(file: Uri): Promise<IgnoredSettings> {
    const content = await this.readIfChanged(file);
    const isWorkspaceFile = file.path.endsWith('.code-workspace');
    const settings = isWorkspaceFile ? (content as { settings?: unknown } | undefined)?.settings : content;
    return { file, names: findProtectedSettings(settings, USER_ONLY_SETTINGS) };
  }

  private async readIfChanged(file: Uri): Promise<unknown> {
    try {
      const stat = await statFile(file);
      if (stat === undefined || stat.size > MAX_FILE_BYTES) return undefined;
      // While a file is being written, its size may still change after its modification time does.
      const version = `${stat.mtime} ${stat.size}`;
      if (this.seenVersions.get(file.toString()) === version) return undefined;
      this.seenVersions.set(file.toString(), version);
      const text = new TextDecoder().decode(await readFileBytes(file));
      // As leniently as VS Code.
      return parse(text, [], { allowTrailingComma: true });
    } catch {
      return undefined;
    }
  }
}

function settingsFiles(): Uri[] {
  const { workspaceFile, workspaceFolders = [] } = workspace;
  const inFolders = workspaceFolders.map(({ uri }) => Uri.joinPath(uri, '.vscode', 'settings.json'));
  return workspaceFile === undefined || workspaceFile.scheme === 'untitled' ? inFolders : [...inFolders, workspaceFile];
}
