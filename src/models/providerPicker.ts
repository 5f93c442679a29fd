import { l10n, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import { type BaseUrlProblem, parseBaseUrl } from '../providers/baseUrl';
import { type DetectedServer, PRESETS, type ProviderPreset } from '../providers/presets';
import type { ProviderSetting } from '../settings/common/settings';
import { withoutUndefined } from '../util/withoutUndefined';

interface PresetItem extends QuickPickItem {
  readonly preset?: ProviderPreset;
}

/**
 * Picks a provider. The items are set once, after local servers were detected: VS Code reports an accepted item by its
 * index, so changing the list could send prompts to the wrong server.
 */
export function pickProvider(localServers: Promise<readonly DetectedServer[]>): Promise<ProviderPreset | undefined> {
  const picker = window.createQuickPick<PresetItem>();
  picker.title = l10n.t('Where should Quillet send prompts?');
  picker.placeholder = l10n.t('Choose a provider, a server on this machine, or any OpenAI-compatible address');
  picker.matchOnDescription = true;
  picker.ignoreFocusOut = true;
  picker.busy = true;
  void localServers
    .catch(() => [])
    .then((servers) => {
      picker.items = buildItems(servers);
      picker.busy = false;
    });
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.preset);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}

function buildItems(servers: readonly DetectedServer[]): PresetItem[] {
  const running = new Set(servers.map((server) => server.preset.id));
  const others = PRESETS.filter((preset) => !running.has(preset.id) && preset.api !== 'http');
  const groups: [string, PresetItem[]][] = [
    [l10n.t('Running on this machine'), servers.map(localServerItem)],
    [l10n.t('Services'), others.filter((preset) => !preset.isLocal && preset.id !== 'custom').map(presetItem)],
    [l10n.t('Another server'), others.filter((preset) => preset.id === 'custom').map(presetItem)],
    [l10n.t('Local servers'), others.filter((preset) => preset.isLocal).map(presetItem)],
  ];
  return groups
    .filter(([, items]) => items.length > 0)
    .flatMap(([label, items]) => [{ label, kind: QuickPickItemKind.Separator }, ...items]);
}

function localServerItem({ preset, models }: DetectedServer): PresetItem {
  return {
    label: preset.label,
    description:
      models.length === 1
        ? l10n.t('1 model at {0}', preset.baseUrl)
        : l10n.t('{0} models at {1}', String(models.length), preset.baseUrl),
    preset,
  };
}

function presetItem(preset: ProviderPreset): PresetItem {
  return {
    label: preset.label,
    description: preset.baseUrl === '' ? (preset.baseUrlExample ?? '') : preset.baseUrl,
    preset,
  };
}

/** Asks for a base URL and suggests corrections while typing. A pasted request URL also names the API style. */
export async function promptForBaseUrl(
  preset: ProviderPreset,
): Promise<(Required<Pick<ProviderSetting, 'baseUrl'>> & Pick<ProviderSetting, 'api'>) | undefined> {
  const text = await window.showInputBox({
    title: l10n.t('Base URL of the server'),
    prompt: l10n.t("The API address from the server's documentation"),
    placeHolder: preset.baseUrlExample ?? preset.baseUrl,
    value: preset.baseUrl,
    ignoreFocusOut: true,
    validateInput: (value) => {
      const result = parseBaseUrl(value);
      if (result.ok || value === '') return undefined;
      const reason = describeProblem(result.problem);
      return result.suggestion === undefined ? reason : l10n.t('{0} Did you mean {1}?', reason, result.suggestion);
    },
  });
  if (text === undefined) return undefined;
  const result = parseBaseUrl(text);
  if (!result.ok) return undefined;
  return { baseUrl: result.setting ?? result.url, ...withoutUndefined({ api: result.api }) };
}

function describeProblem(problem: BaseUrlProblem): string {
  switch (problem) {
    case 'empty':
      return l10n.t('The address is empty.');
    case 'noScheme':
      return l10n.t('The address must start with http:// or https://.');
    case 'badScheme':
      return l10n.t('Only http and https addresses are supported.');
    case 'userInfo':
      return l10n.t("The address can't contain a user name or password.");
    case 'fragment':
      return l10n.t("The address can't contain a fragment (#).");
    case 'insecure':
      return l10n.t(
        'Plain http would expose your code and API key on the network. Use https, or a server on this machine.',
      );
    case 'badPort':
      return l10n.t("This port can't be used for http.");
    case 'invalid':
      return l10n.t("This isn't a valid address.");
  }
}

export function promptForProviderId(suggestion: string, taken: ReadonlySet<string>): Promise<string | undefined> {
  return Promise.resolve(
    window.showInputBox({
      title: l10n.t('Provider name'),
      prompt: l10n.t('A short name to use in settings, e.g. {0}/model', suggestion),
      value: suggestion,
      ignoreFocusOut: true,
      validateInput: (value) => {
        if (!/^[A-Za-z0-9._-]+$/.test(value)) return l10n.t('Use only letters, digits, dots, dashes and underscores.');
        return taken.has(value) ? l10n.t('A provider with this name already exists.') : undefined;
      },
    }),
  );
}
