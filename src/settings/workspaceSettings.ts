import { Uri, workspace } from 'vscode';
import { readFileBytes, statFile } from '../platform/fileSystem';
import { findProtectedSettings } from './common/protectedSettings';
import { USER_ONLY_SETTINGS } from './configuration';

/** Settings files of this size are somebody's accident; VS Code itself reads them, this only names what it ignores. */
const MAX_FILE_BYTES = 1_000_000;

/** A settings file of the workspace, and the names in it that only the user may set. */
export interface IgnoredSettings {
  readonly file: Uri;
  readonly names: readonly string[];
}

/**
 * Finds what a workspace tries to set and may not. VS Code does not tell: `inspect` leaves such values out. So the files
 * are read themselves, as text, and nothing in them has any other effect.
 */
export class WorkspaceSettings {
  /** When each file was changed last, and its size, as it was read. */
  private readonly seenVersions = new Map<string, string>();

  /** The files that are new or have changed since the last call. */
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
      // A file that is just being written may have its last time before its last size.
      const version = `${stat.mtime} ${stat.size}`;
      if (this.seenVersions.get(file.toString()) === version) return undefined;
      this.seenVersions.set(file.toString(), version);
      const text = new TextDecoder().decode(await readFileBytes(file));
      // Most folders have no such file, and need no parser.
      const { parseSettingsFile } = await import('./common/settingsFile');
      return parseSettingsFile(text);
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
