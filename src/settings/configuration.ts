import {
  ConfigurationTarget,
  type Disposable,
  EventEmitter,
  type TextDocument,
  type WorkspaceFolder,
  workspace,
} from 'vscode';
import type { ModelRef } from '../core/chat';
import { formatModelRef } from '../core/chat';
import { omitPath, type SettingsSecret } from './common/secretsInSettings';
import {
  type ProviderSetting,
  parseSettings,
  SETTING_DEFAULTS,
  SETTING_KEYS,
  type SettingKey,
  type Settings,
  type SettingsProblem,
} from './common/settings';

/** Preferences only: everything that decides where data goes is read from the user level (R1). */
const WORKSPACE_KEYS: ReadonlySet<SettingKey> = new Set(['answerLanguage', 'lightbulb', 'promptFolders']);

/** Full names of the settings that count at the user level only. */
export const USER_ONLY_SETTINGS: readonly string[] = SETTING_KEYS.filter((key) => !WORKSPACE_KEYS.has(key)).map(
  (key) => `quillet.${key}`,
);

/** The only reader and writer of VS Code's settings. */
export class Configuration implements Disposable {
  private snapshot: Settings | undefined;
  private folders: PromptFolderSettings | undefined;
  private readonly changed = new EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscription = workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration('quillet')) return;
    this.snapshot = undefined;
    this.folders = undefined;
    this.changed.fire();
  });

  /** @param reportProblems is told of values that cannot be used, each time the settings were read anew. */
  constructor(private readonly reportProblems: (problems: readonly SettingsProblem[]) => void) {}

  /** The settings as they are now. Cheap to call: read again only after a change. */
  read(): Settings {
    if (this.snapshot === undefined) {
      const { settings, problems } = parseSettings(readRaw());
      this.snapshot = settings;
      if (problems.length > 0) this.reportProblems(problems);
    }
    return this.snapshot;
  }

  /** Where prompt files may be. Every command asks, and VS Code takes a millisecond for each level of a setting. */
  promptFolders(): PromptFolderSettings {
    this.folders ??= readPromptFolders();
    return this.folders;
  }

  /** The user's own values as they were written, for those who look for what does not belong there. */
  readUserValues(): { readonly providers?: unknown; readonly headers?: unknown } {
    const { providers, headers } = readRaw();
    return { providers, headers };
  }

  /** Takes a key out of the user's settings; a header that it was meant for stays known as the provider's `keyHeader`. */
  async removeSecret({ setting, path, providerId, keyHeader }: SettingsSecret): Promise<void> {
    const rest = omitPath(readRaw()[setting], path) as Record<string, Record<string, unknown>>;
    const provider = providerId === undefined ? undefined : rest[providerId];
    const updated =
      providerId === undefined || provider === undefined || keyHeader === undefined
        ? rest
        : { ...rest, [providerId]: { keyHeader, ...provider } };
    const isEmpty = Object.keys(updated).length === 0;
    const target = ConfigurationTarget.Global;
    await workspace.getConfiguration('quillet').update(setting, isEmpty ? undefined : updated, target);
    this.snapshot = undefined;
  }

  async saveModel(ref: ModelRef): Promise<void> {
    await workspace.getConfiguration('quillet').update('model', formatModelRef(ref), ConfigurationTarget.Global);
    this.snapshot = undefined;
  }

  async saveProvider(id: string, provider: ProviderSetting): Promise<void> {
    const providers = { ...(readRaw().providers as Record<string, unknown> | undefined), [id]: provider };
    await workspace.getConfiguration('quillet').update('providers', providers, ConfigurationTarget.Global);
    this.snapshot = undefined;
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

/**
 * Reads with `inspect`, because a merged value may hold parts of a workspace: object settings of several levels are
 * merged, and nested-object forms have passed the scope checks of released VS Code versions (faults 0.2).
 */
function readRaw(): Partial<Record<SettingKey, unknown>> {
  // All at once: VS Code goes through every level of the settings for each question, which the first command would wait for.
  const found = workspace.getConfiguration().inspect('quillet');
  const raw: Partial<Record<SettingKey, unknown>> = {};
  for (const key of SETTING_KEYS) {
    const levels = WORKSPACE_KEYS.has(key) ? [found?.workspaceFolderValue, found?.workspaceValue] : [];
    raw[key] = [...levels, found?.globalValue]
      .map((level) => valueAt(level, key))
      .find((value) => value !== undefined && value !== null);
  }
  return raw;
}

/** A value of an object of objects, by its dotted name. */
function valueAt(level: unknown, key: string): unknown {
  return key.split('.').reduce((value, name) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return (value as Record<string, unknown>)[name];
  }, level);
}

/** A setting of the editor itself, as it applies to one document. */
export function readEditorSetting<T>(document: TextDocument, key: string): T | undefined {
  return workspace.getConfiguration(undefined, document).get<T>(key);
}

/** Whether the user hides comments. Asked for one document, VS Code would write a warning into its log each time. */
export function areCommentsHidden(): boolean {
  return workspace.getConfiguration('comments').get<boolean>('visible') === false;
}

/** Whether the user has told VS Code to work for a screen reader. Where it only guesses so, no API tells. */
export function isScreenReaderModeOn(): boolean {
  return workspace.getConfiguration('editor').get<string>('accessibilitySupport') === 'on';
}

/** The folders with prompts, level by level: a workspace may name its own and has no say about others (R28). */
function readPromptFolders(): PromptFolderSettings {
  const key = 'promptFolders' satisfies SettingKey;
  const inspect = (folder?: WorkspaceFolder) => workspace.getConfiguration('quillet', folder).inspect(key);
  const readWorkspaceFolder = (folder: WorkspaceFolder): readonly string[] => {
    const found = inspect(folder);
    const levels = [found?.workspaceFolderValue, found?.workspaceValue, found?.globalValue];
    return levels.map(stringsIn).find((list) => list !== undefined) ?? SETTING_DEFAULTS[key];
  };
  const cache = new Map<string, readonly string[]>();
  return {
    user: stringsIn(inspect()?.globalValue) ?? [],
    workspace: (folder) => {
      const id = folder.uri.toString();
      const list = cache.get(id) ?? readWorkspaceFolder(folder);
      cache.set(id, list);
      return list;
    },
  };
}

function stringsIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

/** The folders of one level of the settings, as they were written. */
export interface PromptFolderSettings {
  readonly user: readonly string[];
  /** What the workspace, or else the user, says about folders in the workspace. */
  readonly workspace: (folder: WorkspaceFolder) => readonly string[];
}
