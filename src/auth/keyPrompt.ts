import { l10n } from 'vscode';
import { type ApiKeyResult, parseApiKey } from '../core/apiKey';
import type { Endpoint } from '../core/chat';
import { promptForValue } from '../platform/checkedInput';
import { findPreset } from '../providers/presets';
import { withoutUndefined } from '../util/withoutUndefined';

export interface KeyPromptOptions {
  readonly endpoint: Endpoint;
  readonly message?: string | undefined;
  /** Tries the key on the server. Returns why it was not accepted. */
  readonly check: (key: string, signal: AbortSignal) => Promise<string | undefined>;
}

export async function promptForKey({ endpoint, message, check }: KeyPromptOptions): Promise<string | undefined> {
  const preset = findPreset(endpoint.providerId);
  const { origin } = new URL(endpoint.baseUrl);
  const keyPageHint = preset?.keyUrl === undefined ? '' : l10n.t(' Create a key at {0}.', preset.keyUrl);
  let rejectedKey: string | undefined;
  return promptForValue({
    title: l10n.t('API key for {0}', endpoint.label),
    prompt:
      l10n.t('Paste your API key. VS Code stores it securely, and Quillet sends it only to {0}.', origin) + keyPageHint,
    isPassword: true,
    progress: l10n.t('Checking the API key…'),
    ...withoutUndefined({ message }),
    validate: (text) => (text === '' ? undefined : describeKeyProblem(parseApiKey(text))),
    check: async (text, signal) => {
      const result = parseApiKey(text);
      if (!result.ok) return { message: describeKeyProblem(result) ?? '' };
      // The server may be down for a moment, or require other permissions for its list of models.
      if (result.key === rejectedKey) return { value: result.key };
      const problem = await check(result.key, signal);
      if (problem === undefined) return { value: result.key };
      rejectedKey = result.key;
      return { message: l10n.t('{0} Press Enter again to save the key anyway.', problem) };
    },
  });
}

/** Never repeats the key. */
export function describeKeyProblem(result: ApiKeyResult): string | undefined {
  if (result.ok) return undefined;
  const position = String(result.position ?? 0);
  switch (result.problem) {
    case 'empty':
      return l10n.t('Enter an API key.');
    case 'tooLong':
      return l10n.t('The API key is too long (more than 16,384 characters).');
    case 'assignment':
      return l10n.t('Paste only the API key, without the variable name in front of it.');
    case 'json':
      return l10n.t('This is JSON. Paste only the API key.');
    case 'url':
      return l10n.t('This is an address, not an API key.');
    case 'masked':
      return l10n.t('Part of this API key is hidden. Copy the whole key, or create a new one.');
    case 'placeholder':
      return l10n.t('This is a placeholder, not an API key.');
    case 'lineBreak':
      return l10n.t('The API key contains a line break at position {0}.', position);
    case 'control':
      return l10n.t('The API key contains a space or control character at position {0}.', position);
    case 'notAscii':
      return l10n.t(
        'The API key contains an invalid character at position {0}. Was it copied from formatted text?',
        position,
      );
  }
}
