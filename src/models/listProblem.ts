import { l10n } from 'vscode';
import type { Endpoint } from '../core/chat';
import type { QuilletError } from '../core/errors';
import { keySourceOf } from '../providers/keySource';

export type RecoveryAction = 'retry' | 'setKey' | 'changeAddress' | 'openSettings';

/** Why the models of a server could not be listed, and what the user can do about it. */
export interface ListProblem {
  readonly label: string;
  readonly detail: string;
  readonly actions: readonly RecoveryAction[];
}

export function toListProblem(error: QuilletError, endpoint: Endpoint, detail: string): ListProblem {
  const keyAction: RecoveryAction = keySourceOf(endpoint) === undefined ? 'setKey' : 'openSettings';
  const concernsKey = /^http\.40[13]$|^key\./.test(error.kind);
  const actions: RecoveryAction[] = concernsKey ? ['retry', keyAction, 'changeAddress'] : ['retry', 'changeAddress'];
  return { label: labelFor(error), detail, actions };
}

/** Whether the server wants another key than the one sent, or one at all, and the user can enter it. */
export function asksForKey({ kind, details }: QuilletError, endpoint: Endpoint): boolean {
  if (keySourceOf(endpoint) !== undefined) return false;
  // With a key, 403 may only mean that it has no right to list models.
  return kind === 'http.401' || (kind === 'http.403' && details.isKeyMissing === true);
}

/** Whether the server answered, but has no list of models to offer. */
export function isListMissing({ kind }: QuilletError): boolean {
  return /^http\.4(?:00|04|22|xx)$|^body\./.test(kind);
}

function labelFor({ kind, details }: QuilletError): string {
  if (details.isKeyMissing === true && /^http\.40[13]$/.test(kind)) return l10n.t('API key required');
  switch (kind) {
    case 'http.401':
    case 'key.format':
      return l10n.t('API key rejected');
    case 'key.missing':
    case 'key.command':
    case 'key.store':
      return l10n.t('API key unavailable');
    case 'http.403':
      return l10n.t('Access denied');
    case 'http.429':
      return l10n.t('Too many requests');
    case 'http.404':
      return l10n.t('No model list at this address');
    case 'http.5xx':
    case 'http.loading':
      return l10n.t('Server error');
    case 'time.headers':
      return l10n.t('No response');
    default:
      return kind.startsWith('net.') ? l10n.t("Can't connect") : l10n.t("Couldn't list models");
  }
}
