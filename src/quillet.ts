import { type ExtensionContext, l10n, window } from 'vscode';
import { toQuilletError } from './core/errors';
import { Redactor } from './core/redact';
import type { SettingsProblem } from './core/settings';
import { registerAnnouncer } from './features/announcer';
import { createCellReviewDestination } from './features/cellReviewDestination';
import { clipboardDestination } from './features/clipboardDestination';
import { conversationCommands } from './features/conversationCommands';
import { createDocumentDestination } from './features/documentDestination';
import { fixCommands } from './features/fixCommands';
import { KeyCommands } from './features/keyCommands';
import { ModelSetup } from './features/modelSetup';
import { newCellDestination } from './features/newCellDestination';
import { OutgoingGuard } from './features/outgoingGuard';
import { PromptCommands } from './features/promptCommands';
import { PromptRunner } from './features/promptRunner';
import { createReplaceDestination } from './features/replaceDestination';
import { RequestPreview } from './features/requestPreview';
import { reviewCommands } from './features/reviewCommands';
import { createReviewDestination } from './features/reviewDestination';
import { RunExecutor } from './features/runExecutor';
import { SettingsWatch } from './features/settingsWatch';
import { registerStatusBar } from './features/statusBar';
import { createStreamedDestination } from './features/streamedDestination';
import { threadCommands } from './features/threadCommands';
import { createThreadDestination } from './features/threadDestination';
import { ActiveRuns } from './host/activeRuns';
import { CommandKeys } from './host/commandKeys';
import { type CommandHost, setContext } from './host/commands';
import { CommentThreads } from './host/commentThreads';
import { withCells } from './host/destinationPlace';
import { ErrorPresenter } from './host/errorPresenter';
import { IncompleteMark } from './host/incompleteMark';
import { KeyStore } from './host/keyStore';
import { Log } from './host/log';
import { OriginConsent } from './host/originConsent';
import { PromptFiles } from './host/promptFiles';
import { ProposalDocuments } from './host/proposalDocuments';
import { RequestDocuments } from './host/requestDocuments';
import { Reviews } from './host/reviews';
import { SettingsReader } from './host/settingsReader';
import { ThreadFinder } from './host/threadFinder';
import { httpApi } from './llm/httpApi';
import { LlmService } from './llm/llmService';
import { findLocalServers } from './llm/localServers';
import { listModels } from './llm/modelList';
import { openaiChat } from './llm/openaiChat';
import { preloadSdk } from './llm/openaiClient';
import { openaiCompletions } from './llm/openaiCompletions';
import { openaiResponses } from './llm/openaiResponses';

/** Keeps a part until the extension ends. */
type Own = <T extends { dispose(): void }>(part: T) => T;

/**
 * Builds the parts and hands each only what it needs: the only place that knows all of them. Nothing is sent, read from
 * disk or taken from the keyring here.
 */
export function createQuillet(context: ExtensionContext): CommandHost {
  const own: Own = (part) => {
    context.subscriptions.push(part);
    return part;
  };
  const surfaces = createSurfaces(own);
  const models = createModels(context, own, surfaces);
  const { settings, presenter, log, runs, threads, reviews, proposals } = surfaces;
  const { keyCommands, modelSetup, executor, guard, preview } = models;
  const prompts = new PromptFiles();
  const runner = new PromptRunner({
    prompts,
    settings,
    presenter,
    ready: (model) => modelSetup.ready(model),
    execute: executor.execute,
    prepare: (plans) => guard.prepare(plans),
    preview,
    warmUp: () => warmUp(log),
    destinations: createDestinations(own, surfaces),
  });
  const promptCommands = new PromptCommands({
    prompts,
    run: (request) => runner.run(request),
    insert: (isPreviewed) => runner.insert(isPreviewed),
    last: () => runner.last,
  });
  const finder = new ThreadFinder(threads, proposals);
  own(registerStatusBar({ runs, settings, presenter, onDidRecord: executor.onDidRecord }));
  own(registerAnnouncer({ presenter, onDidRecord: executor.onDidRecord }));
  return {
    handlers: {
      ...promptCommands.commands(),
      ...keyCommands.commands(),
      ...modelSetup.commands(),
      ...threadCommands({ finder, runs, presenter }),
      ...conversationCommands({ finder, threads, chooseModels: () => modelSetup.chooseSeveral() }),
      ...reviewCommands({ finder, reviews, proposals }),
      ...preview.commands(),
      ...fixCommands((request) => runner.run(request)),
      'quillet.showLog': () => log.show(),
    },
    fail: (thrown) => presenter.show(thrown),
  };
}

