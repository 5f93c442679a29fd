import { l10n } from 'vscode';
import type { ErrorDetails } from '../core/errors';

export function serverName({ providerLabel, host }: ErrorDetails): string {
  return providerLabel === undefined ? (host ?? l10n.t('The server')) : `"${providerLabel}"`;
}

export function serverReason(details: ErrorDetails): string {
  const message = details.serverMessage ?? l10n.t('no reason given');
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}

export function limitSeconds(details: ErrorDetails): string {
  return String(Math.round((details.limitMs ?? 0) / 100) / 10);
}

export function reasonCode({ code }: ErrorDetails): string {
  return code ?? l10n.t('no reason given');
}

export function hostName(details: ErrorDetails): string {
  return details.host ?? serverName(details);
}
