import { commands, Disposable, type Uri, type WebviewPanel } from 'vscode';

/** Every command of the manifest. A test holds this list and the manifest together. */
const COMMAND_IDS = [
  'quillet.explain',
  'quillet.ask',
  'quillet.rewrite',
  'quillet.rewriteInPlace',
  'quillet.insert',
  'quillet.run',
  'quillet.repeat',
  'quillet.regenerate',
  'quillet.stop',
  'quillet.stopAll',
  'quillet.selectModel',
  'quillet.addProvider',
  'quillet.setKey',
  'quillet.deleteKey',
  'quillet.testConnection',
  'quillet.showLog',
  'quillet.showUsage',
  'quillet.reply',
  'quillet.copyAnswer',
  'quillet.insertBelow',
  'quillet.closeThread',
  'quillet.accept',
  'quillet.reject',
  'quillet.openDiff',
  'quillet.fix',
  'quillet.acceptChange',
  'quillet.rejectChange',
  'quillet.chooseBlock',
  'quillet.nextReview',
  'quillet.previousAnswer',
  'quillet.nextAnswer',
  'quillet.askOtherModels',
  'quillet.resolveThread',
  'quillet.copyConversation',
  'quillet.openConversation',
  'quillet.clearThreads',
  'quillet.focusThread',
  'quillet.previewRequest',
  'quillet.sendRequest',
  'quillet.copyAs',
  'quillet.commitMessage',
  'quillet.stopCommitMessage',
  'quillet.tryPrompt',
  'quillet.previewPrompt',
  'quillet.runMenuPrompt',
  'quillet.saveAsPrompt',
  'quillet.newPrompt',
  'quillet.editPrompt',
  'quillet.copyPromptKeybinding',
  'quillet.previousInput',
  'quillet.nextInput',
  'quillet.showRequests',
  'quillet.sendAgain',
  'quillet.sendToOtherModels',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];

/** A handler gets whatever the caller passed, which may be another extension: it believes nothing of it. */
export type CommandHandler = (argument: unknown) => Promise<void> | void;

/** The handlers of one feature; together the features have one for every command, or the product does not compile. */
export type CommandTable<Id extends CommandId = CommandId> = Readonly<Record<Id, CommandHandler>>;

/** The handlers of a feature that is loaded when one of them is called. */
export function lazyCommands<const Id extends CommandId>(
  ids: readonly Id[],
  load: () => Promise<CommandTable<Id>>,
): CommandTable<Id> {
  const entries = ids.map((id) => [id, async (argument: unknown) => (await load())[id](argument)] as const);
  return Object.fromEntries(entries) as CommandTable<Id>;
}

/** What runs commands. */
export interface CommandHost {
  readonly handlers: CommandTable;
  /** Told of whatever a handler throws. */
  reportError(thrown: unknown): void;
  /** Resolves when it is remembered which prompts the menus offer; never fails. */
  loadPrompts(): Promise<void>;
  /** Fills a dashboard that VS Code brings back. */
  restoreDashboard(panel: WebviewPanel): Promise<void>;
  /** Stops what runs and writes down what is not yet written; called once, when the extension ends. */
  close(): Promise<void>;
}

/** Registers every command; what runs them is loaded when the first is called. */
export function registerCommands(load: () => Promise<CommandHost>): Disposable {
  const registrations = COMMAND_IDS.map((id) =>
    commands.registerCommand(id, async (argument: unknown) => {
      const host = await load();
      try {
        await host.handlers[id](argument);
      } catch (thrown) {
        host.reportError(thrown);
      }
    }),
  );
  return Disposable.from(...registrations);
}

/** Runs one of our own commands, for example behind a button. */
export async function runCommand(id: CommandId, argument?: unknown): Promise<void> {
  await commands.executeCommand(id, argument);
}

/** Opens VS Code's settings at one of ours. */
export async function openSetting(name: string): Promise<void> {
  await commands.executeCommand('workbench.action.openSettings', `@id:${name}`);
}

/** Context keys that `when` clauses of the manifest read. */
export type ContextKey =
  | 'quillet.running'
  | 'quillet.runningHere'
  | 'quillet.runningOnSeveral'
  | 'quillet.canRepeat'
  | 'quillet.hasThread'
  | 'quillet.hasReview'
  | 'quillet.inReviewDiff'
  | 'quillet.hasRequest'
  | 'quillet.writesCommitMessage'
  /** An input box of ours is open. */
  | 'quillet.asking'
  | 'quillet.hasMenuPrompts';

export function setContext(key: ContextKey, value: boolean): void {
  void commands.executeCommand('setContext', key, value);
}

/** Context keys that hold addresses: `when` clauses of the manifest look for one in them. */
export type UriContextKey = 'quillet.commitMessages';

/** As addresses and not as text: in a remote window they are called otherwise where the clauses are read. */
export function setUriContext(key: UriContextKey, values: readonly Uri[]): void {
  void commands.executeCommand('setContext', key, values);
}
