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

// Preferences and restrictions. Settings that decide where data is sent are read from the user level.
const WORKSPACE_KEYS: ReadonlySet<SettingKey> = new Set(['answerLanguage', 'ignore', 'lightbulb', 'promptFolders']);

const AI_SETTING = 'chat.disableAIFeatures';

export const USER_ONLY_SETTINGS: readonly string[] = SETTING_KEYS.filter((key) => !WORKSPACE_KEYS.has(key)).map(
  (key) => `quillet.${key}`,
);

/** Reads and writes VS Code's settings. No other class does. */
export class Configuration implements Disposable {
  private snapshot: Settings | undefined;
  private problems: readonly SettingsProblem[] = [];
  private folders: PromptFolderSettings | undefined;
  private readonly restrictionsByFolder = new Map<string | undefined, Restrictions>();
  private readonly changed = new EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscription = workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(AI_SETTING)) this.restrictionsByFolder.clear();
    if (!event.affectsConfiguration('quillet')) return;
    this.restrictionsByFolder.clear();
    this.snapshot = undefined;
    this.folders = undefined;
    this.changed.fire();
  });

  constructor(private readonly reportProblems: (problems: readonly SettingsProblem[]) => void) {}

  read(): Settings {
    if (this.snapshot === undefined) {
      const { settings, problems } = parseSettings(readRaw());
      this.snapshot = settings;
      // Other settings change too: a problem is reported once until it is solved.
      const fresh = problems.filter(
        ({ key, message }) => !this.problems.some((known) => known.key === key && known.message === message),
      );
      this.problems = problems;
      if (fresh.length > 0) this.reportProblems(fresh);
    }
    return this.snapshot;
  }

  /** Cached, because every command needs it and VS Code takes a millisecond for each level of a setting. */
  promptFolders(): PromptFolderSettings {
    this.folders ??= readPromptFolders();
    return this.folders;
  }

  /** Cached, like the prompt folders. A file outside of all folders has those of the user and the whole workspace. */
  restrictions(folder: WorkspaceFolder | undefined): Restrictions {
    const id = folder?.uri.toString();
    const restrictions = this.restrictionsByFolder.get(id) ?? readRestrictions(folder);
    this.restrictionsByFolder.set(id, restrictions);
    return restrictions;
  }

  hasAiFeatures(): boolean {
    return workspace.getConfiguration().get(AI_SETTING) !== true;
  }

  readUserValues(): { readonly providers?: unknown; readonly headers?: unknown } {
    const { providers, headers } = readRaw();
    return { providers, headers };
  }

  /** Removes a key from the user's settings. The header it was meant for becomes the provider's `keyHeader`. */
  async removeSecret({ setting, path, providerId, keyHeader }: SettingsSecret): Promise<void> {
    const rest = omitPath(readRaw()[setting], path) as Record<string, Record<string, unknown>>;
    const provider = providerId === undefined ? undefined : rest[providerId];
    const updated =
      providerId === undefined || provider === undefined || keyHeader === undefined
        ? rest
        : { ...rest, [providerId]: { keyHeader, ...provider } };
    await this.write(setting, updated);
  }

  async saveModel(ref: ModelRef): Promise<void> {
    await this.write('model', formatModelRef(ref));
  }

  async saveProvider(id: string, provider: ProviderSetting): Promise<void> {
    await this.write('providers', { ...(readRaw().providers as object | undefined), [id]: provider });
  }

  /** Also clears the selected model if it is this provider's. */
  async removeProvider(id: string): Promise<void> {
    const isSelected = this.read().model?.providerId === id;
    await this.write('providers', omitPath(readRaw().providers, [id]));
    if (isSelected) await this.write('model', undefined);
  }

  /** Empty objects are removed from the user's settings. */
  private async write(key: SettingKey, value: unknown): Promise<void> {
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    const configuration = workspace.getConfiguration('quillet');
    await configuration.update(key, isEmpty ? undefined : value, ConfigurationTarget.Global);
    this.snapshot = undefined;
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

// Uses `inspect`, because merged values may come from a workspace: VS Code merges object settings of several levels,
// and nested objects have passed the scope checks of released versions (see docs/vscode-notes.md, "Settings").
function readRaw(): Partial<Record<SettingKey, unknown>> {
  // One call for all settings: VS Code reads every level on each call, which would delay the first command.
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

function valueAt(level: unknown, key: string): unknown {
  return key.split('.').reduce((value, name) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return (value as Record<string, unknown>)[name];
  }, level);
}

export function readEditorSetting<T>(document: TextDocument, key: string): T | undefined {
  return workspace.getConfiguration(undefined, document).get<T>(key);
}

// Not read for a document: VS Code would log a warning each time.
export function areCommentsHidden(): boolean {
  return workspace.getConfiguration('comments').get<boolean>('visible') === false;
}

/** A glob of what VS Code's search leaves out, such as `node_modules`. */
export function readSearchExcludes(): string | null {
  const configuration = workspace.getConfiguration();
  const globs = ['files.exclude', 'search.exclude'].flatMap((key) =>
    Object.entries(configuration.get<Record<string, unknown>>(key) ?? {}).flatMap(([glob, isOn]) =>
      // Braces can't be nested.
      isOn === true && !glob.includes('{') ? [glob] : [],
    ),
  );
  return globs.length === 0 ? null : `{${globs.join(',')}}`;
}

/** Whether the user has turned on screen reader mode. No API tells whether VS Code has detected a screen reader. */
export function isScreenReaderModeOn(): boolean {
  return workspace.getConfiguration('editor').get<string>('accessibilitySupport') === 'on';
}

// Reads each level separately: a workspace sets its own folders and must not change the user's.
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

// Every level counts, so that none can take back what another one restricts. The user's own value of VS Code's setting is
// about VS Code's features: who turns them off may do so because of Quillet.
function readRestrictions(folder: WorkspaceFolder | undefined): Restrictions {
  const ai = workspace.getConfiguration(undefined, folder).inspect<boolean>(AI_SETTING);
  const found = workspace.getConfiguration('quillet', folder).inspect('ignore' satisfies SettingKey);
  const levels = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
  return {
    isAiDisabled: ai?.workspaceValue === true || ai?.workspaceFolderValue === true,
    ignoreLists: levels.flatMap((level) => [stringsIn(level) ?? []]).filter((list) => list.length > 0),
  };
}

function stringsIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

export interface Restrictions {
  readonly isAiDisabled: boolean;
  readonly ignoreLists: readonly (readonly string[])[];
}

export interface PromptFolderSettings {
  readonly user: readonly string[];
  readonly workspace: (folder: WorkspaceFolder) => readonly string[];
}
