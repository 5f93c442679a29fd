import { l10n } from 'vscode';
import type { SecretKind } from '../secrets/secretPatterns';
import type { SecretFinding } from '../secrets/secretScanner';

const LABELS: Readonly<Record<SecretKind, (service: string | undefined) => string>> = {
  serviceKey: (service) => (service === undefined ? l10n.t('API key') : l10n.t('{0} key', service)),
  privateKey: (service) => (service === undefined ? l10n.t('Private key') : l10n.t('Private key ({0})', service)),
  jwt: () => l10n.t('Signed token (JWT)'),
  connectionPassword: () => l10n.t('Password in a connection string'),
  password: () => l10n.t('Password'),
  authorization: () => l10n.t('Authorization header'),
  assignedKey: () => l10n.t('Key or token'),
};

/** Describes a secret in one line, masked: `GitHub key, line 3: ghp_…`. */
export function describeSecret({ kind, service, line, preview }: SecretFinding): string {
  const name = LABELS[kind](service);
  return preview === '…' ? l10n.t('{0}, line {1}', name, line) : l10n.t('{0}, line {1}: {2}', name, line, preview);
}
