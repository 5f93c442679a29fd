import { type ExtensionContext, Uri } from 'vscode';
import { AccountTokens } from '../auth/accountTokens';
import { CommandKeys } from '../auth/commandKeys';
import { EndpointConsent } from '../auth/endpointConsent';
import { HeaderSecrets } from '../auth/headerSecrets';
import { KeyCommands } from '../auth/keyCommands';
import { KeyStore } from '../auth/keyStore';
import { SettingsAudit } from '../auth/settingsAudit';
import type { Endpoint } from '../core/chat';
import { toQuilletError } from '../core/errors';
import { httpApi } from '../llm/apis/httpApi';
import { messagesApi } from '../llm/apis/messagesApi';
import { openaiChat, openaiCompletions, openaiResponses } from '../llm/apis/openaiApis';
import { LlmService } from '../llm/llmService';
import { findLocalServers } from '../llm/localServers';
import { listModels } from '../llm/modelList';
import { ModelLists } from '../models/modelLists';
import { ModelSetup } from '../models/modelSetup';
import { ShutdownDates } from '../models/shutdownDates';
import { hasFreshKeys } from '../providers/keySource';
import { RequestHistory } from '../runs/common/requestHistory';
import { OutboundGuard } from '../runs/outboundGuard';
import { RunExecutor } from '../runs/runExecutor';
import { createRequestTools } from './requests';
import type { Register, Services } from './services';
import { tryModel } from './tryModel';
import type { UsageServices } from './usage';

export function createModels(context: ExtensionContext, register: Register, services: Services & UsageServices) {
  const { redactor, log, notifier, settings, exclusions, runs, usageRecorder, budget } = services;
  const keys = register(new KeyStore(context, redactor));
  register(keys.onDidChange((scope) => log.info('key', { kind: 'key.changed', scope })));
  const commandKeys = register(new CommandKeys(redactor));
  const accountTokens = new AccountTokens(redactor);
  const consent = new EndpointConsent(context.globalState, log);
  const keyCommands = new KeyCommands({
    keys,
    commandKeys,
    accountTokens,
    consent,
    settings,
    notifier,
    redactor,
    log,
    checkKey: (endpoint, key, signal): Promise<void> => modelLists.checkKey(endpoint, key, signal),
  });
  notifier.requestKey = async (providerId) => (await keyCommands.setKey(providerId)) !== undefined;
  const headerSecrets = new HeaderSecrets({ keys, consent, settings, notifier });
  const shutdownDates = new ShutdownDates(context.globalState);
  const modelLists = new ModelLists(async (described, entered) => {
    const endpoint = { ...described, headers: await headerSecrets.resolve(described) };
    return entered === undefined
      ? listModelsWithKey(endpoint, keyCommands, commandKeys)
      : listModels(endpoint, entered.key, entered.signal);
  }, shutdownDates);
  const llm = createLlmService({ keyCommands, commandKeys, headerSecrets, modelLists, log });
  const guard = new OutboundGuard({ settings, notifier, log });
  const prepare: OutboundGuard['prepare'] = (plans, signal) => guard.prepare(plans, signal);
  const requests: RequestHistory = new RequestHistory(({ id }) => requestTools.refresh(id));
  const executor = register(
    new RunExecutor({
      llm,
      runs,
      settings,
      notifier,
      log,
      redactor,
      requests,
      prepare,
      findExclusion: (documentUri) => exclusions.find(Uri.parse(documentUri)),
      usage: usageRecorder,
      admit: budget.admit,
    }),
  );
  const settingsAudit = new SettingsAudit({ settings, keys, notifier, log, redactor, memento: context.globalState });
  const modelSetup: ModelSetup = new ModelSetup({
    settings,
    notifier,
    redactor,
    modelLists,
    shutdownDates,
    headerSecrets,
    keyCommands,
    consent,
    onWillUseSettings: () => settingsAudit.check(),
    tryModel: (endpoint, model) =>
      tryModel({ endpoint, model }, { settings, runs, executor, preview: requestTools.preview }),
    findLocalServers: () => findLocalServers(new AbortController().signal),
  });
  notifier.chooseModel = (command) => modelSetup.choose(command);
  const requestTools: ReturnType<typeof createRequestTools> = register(
    createRequestTools({
      requests,
      llm,
      settings,
      notifier,
      redactor,
      prepare,
      resolveModel: (model) => modelSetup.resolveModel(model),
      hasKey: (endpoint) => keyCommands.hasKey(endpoint),
      chooseModels: () => modelSetup.chooseModels(),
      newGroup: (selections) => runs.createGroup(selections),
      execute: executor.execute,
    }),
  );
  const { preview, commands: requestCommands } = requestTools;
  return { keys, keyCommands, headerSecrets, modelSetup, executor, guard, preview, requestCommands };
}

export type ModelServices = ReturnType<typeof createModels>;

interface LlmParts {
  readonly keyCommands: KeyCommands;
  readonly commandKeys: CommandKeys;
  readonly headerSecrets: HeaderSecrets;
  readonly modelLists: ModelLists;
  readonly log: Services['log'];
}

function createLlmService({ keyCommands, commandKeys, headerSecrets, modelLists, log }: LlmParts): LlmService {
  return new LlmService({
    apis: {
      chat: openaiChat,
      responses: openaiResponses,
      messages: messagesApi,
      completions: openaiCompletions,
      http: httpApi,
    },
    getKey: (endpoint, signal) => keyCommands.getKey(endpoint, signal),
    getHeaders: (endpoint) => headerSecrets.resolve(endpoint),
    findOutputLimit: (endpoint, model) => modelLists.find(endpoint, model)?.outputLimit,
    onKeyRejected: (endpoint, key) => commandKeys.forget(endpoint, key),
    onAdapted: (change) => log.info('adapted', change),
    random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
  });
}

async function listModelsWithKey(endpoint: Endpoint, keyCommands: KeyCommands, commandKeys: CommandKeys) {
  const list = (key: string | undefined) => listModels(endpoint, key, new AbortController().signal);
  const key = await keyCommands.getKey(endpoint);
  try {
    return await list(key);
  } catch (thrown) {
    if (toQuilletError(thrown).kind !== 'http.401' || !hasFreshKeys(endpoint)) throw thrown;
    commandKeys.forget(endpoint, key);
    // A token of a program or an account may have expired.
    const newKey = await keyCommands.getKey(endpoint);
    if (newKey === key) throw thrown;
    return list(newKey);
  }
}
