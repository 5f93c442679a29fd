import { type ExtensionContext, l10n, window } from 'vscode';
import { Redactor } from './core/redact';
import type { SettingsProblem } from './core/settings';
import { clipboardDestination } from './features/clipboardDestination';
import { documentDestination } from './features/documentDestination';
import { KeyCommands } from './features/keyCommands';
import { ModelSetup } from './features/modelSetup';
import { PromptCommands } from './features/promptCommands';
import { PromptRunner } from './features/promptRunner';
import { replaceDestination } from './features/replaceDestination';
import { reviewCommands } from './features/reviewCommands';
import { createReviewDestination } from './features/reviewDestination';
import { RunExecutor } from './features/runExecutor';
import { registerStatusBar } from './features/statusBar';
import { createStreamedDestination } from './features/streamedDestination';
import { threadCommands } from './features/threadCommands';
import { createThreadDestination } from './features/threadDestination';
import { ActiveRuns } from './host/activeRuns';
import { type CommandHost, setContext } from './host/commands';
import { CommentThreads } from './host/commentThreads';
import { ErrorPresenter } from './host/errorPresenter';
import { IncompleteMark } from './host/incompleteMark';
import { KeyStore } from './host/keyStore';
import { Log } from './host/log';
import { PromptFiles } from './host/promptFiles';
import { ProposalDocuments } from './host/proposalDocuments';
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

/**
 * Builds the parts and hands each only what it needs: the only place that knows all of them. Nothing is sent, read from
 * disk or taken from the keyring here.
 */
export function createQuillet(context: ExtensionContext): CommandHost {
  const own = <T extends { dispose(): void }>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const redactor = new Redactor();
  const log = own(new Log(redactor));
  const presenter = new ErrorPresenter(log, redactor);
  const settings = own(new SettingsReader((problems) => reportSettings(problems, log)));
  const keys = own(new KeyStore(context, redactor));
  const runs = own(new ActiveRuns());
  const threads = own(new CommentThreads(() => setContext('quillet.hasThread', threads.all.length > 0)));
  const reviews = new Reviews();
  const proposals = own(new ProposalDocuments());
  const mark = own(new IncompleteMark());

  const keyCommands = new KeyCommands({ keys, settings, presenter, redactor });
  const llm = new LlmService({
    apis: { chat: openaiChat, responses: openaiResponses, completions: openaiCompletions, http: httpApi },
    keyFor: (endpoint) => keyCommands.keyFor(endpoint),
    onAdapted: (change) => log.info('adapted', change),
    random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
  });
  const executor = own(new RunExecutor({ llm, runs, settings, presenter, log }));
  const modelSetup = new ModelSetup({
    settings,
    presenter,
    ensureKey: (endpoint) => keyCommands.ensureKey(endpoint),
    listModels: async (endpoint) =>
      listModels(endpoint, await keyCommands.keyFor(endpoint), new AbortController().signal),
    findLocalServers: () => findLocalServers(new AbortController().signal),
  });
  const prompts = new PromptFiles();
  const runner = new PromptRunner({
    prompts,
    settings,
    presenter,
    ready: (model) => modelSetup.ready(model),
    execute: executor.execute,
    warmUp: () => void preloadSdk().catch((failure: unknown) => log.error('sdk', failure)),
    destinations: {
      thread: createThreadDestination(threads, presenter),
      review: createReviewDestination({ threads, reviews, proposals, presenter }),
      replace: replaceDestination,
      insert: createStreamedDestination(mark, 'insert'),
      before: createStreamedDestination(mark, 'before'),
      after: createStreamedDestination(mark, 'after'),
      document: documentDestination,
      clipboard: clipboardDestination,
    },
  });

  const promptCommands = new PromptCommands({
    prompts,
    run: (request) => runner.run(request),
    insert: () => runner.insert(),
    last: () => runner.last,
  });
  const finder = new ThreadFinder(threads, proposals);

  own(registerStatusBar({ runs, settings, presenter, onDidRecord: executor.onDidRecord }));
  return {
    handlers: {
      ...promptCommands.commands(),
      ...keyCommands.commands(),
      ...modelSetup.commands(),
      ...threadCommands({ finder, runs, presenter }),
      ...reviewCommands({ finder, reviews }),
      'quillet.showLog': () => log.show(),
    },
    fail: (thrown) => presenter.show(thrown),
  };
}

/** One line each in the log and one notice that names the keys; the values are not repeated. */
function reportSettings(problems: readonly SettingsProblem[], log: Log): void {
  for (const { key, message } of problems) log.warn('settings', { key, message });
  const keys = problems.map((problem) => problem.key).join(', ');
  void window.showWarningMessage(l10n.t('These settings cannot be used and have their default: {0}', keys));
}
