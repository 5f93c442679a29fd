import { Uri, workspace } from 'vscode';
import { bytesOfFile, factsOfFile } from '../platform/fileSystem';
import { protectedSettingsIn } from './common/protectedSettings';
import { userOnlySettings } from './configuration';

/** Settings files of this size are somebody's accident; VS Code itself reads them, this only names what it ignores. */
const LARGEST_FILE = 1_000_000;

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
  private readonly seen = new Map<string, string>();

  /** The files that are new or have changed since the last call. */
  async findIgnored(): Promise<readonly IgnoredSettings[]> {
    const found = await Promise.all(settingsFiles().map((file) => this.inFile(file)));
    return found.filter(({ names }) => names.length > 0);
  }

  private async inFile(file: Uri): Promise<IgnoredSettings> {
    const content = await this.readIfChanged(file);
    const isWorkspaceFile = file.path.endsWith('.code-workspace');
    const settings = isWorkspaceFile ? (content as { settings?: unknown } | undefined)?.settings : content;
    return { file, names: protectedSettingsIn(settings, userOnlySettings) };
  }

  private async readIfChanged(file: Uri): Promise<unknown> {
    try {
      const facts = await factsOfFile(file);
      if (facts === undefined || facts.size > LARGEST_FILE) return undefined;
      // A file that is just being written may have its last time before its last size.
      const version = `${facts.mtime} ${facts.size}`;
      if (this.seen.get(file.toString()) === version) return undefined;
      this.seen.set(file.toString(), version);
      const text = new TextDecoder().decode(await bytesOfFile(file));
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
