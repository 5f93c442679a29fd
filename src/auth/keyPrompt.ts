import { l10n, window } from 'vscode';
import { type ApiKeyResult, parseApiKey } from '../core/apiKey';
import type { Endpoint } from '../core/chat';
import { findPreset } from '../providers/presets';

/** Asks for an API key with a masked, validated input box. Returns undefined if dismissed. */
export async function promptForKey(endpoint: Endpoint): Promise<string | undefined> {
  const preset = findPreset(endpoint.providerId);
  const { origin } = new URL(endpoint.baseUrl);
  const keyPageHint = preset?.keyUrl === undefined ? '' : l10n.t(' Create a key at {0}.', preset.keyUrl);
  const text = await window.showInputBox({
    title: l10n.t('API key for {0}', endpoint.label),
    prompt: l10n.t('Stored securely by VS Code and sent only to {0}.', origin) + keyPageHint,
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (value === '' ? undefined : describeProblem(parseApiKey(value))),
  });
  if (text === undefined) return undefined;
  const result = parseApiKey(text);
  return result.ok ? result.key : undefined;
}

// Must not repeat the key.
function describeProblem(result: ApiKeyResult): string | undefined {
  if (result.ok) return undefined;
  const position = String(result.position ?? 0);
  switch (result.problem) {
    case 'empty':
      return l10n.t('The API key is empty.');
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
