import { l10n } from 'vscode';
import type { ErrorDetails, ErrorKind, KeySourceName } from '../core/errors';
import { limitSeconds, serverName, serverReason } from './messageParts';

type KeyErrorKind = Extract<ErrorKind, `key.${string}`>;

export const KEY_MESSAGES: Readonly<Record<KeyErrorKind, (details: ErrorDetails) => string>> = {
  'key.missing': (d) =>
    d.subject === undefined
      ? l10n.t('{0} requires an API key ({1}).', serverName(d), d.baseUrl ?? '')
      : l10n.t(
          'The environment variable {0} is not set. It should contain the API key for {1}.',
          d.subject,
          serverName(d),
        ),
  'key.format': (d) =>
    d.keySource === undefined
      ? l10n.t('The API key for {0} contains an invalid character. Set it again.', serverName(d))
      : l10n.t(
          'The API key for {0} from {1} contains an invalid character.',
          serverName(d),
          keySourceText(d.keySource),
        ),
  'key.store': keyStoreMessage,
  'key.command': keyCommandMessage,
  'key.secret': (d) => l10n.t('The secret "{0}" for {1} is not set.', d.subject ?? '', serverName(d)),
  'key.account': (d) =>
    l10n.t(
      "Couldn't sign in to {0} for {1}.",
      d.keySource === undefined ? '' : keySourceText(d.keySource),
      serverName(d),
    ),
};

/** Where a key comes from, as a part of a sentence. */
export function keySourceText({ kind, name }: KeySourceName): string {
  if (kind !== 'account') return name;
  return l10n.t('your {0} account', name === 'github' ? 'GitHub' : 'Microsoft');
}

export function rejectedKeyMessage(details: ErrorDetails): string {
  const { keySource, isKeyMissing } = details;
  const [server, reason] = [serverName(details), serverReason(details)];
  if (keySource === undefined) {
    return isKeyMissing === true
      ? l10n.t('{0} requires an API key.', server)
      : l10n.t('{0} rejected the API key: {1}', server, reason);
  }
  if (keySource.kind === 'account') return l10n.t('{0} rejected {1}: {2}', server, keySourceText(keySource), reason);
  if (keySource.kind === 'command') {
    return l10n.t('{0} rejected the API key from {1}: {2}', server, keySource.name, reason);
  }
  return l10n.t(
    '{0} rejected the API key from the environment variable {1}. Restart VS Code to pick up a new value. ({2})',
    server,
    keySource.name,
    reason,
  );
}

// Names the program only: its arguments and output may contain secrets.
function keyCommandMessage(details: ErrorDetails): string {
  const program = details.keySource?.name ?? '';
  switch (details.subject) {
    case 'noPrograms':
      return l10n.t("Can't run {0} in a browser to get the API key. Set the API key instead.", program);
    case 'notFound':
      return l10n.t("Can't find {0}, which provides the API key for {1}.", program, serverName(details));
    case 'timeout':
      return l10n.t("{0} didn't provide an API key within {1} seconds.", program, limitSeconds(details));
    case 'tooLong':
    case 'format':
      return l10n.t("The output of {0} isn't a valid API key for {1}.", program, serverName(details));
    case 'empty':
      return l10n.t('{0} printed nothing. It should print the API key for {1}.', program, serverName(details));
    default:
      return l10n.t(
        '{0} failed to provide the API key for {1}. Try running it in a terminal.',
        program,
        serverName(details),
      );
  }
}

function keyStoreMessage(details: ErrorDetails): string {
  if (details.limitMs !== undefined) {
    return l10n.t("The system keyring didn't respond within {0} seconds.", limitSeconds(details));
  }
  if (details.subject === 'session') {
    return l10n.t(
      "Couldn't save the API key. It will work only until you close this window. You can use an environment variable instead (apiKeyEnv).",
    );
  }
  if (details.subject === 'lost') {
    return l10n.t(
      'The saved API key for {0} is gone. Without a system keyring, VS Code keeps keys only until you close the window. You can use an environment variable instead (apiKeyEnv).',
      serverName(details),
    );
  }
  return l10n.t('The system keyring failed. You can use an environment variable for the API key instead (apiKeyEnv).');
}