/**
 * Loads the SDK while VS Code answers: reading it keeps this thread busy, so what the command asks of the other processes
 * (the key, the thread) has to leave first. That is sent in a timer of VS Code's own, so ours is set from within one.
 */
function warmUp(log: Log): void {
  const load = () => void preloadSdk().catch((failure: unknown) => log.error('sdk', failure));
  setTimeout(() => setTimeout(load));
}

/** What users see and change, and what is known of the runs. */
function createSurfaces(own: Own) {
  const redactor = new Redactor();
  const log = own(new Log(redactor));
  const presenter = new ErrorPresenter(log, redactor);
  const settings = own(new SettingsReader((problems) => reportSettings(problems, log)));
  const runs = own(new ActiveRuns());
  const threads = own(new CommentThreads(() => setContext('quillet.hasThread', threads.all.length > 0)));
  const reviews = new Reviews();
  const proposals = own(new ProposalDocuments());
  return { redactor, log, presenter, settings, runs, threads, reviews, proposals };
}

type Surfaces = ReturnType<typeof createSurfaces>;

/** The models, the keys to them, and what sends to them. */
function createModels(context: ExtensionContext, own: Own, surfaces: Surfaces) {
  const { redactor, log, presenter, settings, runs } = surfaces;
  const keys = own(new KeyStore(context, redactor));
  own(keys.onDidChange(({ scope }) => log.info('key', { class: 'key.changed', scope })));
  const commandKeys = own(new CommandKeys(redactor));
  const consent = new OriginConsent(context.globalState, log);
  const keyCommands = new KeyCommands({
    keys,
    commandKeys,
    consent,
    settings,
    presenter,
    redactor,
    log,
    test: (endpoint) => modelSetup.test(endpoint),
  });
  const llm = new LlmService({
    apis: { chat: openaiChat, responses: openaiResponses, completions: openaiCompletions, http: httpApi },
    keyFor: (endpoint, signal) => keyCommands.keyFor(endpoint, signal),
    onKeyRefused: (endpoint) => commandKeys.forget(endpoint),
    onAdapted: (change) => log.info('adapted', change),
    random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
  });
  const guard = new OutgoingGuard({ settings, presenter, log });
  const prepare: OutgoingGuard['prepare'] = (plans, signal) => guard.prepare(plans, signal);
  const executor = own(new RunExecutor({ llm, runs, settings, presenter, log, redactor, prepare }));
  const documents = own(new RequestDocuments());
  const preview = new RequestPreview({ llm, documents, last: () => executor.lastSent });
  const settingsWatch = new SettingsWatch({ settings, keys, presenter, log, redactor, memory: context.globalState });
  const modelSetup: ModelSetup = new ModelSetup({
    settings,
    presenter,
    ensureKey: (endpoint) => keyCommands.ensureKey(endpoint),
    consent,
    onUse: () => settingsWatch.look(),
    listModels: async (endpoint) => {
      try {
        return await listModels(endpoint, await keyCommands.keyFor(endpoint), new AbortController().signal);
      } catch (thrown) {
        if (toQuilletError(thrown).kind === 'http.401') commandKeys.forget(endpoint);
        throw thrown;
      }
    },
    findLocalServers: () => findLocalServers(new AbortController().signal),
  });
  return { keyCommands, modelSetup, executor, guard, preview };
}

function createDestinations(own: Own, { threads, reviews, proposals, presenter }: Surfaces) {
  const mark = own(new IncompleteMark());
  const streamed = { mark, presenter };
  const review = createReviewDestination({ threads, reviews, proposals, presenter });
  return {
    thread: createThreadDestination(threads, presenter),
    review: withCells(review, createCellReviewDestination({ review, threads, reviews, presenter })),
    replace: createReplaceDestination(presenter),
    insert: createStreamedDestination(streamed, 'insert'),
    before: createStreamedDestination(streamed, 'before'),
    after: withCells(createStreamedDestination(streamed, 'after'), newCellDestination),
    document: createDocumentDestination(mark),
    clipboard: clipboardDestination,
  };
}

/** One line each in the log and one notice that names the keys; the values are not repeated. */
function reportSettings(problems: readonly SettingsProblem[], log: Log): void {
  for (const { key, message } of problems) log.warn('settings', { key, message });
  const keys = problems.map((problem) => problem.key).join(', ');
  void window.showWarningMessage(l10n.t('These settings cannot be used and have their default: {0}', keys));
}
