import { commands, Disposable } from 'vscode';

/** Every command of the manifest. A test holds this list, the manifest and what is really registered together. */
export type CommandId =
  | 'quillet.explain'
  | 'quillet.ask'
  | 'quillet.rewrite'
  | 'quillet.rewriteInPlace'
  | 'quillet.insert'
  | 'quillet.run'
  | 'quillet.repeat'
  | 'quillet.regenerate'
  | 'quillet.stop'
  | 'quillet.stopAll'
  | 'quillet.selectModel'
  | 'quillet.addProvider'
  | 'quillet.setKey'
  | 'quillet.deleteKey'
  | 'quillet.testConnection'
  | 'quillet.showLog'
  | 'quillet.reply'
  | 'quillet.copyAnswer'
  | 'quillet.insertBelow'
  | 'quillet.closeThread'
  | 'quillet.accept'
  | 'quillet.reject'
  | 'quillet.openDiff';

/** A handler gets whatever the caller passed, which may be another extension: it believes nothing of it. */
export type CommandHandler = (argument: unknown) => Promise<void> | void;
export type CommandTable = Readonly<Partial<Record<CommandId, CommandHandler>>>;

/** Registers a table of commands. Whatever a handler throws goes to `onFailure` and no further. */
export function registerCommands(table: CommandTable, onFailure: (thrown: unknown) => void): Disposable {
  const registrations = Object.entries(table).map(([id, handler]) =>
    commands.registerCommand(id, async (argument: unknown) => {
      try {
        await handler(argument);
      } catch (thrown) {
        onFailure(thrown);
      }
    }),
  );
  return Disposable.from(...registrations);
}

/** Runs one of our own commands, for example behind a button. */
export async function runCommand(id: CommandId, argument?: unknown): Promise<void> {
  await commands.executeCommand(id, argument);
}

/** Context keys that `when` clauses of the manifest read. */
export type ContextKey =
  | 'quillet.running'
  | 'quillet.runningHere'
  | 'quillet.canRepeat'
  | 'quillet.hasThread'
  | 'quillet.hasReview';

export function setContext(key: ContextKey, value: boolean): void {
  void commands.executeCommand('setContext', key, value);
}
