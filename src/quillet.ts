import { type ExtensionContext, l10n, Uri, window } from 'vscode';
import { toQuilletError } from './core/errors';
import { Redactor } from './core/redact';
import { RequestHistory } from './core/requestHistory';
import type { RunPlan } from './core/run';
import type { SettingsProblem } from './core/settings';
import { monthOf } from './core/usageSums';
import { registerAnnouncer } from './features/announcer';
import { BudgetGuard } from './features/budgetGuard';
import { createCellReviewDestination } from './features/cellReviewDestination';
import { clipboardDestination } from './features/clipboardDestination';
import { CommitMessage } from './features/commitMessage';
import { conversationCommands } from './features/conversationCommands';
import { createDocumentDestination } from './features/documentDestination';
import { fixCommands } from './features/fixCommands';
import { KeyCommands } from './features/keyCommands';
import { ModelSetup } from './features/modelSetup';
import { newCellDestination } from './features/newCellDestination';
import { OutgoingGuard } from './features/outgoingGuard';
import { PromptAuthoring } from './features/promptAuthoring';
import { PromptCommands } from './features/promptCommands';
import { PromptLibraryCommands } from './features/promptLibraryCommands';
import { PromptRunner } from './features/promptRunner';
import { createReplaceDestination } from './features/replaceDestination';
import { RequestLog } from './features/requestLog';
import { RequestPreview } from './features/requestPreview';
import { reviewCommands } from './features/reviewCommands';
import { createReviewDestination } from './features/reviewDestination';
import { RunExecutor } from './features/runExecutor';
import { SettingsWatch } from './features/settingsWatch';
import { registerStatusBar } from './features/statusBar';
import { createStreamedDestination } from './features/streamedDestination';
import { threadCommands } from './features/threadCommands';
import { createThreadDestination } from './features/threadDestination';
import { UsageDashboard } from './features/usageDashboard';
import { ActiveRuns } from './host/activeRuns';
import { CommandKeys } from './host/commandKeys';
import { type CommandHost, setContext } from './host/commands';
import { CommentThreads } from './host/commentThreads';
import { withCells } from './host/destinationPlace';
import { ErrorPresenter } from './host/errorPresenter';
import { IncompleteMark } from './host/incompleteMark';
import { InputBoxes } from './host/inputBoxes';
import { KeyStore } from './host/keyStore';
import { Log } from './host/log';
import { OriginConsent } from './host/originConsent';
import { PromptConsent } from './host/promptConsent';
import { PromptFiles } from './host/promptFiles';
import type { PromptOpening } from './host/promptOpening';
import { PromptPicker } from './host/promptPicker';
import type { RunPrompt } from './host/promptRequest';
import { PromptWatch } from './host/promptWatch';
import { ProposalDocuments } from './host/proposalDocuments';
import { RequestDocuments } from './host/requestDocuments';
import { RequestLogDocuments } from './host/requestLogDocuments';
import { Reviews } from './host/reviews';
import { SettingsReader } from './host/settingsReader';
import { TerminalOutput } from './host/terminalOutput';
import { ThreadFinder } from './host/threadFinder';
import { UsageBook } from './host/usageBook';
import { recentSums } from './host/usageTooltip';
import { httpApi } from './llm/httpApi';
import { LlmService } from './llm/llmService';
import { findLocalServers } from './llm/localServers';
import { listModels } from './llm/modelList';
import { openaiChat } from './llm/openaiChat';
import { preloadSdk } from './llm/openaiClient';
import { openaiCompletions } from './llm/openaiCompletions';
import { openaiResponses } from './llm/openaiResponses';

/** How long runs may take to end when the extension does; VS Code itself waits for five seconds. */
const MOST_END_MS = 1000;

/** Keeps a part until the extension ends. */
type Own = <T extends { dispose(): void }>(part: T) => T;

/**
 * Builds the parts and hands each only what it needs: the only place that knows all of them. Nothing is sent, read from
 * disk or taken from the keyring here.
 */
export function createQuillet(context: ExtensionContext, opening: PromptOpening): CommandHost {
  const own: Own = (part) => {
    context.subscriptions.push(part);
    return part;
  };
  const surfaces = createSurfaces(own);
  const usage = createUsage(context, own, surfaces);
  const models = createModels(context, own, { ...surfaces, ...usage });
  const { settings, presenter, log, runs, threads, reviews, proposals } = surfaces;
  const { keyCommands, modelSetup, executor, preview, requestLog } = models;
  const prompts = createPrompts(context, own, { ...surfaces, ...usage, ...models, opening });
  const finder = new ThreadFinder(threads, proposals);
  const { onDidRecord } = executor;
  const { onDidEnter } = usage.book;
  own(registerStatusBar({ runs, settings, presenter, onDidRecord, onDidEnter, recent: usage.recent }));
  own(registerAnnouncer({ presenter, onDidRecord }));
  const dashboard = own(new UsageDashboard({ context, book: usage.book, presenter, log }));
  return {
    handlers: {
      ...prompts.commands,
      ...keyCommands.commands(),
      ...modelSetup.commands(),
      ...threadCommands({ finder, runs, presenter }),
      ...conversationCommands({ finder, threads, chooseModels: () => modelSetup.chooseSeveral() }),
      ...reviewCommands({ finder, reviews, proposals }),
      ...preview.commands(),
      ...requestLog.commands(),
      ...dashboard.commands(),
      'quillet.showLog': () => log.show(),
    },
    fail: (thrown) => presenter.show(thrown),
    async close() {
      runs.stopAll();
      // Whatever a destination still waits for, what was used is written down in time.
      await Promise.race([executor.settled(), new Promise((resolve) => setTimeout(resolve, MOST_END_MS))]);
      await usage.book.close();
    },
  };
}

