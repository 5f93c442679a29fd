import { l10n } from 'vscode';
import { type Endpoint, hostOf } from '../core/chat';
import type { QuilletError } from '../core/errors';
import { keySourceOf } from '../providers/keySource';
import { PRESETS } from '../providers/presets';

export type RecoveryAction = 'retry' | 'setKey' | 'changeAddress' | 'chooseProvider' | 'openSettings';

export interface ListProblem {
  readonly label: string;
  readonly detail: string;
  readonly actions: readonly RecoveryAction[];
  /** Undefined if the server has no models. */
  readonly error?: QuilletError;
}

export function toListProblem(error: QuilletError, endpoint: Endpoint, detail: string): ListProblem {
  const keyAction: RecoveryAction = keySourceOf(endpoint) === undefined ? 'setKey' : 'openSettings';
  const concernsKey = /^http\.40[13]$|^key\./.test(error.kind);
  const actions: RecoveryAction[] = concernsKey ? [keyAction, 'retry'] : ['retry'];
  return { label: labelFor(error), detail, actions: [...actions, ...waysElsewhere(endpoint)], error };
}

/** The server was asked, and has no models. */
export class NoModelsError extends Error {}

export function toEmptyListProblem(endpoint: Endpoint): ListProblem {
  if (endpoint.api === 'vscode') {
    return {
      label: l10n.t('No models in VS Code'),
      detail: l10n.t(
        'Sign in to GitHub Copilot, add a model to VS Code, or install an extension that provides models.',
      ),
      actions: ['retry', ...waysElsewhere(endpoint)],
    };
  }
  const isOllama = endpoint.providerId === 'ollama';
  return {
    label: l10n.t('No models on {0}', hostOf(endpoint)),
    detail: isOllama
      ? l10n.t('Run "ollama pull" with the name of a model in a terminal and try again, or type a model ID.')
      : l10n.t('Add a model to the server and try again, or type a model ID.'),
    actions: ['retry', ...waysElsewhere(endpoint)],
  };
}

// A service has only one address.
function waysElsewhere({ baseUrl }: Endpoint): readonly RecoveryAction[] {
  const isService = PRESETS.some((preset) => !preset.isLocal && preset.baseUrl === baseUrl);
  return isService ? ['chooseProvider'] : ['changeAddress', 'chooseProvider'];
}

/** Whether the server wants another key than the one sent, or one at all, and the user can enter it. */
export function asksForKey({ error }: ListProblem, endpoint: Endpoint): boolean {
  if (error === undefined || keySourceOf(endpoint) !== undefined) return false;
  const { kind, details } = error;
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
    case 'lm.off':
      return l10n.t('No models in VS Code');
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
