import type { ExtensionContext } from 'vscode';
import { createModels } from './app/models';
import { createPrompts } from './app/prompts';
import { createReview } from './app/review';
import { createServices, type Register } from './app/services';
import { createUsage } from './app/usage';
import { removeProvider } from './models/removeProvider';
import { type CommandHost, openAllSettings } from './platform/commands';
import type { PromptFileOpening } from './prompts/authoring/promptFileOpening';
import { registerAnnouncer } from './runs/screenReaderAnnouncer';
import { registerStatusBar } from './runs/statusBar';
import { showStatusMenu } from './runs/statusMenu';
import { conversationCommands } from './threads/conversationCommands';
import { ReasoningDocuments } from './threads/reasoningDocuments';
import { threadCommands } from './threads/threadCommands';
import { ThreadFinder } from './threads/threadFinder';
import { UsageDashboard } from './usage/dashboard/dashboard';

// VS Code waits up to five seconds for deactivation.
const MAX_SHUTDOWN_MS = 1000;

/** The composition root: creates all services. Sends nothing and reads neither files nor secret storage. */
export function createQuillet(context: ExtensionContext, opening: PromptFileOpening): CommandHost {
  const register: Register = (disposable) => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const services = createServices(register);
  const usage = createUsage(context, register, services);
  const models = createModels(context, register, { ...services, ...usage });
  const { settings, notifier, log, runs, threads, proposals } = services;
  const { keys, keyCommands, headerSecrets, modelSetup, executor } = models;
  const finder = new ThreadFinder(threads, proposals);
  const review = createReview({ ...services, finder });
  const prompts = createPrompts(context, register, { ...services, ...usage, ...models, opening, review });
  const { onDidRecord } = executor;
  const { onDidRecordRun } = usage.usageRecorder;
  register(
    registerStatusBar({
      runs,
      settings,
      notifier,
      onDidRecord,
      onDidRecordUsage: onDidRecordRun,
      loadRecentUsage: usage.loadRecentUsage,
    }),
  );
  register(registerAnnouncer({ notifier, onDidRecord }));
  const dashboard = register(new UsageDashboard({ context, recorder: usage.usageRecorder, notifier, log }));
  return {
    handlers: {
      ...prompts.commands,
      ...keyCommands.commands(),
      ...headerSecrets.commands(),
      ...modelSetup.commands(),
      ...threadCommands({ finder, runs, notifier }),
      ...conversationCommands({
        finder,
        threads,
        notifier,
        reasoningDocuments: register(new ReasoningDocuments()),
        chooseModels: () => modelSetup.chooseModels(),
      }),
      ...review.commands,
      ...models.requestCommands,
      ...dashboard.commands(),
      'quillet.showLog': () => log.show(),
      'quillet.removeProvider': () => removeProvider({ settings, keys }),
      'quillet.openSettings': openAllSettings,
      'quillet.showMenu': () => showStatusMenu({ runs, settings }),
    },
    reportError: (thrown, retry) => notifier.showError(thrown, [], retry),
    getOfferedPrompts: prompts.getOfferedPrompts,
    restoreDashboard: async (panel) => dashboard.restore(panel),
    async close() {
      runs.stopAll();
      // Save the usage in time, even if a destination is still waiting.
      await Promise.race([executor.whenIdle(), new Promise((resolve) => setTimeout(resolve, MAX_SHUTDOWN_MS))]);
      await usage.usageRecorder.close();
    },
  };
}
