import type { Disposable, Memento } from 'vscode';
import { findVariables } from '../core/promptVariables';
import type { Log } from './log';
import type { PromptFiles } from './promptFiles';
import { keepOffers } from './promptOffers';
import type { TerminalOutput } from './terminalOutput';

export interface PromptWatchParts {
  readonly prompts: PromptFiles;
  readonly terminal: TerminalOutput;
  readonly memory: Pick<Memento, 'get' | 'update'>;
  readonly log: Log;
}

/** The first command has what it needs by then. */
const SETTLED_MS = 500;

/** Keeps the menus and the lightbulb at what the library offers, from the first command on. */
export class PromptWatch implements Disposable {
  private readonly subscription: Disposable;
  private readonly first: ReturnType<typeof setTimeout>;

  constructor(private readonly parts: PromptWatchParts) {
    this.subscription = parts.prompts.onDidChange(() => void this.look());
    this.first = setTimeout(() => {
      parts.prompts.watch();
      void this.look();
    }, SETTLED_MS);
  }

  dispose(): void {
    clearTimeout(this.first);
    this.subscription.dispose();
  }

  private async look(): Promise<void> {
    try {
      const library = await this.parts.prompts.library();
      const texts = library.prompts.flatMap(({ prompt: { system = '', user } }) => [system, user]);
      const isAsked = texts.some((text) => findVariables(text).some(({ name }) => name === 'terminal'));
      if (isAsked) this.parts.terminal.listen();
      await keepOffers(this.parts.memory, library);
    } catch (thrown) {
      this.parts.log.error('prompts', thrown);
    }
  }
}
