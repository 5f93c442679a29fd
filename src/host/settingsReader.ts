import { ConfigurationTarget, type Disposable, EventEmitter, type TextDocument, workspace } from 'vscode';
import type { ModelRef } from '../core/chat';
import { formatModelRef } from '../core/chat';
import {
  type ProviderSetting,
  parseSettings,
  type SettingKey,
  type Settings,
  type SettingsProblem,
  settingKeys,
} from '../core/settings';

/** Preferences only: everything that decides where data goes is read from the user level (R1). */
const WORKSPACE_MAY_SET: ReadonlySet<SettingKey> = new Set(['answerLanguage']);

/** The only reader and writer of VS Code's settings. */
export class SettingsReader implements Disposable {
  private snapshot: Settings | undefined;
  private readonly changed = new EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscription = workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration('quillet')) return;
    this.snapshot = undefined;
    this.changed.fire();
  });

  /** @param report is told of values that cannot be used, each time the settings were read anew. */
  constructor(private readonly report: (problems: readonly SettingsProblem[]) => void) {}

  /** The settings as they are now. Cheap to call: read again only after a change. */
  read(): Settings {
    if (this.snapshot === undefined) {
      const { settings, problems } = parseSettings(readRaw());
      this.snapshot = settings;
      if (problems.length > 0) this.report(problems);
    }
    return this.snapshot;
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
  const configuration = workspace.getConfiguration('quillet');
  const raw: Partial<Record<SettingKey, unknown>> = {};
  for (const key of settingKeys) {
    const found = configuration.inspect(key);
    const ofWorkspace = WORKSPACE_MAY_SET.has(key) ? (found?.workspaceFolderValue ?? found?.workspaceValue) : undefined;
    raw[key] = ofWorkspace ?? found?.globalValue;
  }
  return raw;
}

/** A setting of the editor itself, as it applies to one document. */
export function readEditorSetting<T>(document: TextDocument, key: string): T | undefined {
  return workspace.getConfiguration(undefined, document).get<T>(key);
}
