import type { ExtensionContext } from 'vscode';
import { createModels } from './app/models';
import { createPrompts } from './app/prompts';
import { createSurfaces, type Own } from './app/services';
import { createUsage } from './app/usage';
import { type CommandHost, commandsLater } from './platform/commands';
import type { PromptOpening } from './prompts/authoring/promptFileOpening';
import { registerAnnouncer } from './runs/screenReaderAnnouncer';
import { registerStatusBar } from './runs/statusBar';
import { conversationCommands } from './threads/conversationCommands';
import { threadCommands } from './threads/threadCommands';
import { ThreadFinder } from './threads/threadFinder';
import { asyncLazy } from './util/lazy';

/** How long runs may take to end when the extension does; VS Code itself waits for five seconds. */
const MOST_END_MS = 1000;

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
  const { settings, presenter, log, runs, threads, proposals } = surfaces;
  const { keyCommands, modelSetup, executor } = models;
  const finder = new ThreadFinder(threads, proposals);
  const reviewing = asyncLazy(async () => (await import('./app/review')).createReviewing({ ...surfaces, finder }));
  const prompts = createPrompts(context, own, { ...surfaces, ...usage, ...models, opening, reviewing });
  const { onDidRecord } = executor;
  const { onDidEnter } = usage.book;
  own(registerStatusBar({ runs, settings, presenter, onDidRecord, onDidEnter, recent: usage.recent }));
  own(registerAnnouncer({ presenter, onDidRecord }));
  const dashboard = asyncLazy(async () => {
    const { UsageDashboard } = await import('./dashboard/dashboard');
    return own(new UsageDashboard({ context, book: usage.book, presenter, log }));
  });
  return {
    handlers: {
      ...prompts.commands,
      ...keyCommands.commands(),
      ...modelSetup.commands(),
      ...threadCommands({ finder, runs, presenter }),
      ...conversationCommands({ finder, threads, chooseModels: () => modelSetup.chooseSeveral() }),
      ...commandsLater(reviewCommandIds, async () => (await reviewing()).commands),
      ...commandsLater(requestCommandIds, async () => (await models.requestTools()).commands),
      ...commandsLater(['quillet.showUsage'], async () => (await dashboard()).commands()),
      'quillet.showLog': () => log.show(),
    },
    fail: (thrown) => presenter.show(thrown),
    knowPrompts: prompts.know,
    restoreUsage: async (panel) => (await dashboard()).restore(panel),
    async close() {
      runs.stopAll();
      // Whatever a destination still waits for, what was used is written down in time.
      await Promise.race([executor.settled(), new Promise((resolve) => setTimeout(resolve, MOST_END_MS))]);
      await usage.book.close();
    },
  };
}

const reviewCommandIds = [
  'quillet.accept',
  'quillet.reject',
  'quillet.openDiff',
  'quillet.acceptChange',
  'quillet.rejectChange',
  'quillet.chooseBlock',
  'quillet.nextReview',
] as const;

const requestCommandIds = [
  'quillet.sendRequest',
  'quillet.copyAs',
  'quillet.showRequests',
  'quillet.sendAgain',
  'quillet.sendToOtherModels',
] as const;
