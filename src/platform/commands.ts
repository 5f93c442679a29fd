import { commands, Disposable, type Uri, type WebviewPanel } from 'vscode';

// A test compares this list with package.json.
const COMMAND_IDS = [
  'quillet.explain',
  'quillet.ask',
  'quillet.rewrite',
  'quillet.rewriteInPlace',
  'quillet.insert',
  'quillet.run',
  'quillet.repeat',
  'quillet.regenerate',
  'quillet.thinkHarder',
  'quillet.thinkLess',
  'quillet.stop',
  'quillet.stopAll',
  'quillet.selectModel',
  'quillet.addProvider',
  'quillet.removeProvider',
  'quillet.setKey',
  'quillet.deleteKey',
  'quillet.setSecret',
  'quillet.testConnection',
  'quillet.showLog',
  'quillet.openSettings',
  'quillet.showMenu',
  'quillet.showUsage',
  'quillet.reply',
  'quillet.copyAnswer',
  'quillet.insertBelow',
  'quillet.closeThread',
  'quillet.accept',
  'quillet.reject',
  'quillet.acceptInThread',
  'quillet.rejectInThread',
  'quillet.openDiff',
  'quillet.fix',
  'quillet.acceptChange',
  'quillet.rejectChange',
  'quillet.chooseBlock',
  'quillet.nextReview',
  'quillet.previousReview',
  'quillet.previousAnswer',
  'quillet.nextAnswer',
  'quillet.askOtherModels',
  'quillet.resolveThread',
  'quillet.reopenThread',
  'quillet.copyConversation',
  'quillet.openConversation',
  'quillet.showReasoning',
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
  'quillet.submitInput',
  'quillet.cancelInput',
  'quillet.editQuestion',
  'quillet.sendEditedQuestion',
  'quillet.cancelEditing',
  'quillet.showRequests',
  'quillet.sendAgain',
  'quillet.sendToOtherModels',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];

// The argument may come from another extension: validate it.
export type CommandHandler = (argument: unknown) => Promise<void> | void;

export type CommandTable<Id extends CommandId = CommandId> = Readonly<Record<Id, CommandHandler>>;

/** A prompt that is offered as a code action. */
export interface OfferedPrompt {
  readonly id: string;
  readonly name: string;
}

export interface CommandHost {
  readonly handlers: CommandTable;
  reportError(thrown: unknown, retry: () => Promise<void>): void;
  getOfferedPrompts(languageId: string): Promise<readonly OfferedPrompt[]>;
  restoreDashboard(panel: WebviewPanel): Promise<void>;
  /** Stops all runs and flushes pending writes; called once, on deactivation. */
  close(): Promise<void>;
}

export function registerCommands(load: () => Promise<CommandHost>): Disposable {
  const registrations = COMMAND_IDS.map((id) =>
    commands.registerCommand(id, async (argument: unknown) => {
      const host = await load();
      try {
        await host.handlers[id](argument);
      } catch (thrown) {
        host.reportError(thrown, () => runCommand(id, argument));
      }
    }),
  );
  return Disposable.from(...registrations);
}

export async function runCommand(id: CommandId, argument?: unknown): Promise<void> {
  await commands.executeCommand(id, argument);
}

export async function openAllSettings(): Promise<void> {
  await commands.executeCommand('workbench.action.openSettings', '@ext:quillet.quillet');
}

export async function openSetting(name: string): Promise<void> {
  await commands.executeCommand('workbench.action.openSettings', `@id:${name}`);
}

export type ContextKey =
  | `quillet.${'running' | 'runningHere' | 'runningOnSeveral' | 'canRepeat' | 'asking'}`
  | `quillet.${'hasThread' | 'hasOpenThread' | 'hasResolvedThread' | 'hasSeveralAnswers' | 'hasBlockChoice'}`
  | `quillet.${'hasReasoning' | 'canThinkHarder' | 'canThinkLess'}`
  | `quillet.${'hasReview' | 'hasRequest' | 'hasMenuPrompts' | 'inReviewDiff' | 'atProposal'}`
  | `quillet.${'commitMessages' | 'writesCommitMessage'}`;

// In a remote window, the string form of URIs differs where `when` clauses are evaluated.
export function setContext(key: ContextKey, value: boolean | readonly Uri[]): void {
  void commands.executeCommand('setContext', key, value);
}
