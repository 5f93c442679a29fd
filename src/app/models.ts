import { type ExtensionContext, Uri } from 'vscode';
import type { CommandKeys } from '../auth/commandKeys';
import type { KeyCommands } from '../auth/keyCommands';
import { SettingsAudit } from '../auth/settingsAudit';
import type { Endpoint } from '../core/chat';
import { toQuilletError } from '../core/errors';
import { httpApi } from '../llm/apis/httpApi';
import { messagesApi } from '../llm/apis/messagesApi';
import { openaiChat, openaiCompletions, openaiResponses } from '../llm/apis/openaiApis';
import { createVscodeApi } from '../llm/apis/vscodeApi';
import { LlmService } from '../llm/llmService';
import { findLocalServers } from '../llm/localServers';
import { listModels } from '../llm/modelList';
import { type ListModels, ModelLists } from '../models/modelLists';
import { ModelSetup } from '../models/modelSetup';
import { OutputLimits } from '../models/outputLimits';
import { ShutdownDates } from '../models/shutdownDates';
import { VscodeModels } from '../models/vscodeModels';
import { hasFreshKeys } from '../providers/keySource';
import { type DetectedServer, findPreset } from '../providers/presets';
import { createReplay } from '../requests/common/replay';
import { RequestHistory } from '../runs/common/requestHistory';
import { withFallback } from '../runs/fallback';
import { OutboundGuard } from '../runs/outboundGuard';
import { RunExecutor } from '../runs/runExecutor';
import { type CheckKey, createKeys, type KeyServices } from './keys';
import { createRequestTools } from './requests';
import type { Register, Services } from './services';
import { tryModel } from './tryModel';
import type { UsageServices } from './usage';

export function createModels(context: ExtensionContext, register: Register, services: Services & UsageServices) {
  const { redactor, log, notifier, settings, exclusions, runs, usageRecorder, budget } = services;
  const checkKey: CheckKey = (endpoint, key, signal) => modelLists.checkKey(endpoint, key, signal);
  const keyServices = createKeys(context, register, { ...services, checkKey });
  const { keys, consent, keyCommands, headerSecrets } = keyServices;
  const shutdownDates = new ShutdownDates(context.globalState);
  const vscodeModels = new VscodeModels(() => settings.hasAiFeatures());
  const outputLimits = new OutputLimits(context.globalState);
  const modelLists = new ModelLists(createModelListing(keyServices, vscodeModels), [shutdownDates, outputLimits]);
  const llm = createLlmService(keyServices, { vscodeModels, outputLimits, log });
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
    findLocalServers: () => findReadyProviders(vscodeModels),
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
  const execute = withFallback({
    execute: executor.execute,
    notifier,
    planFor: async (plan, model) => {
      // The user wants to see each request before it is sent.
      const ready = settings.read().previewRequests ? undefined : await modelSetup.resolveModel(model);
      return ready && { ...createReplay(plan, ready, plan.group), destination: plan.destination, fallback: [] };
    },
  });
  return { keys, keyCommands, headerSecrets, modelSetup, executor, execute, guard, preview, requestCommands };
}

export type ModelServices = ReturnType<typeof createModels>;

// Long enough for extensions that provide models to start.
const VSCODE_MODELS_TIMEOUT_MS = 3000;

async function findReadyProviders(vscodeModels: VscodeModels): Promise<DetectedServer[]> {
  const [models, servers] = await Promise.all([
    vscodeModels.list(AbortSignal.timeout(VSCODE_MODELS_TIMEOUT_MS)).catch(() => []),
    findLocalServers(new AbortController().signal),
  ]);
  const preset = findPreset('vscode');
  const found = preset === undefined || models.length === 0 ? [] : [{ preset, models: models.map(({ id }) => id) }];
  return [...found, ...servers];
}

interface LlmServices {
  readonly vscodeModels: VscodeModels;
  readonly outputLimits: OutputLimits;
  readonly log: Services['log'];
}

function createLlmService(
  { keyCommands, commandKeys, headerSecrets }: KeyServices,
  { vscodeModels, outputLimits, log }: LlmServices,
): LlmService {
  return new LlmService({
    apis: {
      chat: openaiChat,
      responses: openaiResponses,
      messages: messagesApi,
      completions: openaiCompletions,
      http: httpApi,
      vscode: createVscodeApi(vscodeModels),
    },
    getKey: (endpoint, signal) => keyCommands.getKey(endpoint, signal),
    getHeaders: (endpoint) => headerSecrets.resolve(endpoint),
    findOutputLimit: (endpoint, model) => outputLimits.find(endpoint, model),
    onKeyRejected: (endpoint, key) => commandKeys.forget(endpoint, key),
    onAdapted: (change) => log.info('adapted', change),
    random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
  });
}

function createModelListing(
  { keyCommands, commandKeys, headerSecrets }: KeyServices,
  vscodeModels: VscodeModels,
): ListModels {
  return async (described, entered) => {
    if (described.api === 'vscode') return vscodeModels.list(new AbortController().signal);
    const endpoint = { ...described, headers: await headerSecrets.resolve(described) };
    return entered === undefined
      ? listModelsWithKey(endpoint, keyCommands, commandKeys)
      : listModels(endpoint, entered.key, entered.signal);
  };
}

async function listModelsWithKey(endpoint: Endpoint, keyCommands: KeyCommands, commandKeys: CommandKeys) {
  const list = (key: string | undefined) => listModels(endpoint, key, new AbortController().signal);
  const key = await keyCommands.getKey(endpoint);
  try {
    return await list(key);
  } catch (thrown) {
    if (toQuilletError(thrown).kind !== 'http.401' || !hasFreshKeys(endpoint)) throw thrown;
    commandKeys.forget(endpoint, key);
    // A program's or an account's token may have expired.
    const newKey = await keyCommands.getKey(endpoint);
    if (newKey === key) throw thrown;
    return list(newKey);
  }
}
