import { l10n, type QuickPickItem, window } from 'vscode';
import { formatModelRef } from '../core/chat';
import { type CommandId, runCommand } from '../platform/commands';
import type { Configuration } from '../settings/configuration';
import { withoutUndefined } from '../util/withoutUndefined';
import type { ActiveRuns } from './activeRuns';

export interface StatusMenuServices {
  readonly runs: ActiveRuns;
  readonly settings: Configuration;
}

interface MenuItem extends QuickPickItem {
  readonly command: CommandId;
}

export async function showStatusMenu({ runs, settings }: StatusMenuServices): Promise<void> {
  const { model } = settings.read();
  const run = runs.newest;
  if (model === undefined && run === undefined) return runCommand('quillet.selectModel');
  const description = model === undefined ? undefined : formatModelRef(model);
  const items: MenuItem[] = [
    ...(run === undefined
      ? []
      : [{ label: l10n.t('$(debug-stop) Stop'), description: run.title, command: 'quillet.stop' } as const]),
    { label: l10n.t('$(play) Run Prompt…'), command: 'quillet.run' },
    {
      label: l10n.t('$(edit-sparkle) Select Model…'),
      command: 'quillet.selectModel',
      ...withoutUndefined({ description }),
    },
    { label: l10n.t('$(key) Set API Key…'), command: 'quillet.setKey' },
    { label: l10n.t('$(graph) Show Usage'), command: 'quillet.showUsage' },
    { label: l10n.t('$(history) Show Requests'), command: 'quillet.showRequests' },
    { label: l10n.t('$(output) Show Log'), command: 'quillet.showLog' },
    { label: l10n.t('$(settings-gear) Open Settings'), command: 'quillet.openSettings' },
  ];
  const picked = await window.showQuickPick(items, { title: l10n.t('Quillet') });
  if (picked !== undefined) await runCommand(picked.command);
}