type PromptParts = Surfaces & UsageParts & ReturnType<typeof createModels> & { readonly opening: PromptOpening };

/** The library of prompts, what runs them, and what helps to write them. */
function createPrompts(context: ExtensionContext, own: Own, parts: PromptParts) {
  const { settings, presenter, log, runs, budget, modelSetup, executor, guard, preview, opening } = parts;
  const prompts = own(new PromptFiles(Uri.joinPath(context.globalStorageUri, 'prompts')));
  const picker = new PromptPicker(context.globalState);
  const terminal = own(new TerminalOutput());
  own(new PromptWatch({ prompts, terminal, memory: context.workspaceState, log }));
  const shared = {
    prompts,
    settings,
    presenter,
    preview,
    terminal,
    inputBoxes: new InputBoxes(),
    consent: new PromptConsent(context.globalState, log),
    ready: (model?: string) => modelSetup.ready(model),
    prepare: (plans: readonly RunPlan[]) => guard.prepare(plans),
    execute: executor.execute,
    newGroup: (selections: number) => runs.newGroup(selections),
    warmUp: () => {
      warmUp(log);
      budget.prepare();
    },
  };
  const destinations = createDestinations(own, parts);
  const runner = new PromptRunner({ ...shared, destinations, onRun: (request) => void picker.remember(request) });
  const run: RunPrompt = (request) => runner.run(request);
  const last = () => runner.last;
  const insert = (isPreviewed?: boolean) => runner.insert(isPreviewed);
  const authoring = own(
    new PromptAuthoring({
      isOwn: (uri) => prompts.owns(uri),
      models: () => modelSetup.knownModels(),
      lastEditor: () => opening.lastEditor,
      run,
    }),
  );
  const commands = {
    ...new PromptCommands({ prompts, picker, run, insert, last }).commands(),
    ...new PromptLibraryCommands({ prompts, picker, inputBoxes: shared.inputBoxes, last }).commands(),
    ...new CommitMessage(shared).commands(),
    ...fixCommands(run),
    ...authoring.commands(),
  };
  return { commands };
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

/** What is remembered of the runs, and what the user wants to spend on them. */
function createUsage(context: ExtensionContext, own: Own, { settings, redactor, log, presenter }: Surfaces) {
  const onTrouble = () =>
    presenter.warn(
      l10n.t('What was used cannot be written down: it is kept until this window is closed, and tried again.'),
      { label: l10n.t('Show Log'), run: async () => log.show() },
    );
  const book = own(new UsageBook({ context, settings, redactor, log, onTrouble }));
  const budget = new BudgetGuard({ settings, usage: book, presenter, memory: context.globalState });
  own(book.onDidEnter(() => void budget.warn().catch((failure: unknown) => log.error('budget', failure))));
  const recent = async () => {
    const now = Date.now();
    return recentSums(await book.readRecent(monthOf(now)), await budget.spent(), now);
  };
  return { book, budget, recent };
}

type UsageParts = ReturnType<typeof createUsage>;

/** The models, the keys to them, and what sends to them. */
function createModels(context: ExtensionContext, own: Own, surfaces: Surfaces & UsageParts) {
  const { redactor, log, presenter, settings, runs, book, budget } = surfaces;
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
  const requests: RequestHistory = new RequestHistory((id) => logDocuments.refresh(id));
  const logDocuments = own(new RequestLogDocuments(requests, redactor));
  const executor = own(
    new RunExecutor({
      llm,
      runs,
      settings,
      presenter,
      log,
      redactor,
      requests,
      prepare,
      usage: book,
      overBudget: () => budget.refusal(),
    }),
  );
  const documents = own(new RequestDocuments());
  const preview: RequestPreview = new RequestPreview({ llm, documents, sent: () => requestLog.current });
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
  const requestLog = new RequestLog({
    requests,
    documents: logDocuments,
    llm,
    settings,
    presenter,
    redactor,
    preview,
    prepare,
    ready: (model) => modelSetup.ready(model),
    chooseModels: () => modelSetup.chooseSeveral(),
    newGroup: (selections) => runs.newGroup(selections),
    execute: executor.execute,
  });
  return { keyCommands, modelSetup, executor, guard, preview, requestLog };
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
