import { l10n, window } from 'vscode';
import type { Endpoint } from '../core/chat';
import { type QuilletError, toQuilletError } from '../core/errors';
import { isListMissing } from './listProblem';
import type { ModelLists } from './modelLists';

export interface ConnectionTestServices {
  readonly modelLists: ModelLists;
  /** Runs a short prompt like any other. Returns false if it failed (already reported) or was canceled. */
  readonly tryModel: (endpoint: Endpoint, model: string) => Promise<boolean>;
}

/** Lists the models of a server, which verifies the address, the network and the key at no cost. */
export async function testConnection(
  endpoint: Endpoint,
  model: string,
  { modelLists, tryModel }: ConnectionTestServices,
): Promise<void> {
  if (endpoint.api === 'http') {
    // The only known request of such a server costs tokens.
    const message = l10n.t('{0} uses your own request definition. Run a prompt to test it.', endpoint.label);
    void window.showInformationMessage(message);
    return;
  }
  const { api, label, baseUrl } = endpoint;
  const server = api === 'vscode' ? label : l10n.t('{0} at {1}', label, baseUrl);
  let models: readonly string[];
  try {
    models = await modelLists.load(endpoint);
  } catch (thrown) {
    if (!concernsListOnly(toQuilletError(thrown))) throw thrown;
    if (!(await tryModel(endpoint, model))) return;
    void window.showInformationMessage(
      l10n.t('Connected to {0}. {1} responded, but the list of models is unavailable.', server, model),
    );
    return;
  }
  const count = models.length === 1 ? l10n.t('1 model') : l10n.t('{0} models', String(models.length));
  const isListed = models.length === 0 || models.includes(model);
  void window.showInformationMessage(
    isListed
      ? l10n.t('Connected to {0}. It lists {1}.', server, count)
      : l10n.t('Connected to {0}. It lists {1}, but not {2}.', server, count, model),
  );
}

// Many servers have no list, or require other permissions for it than for a run.
function concernsListOnly(error: QuilletError): boolean {
  return isListMissing(error) || /^http\.40[13]$/.test(error.kind);
}
