import { l10n, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import { type InputCheck, promptForValue } from '../platform/checkedInput';
import { waitForChoice } from '../platform/quickPicks';
import { type AcceptedBaseUrl, type BaseUrlProblem, type BaseUrlResult, parseBaseUrl } from '../providers/baseUrl';
import { CUSTOM_PRESET, type DetectedServer, PRESETS, type ProviderPreset } from '../providers/presets';
import type { ProviderSetting } from '../settings/common/settings';
import { withoutUndefined } from '../util/withoutUndefined';

/** A base URL as entered. A pasted request URL also names the API style. */
export type Address = Required<Pick<ProviderSetting, 'baseUrl'>> & Pick<ProviderSetting, 'api'>;

export interface PickedProvider {
  readonly preset: ProviderPreset;
  readonly address?: Address;
}

interface ProviderItem extends QuickPickItem {
  readonly provider?: PickedProvider;
}

/** VS Code reports an accepted item by its index, so changing the list could send prompts to the wrong server. */
export function pickProvider(
  localServers: Promise<readonly DetectedServer[]>,
  isSecret: (text: string) => boolean,
): Promise<PickedProvider | undefined> {
  const picker = window.createQuickPick<ProviderItem>();
  picker.title = l10n.t('Where should Quillet send prompts?');
  picker.placeholder = l10n.t('Choose a provider, or type the address of a server');
  picker.matchOnDescription = true;
  picker.ignoreFocusOut = true;
  picker.busy = true;
  let providers: readonly ProviderItem[] | undefined;
  const updateItems = (): void => {
    picker.items = providers === undefined ? [] : [...providers, ...typedItems(picker.value, isSecret)];
  };
  void localServers
    .catch(() => [])
    .then((servers) => {
      providers = buildItems(servers);
      updateItems();
      picker.busy = false;
    });
  picker.onDidChangeValue(updateItems);
  return waitForChoice(picker, () => picker.selectedItems[0]?.provider);
}

// A provider's name is not an address, although `https://` would turn it into one.
const ADDRESS = /^\W*(?:[a-z][a-z0-9+.-]*:\/\/|localhost\b|[^\s/]+:\d|[^\s/]+\.[a-z]{2,}(?:[:/]|$)|\d+\.\d+\.)/i;

function typedItems(value: string, isSecret: (text: string) => boolean): readonly ProviderItem[] {
  const problem = (text: string) => [{ label: `$(error) ${text}`, alwaysShow: true }];
  if (!ADDRESS.test(value)) {
    const message = l10n.t('This looks like an API key. Choose a provider first; Quillet will then ask for the key.');
    return isSecret(value) ? problem(message) : [];
  }
  const result = parseBaseUrl(value);
  const corrected = correctBaseUrl(value);
  if (!corrected.ok) return problem(describeProblem(corrected.problem));
  if (isSecret(value)) return problem(secretMessage());
  const address = toAddress(corrected);
  // The completed address explains itself.
  const detail = result.ok || result.problem === 'noScheme' ? undefined : describeProblem(result.problem);
  // A known address brings its provider's name and key variable.
  const preset = PRESETS.find(({ baseUrl, api }) => baseUrl === address.baseUrl && api === (address.api ?? api));
  const provider = preset === undefined ? { preset: CUSTOM_PRESET, address } : { preset };
  return [{ label: l10n.t('Use {0}', address.baseUrl), alwaysShow: true, provider, ...withoutUndefined({ detail }) }];
}

function buildItems(servers: readonly DetectedServer[]): ProviderItem[] {
  const running = new Set(servers.map((server) => server.preset.id));
  // The first entry is preselected, so it has something to choose from.
  const isReady = ({ models }: DetectedServer): boolean => models?.length !== 0;
  const others = PRESETS.filter((preset) => !running.has(preset.id) && preset.api !== 'http');
  const ready = servers.filter(isReady);
  const groups: [string, ProviderItem[]][] = [
    [l10n.t('in VS Code'), ready.filter(({ preset }) => preset.api === 'vscode').map(vscodeItem)],
    [l10n.t('running on this machine'), ready.filter(({ preset }) => preset.api !== 'vscode').map(localServerItem)],
    [l10n.t('services'), others.filter((preset) => !preset.isLocal && preset.id !== 'custom').map(presetItem)],
    [
      l10n.t('local servers'),
      [
        ...servers.filter((server) => !isReady(server)).map(localServerItem),
        ...others.filter((preset) => preset.isLocal).map(presetItem),
      ],
    ],
    [l10n.t('another server'), others.filter((preset) => preset.id === 'custom').map(presetItem)],
  ];
  return groups
    .filter(([, items]) => items.length > 0)
    .flatMap(([label, items]) => [{ label, kind: QuickPickItemKind.Separator }, ...items]);
}

function vscodeItem({ preset, models = [] }: DetectedServer): ProviderItem {
  const description =
    models.length === 1
      ? l10n.t('1 model, requests go through VS Code')
      : l10n.t('{0} models, requests go through VS Code', String(models.length));
  return { label: l10n.t('Use the models VS Code already has'), description, provider: { preset } };
}

function localServerItem({ preset, models }: DetectedServer): ProviderItem {
  return { label: preset.label, description: describeServer(preset.baseUrl, models), provider: { preset } };
}

function describeServer(baseUrl: string, models: DetectedServer['models']): string {
  if (models === undefined) return l10n.t('{0}, needs an API key', baseUrl);
  if (models.length === 0) return l10n.t('{0}, running without models', baseUrl);
  return models.length === 1
    ? l10n.t('1 model at {0}', baseUrl)
    : l10n.t('{0} models at {1}', String(models.length), baseUrl);
}

function presetItem(preset: ProviderPreset): ProviderItem {
  return {
    label: preset.label,
    description: describePreset(preset),
    provider: { preset },
  };
}

function describePreset({ api, baseUrl, baseUrlExample = '' }: ProviderPreset): string {
  if (api === 'vscode') return l10n.t('models from GitHub Copilot and other extensions');
  return baseUrl === '' ? l10n.t('for example {0}', baseUrlExample) : baseUrl;
}

/** Asks for a base URL and suggests corrections, which Enter accepts. Returns undefined if dismissed. */
export function promptForBaseUrl(
  preset: ProviderPreset,
  value: string,
  isSecret: (text: string) => boolean,
): Promise<Address | undefined> {
  return promptForValue({
    title: l10n.t('Server address'),
    prompt: l10n.t("The API address from the server's documentation"),
    placeholder: preset.baseUrlExample ?? preset.baseUrl,
    value,
    validate: (text) => {
      if (text === '') return undefined;
      const result = parseBaseUrl(text);
      const corrected = correctBaseUrl(text);
      if (!corrected.ok) return describeProblem(corrected.problem);
      if (isSecret(text)) return secretMessage();
      return result.ok
        ? undefined
        : l10n.t('{0} Did you mean {1}? Press Enter to use it.', describeProblem(result.problem), corrected.url);
    },
    check: (text): InputCheck<Address> => {
      const result = correctBaseUrl(text);
      if (!result.ok) return { message: describeProblem(result.problem) };
      return isSecret(text) ? { message: secretMessage() } : { value: toAddress(result) };
    },
  });
}

function correctBaseUrl(text: string): BaseUrlResult {
  const result = parseBaseUrl(text);
  return result.ok || result.suggestion === undefined ? result : parseBaseUrl(result.suggestion);
}

function toAddress({ url, setting, api }: AcceptedBaseUrl): Address {
  return { baseUrl: setting ?? url, ...withoutUndefined({ api }) };
}

function secretMessage(): string {
  return l10n.t("The address can't contain an API key. Quillet asks for the key separately.");
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
