import type { Disposable } from 'vscode';
import type { Log } from '../../platform/log';
import type { MementoLike } from '../../platform/mementoLike';
import { findVariables } from '../../text/template';
import { throttled } from '../../util/throttler';
import type { TerminalOutput } from '../execution/terminalOutput';
import { saveOfferedPrompts } from '../offeredPrompts';
import type { PromptRepository } from '../promptRepository';

export interface PromptMenuSyncServices {
  readonly prompts: PromptRepository;
  readonly terminal: TerminalOutput;
  readonly memento: MementoLike;
  readonly log: Log;
}

// Late enough not to slow down the first command.
const STARTUP_DELAY_MS = 500;
/** VS Code may report a new folder without the files that were created in it at the same moment. */
const RECHECK_DELAY_MS = 1500;

/** Keeps the menus and code actions in sync with the library, from the first command on. */
export class PromptMenuSync implements Disposable {
  private readonly subscription: Disposable;
  private readonly startTimer: ReturnType<typeof setTimeout>;
  private recheckTimer: ReturnType<typeof setTimeout> | undefined;
  // Throttled, so that an older result cannot overwrite a newer one.
  private readonly refresh = throttled(() => this.refreshNow());
  private loading: Promise<void> | undefined;

  constructor(private readonly services: PromptMenuSyncServices) {
    this.subscription = services.prompts.onDidChange(() => this.refreshTwice());
    this.startTimer = setTimeout(() => void this.load(), STARTUP_DELAY_MS);
  }

  /** Starts watching on the first call. Resolves when the offered prompts are saved. */
  load(): Promise<void> {
    this.loading ??= this.start();
    return this.loading;
  }

  dispose(): void {
    clearTimeout(this.startTimer);
    clearTimeout(this.recheckTimer);
    this.subscription.dispose();
  }

  private start(): Promise<void> {
    clearTimeout(this.startTimer);
    this.services.prompts.watch();
    return this.refresh();
  }

  private refreshTwice(): void {
    clearTimeout(this.recheckTimer);
    void this.refresh();
    this.recheckTimer = setTimeout(() => void this.refresh(), RECHECK_DELAY_MS);
  }

  private async refreshNow(): Promise<void> {
    try {
      const library = await this.services.prompts.loadLibrary();
      const texts = library.prompts.flatMap(({ prompt: { system = '', user } }) => [system, user]);
      const usesTerminal = texts.some((text) => findVariables(text).some(({ name }) => name === 'terminal'));
      if (usesTerminal) this.services.terminal.listen();
      await saveOfferedPrompts(this.services.memento, library);
    } catch (thrown) {
      this.services.log.error('prompts', thrown);
    }
  }
}
