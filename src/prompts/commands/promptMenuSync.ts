import type { Disposable, Memento } from 'vscode';
import type { Log } from '../../platform/log';
import { findVariables } from '../../text/template';
import type { TerminalOutput } from '../execution/terminalOutput';
import { keepOffers } from '../offeredPrompts';
import type { PromptFiles } from '../promptRepository';

export interface PromptWatchParts {
  readonly prompts: PromptFiles;
  readonly terminal: TerminalOutput;
  readonly memento: Pick<Memento, 'get' | 'update'>;
  readonly log: Log;
}

/** The first command has what it needs by then. */
const SETTLED_MS = 500;
/** VS Code may tell of a folder that was made, and not of the files that were put into it in the same moment. */
const ONCE_MORE_MS = 1500;

/** Keeps the menus and the lightbulb at what the library offers, from the first command on. */
export class PromptWatch implements Disposable {
  private readonly subscription: Disposable;
  private readonly first: ReturnType<typeof setTimeout>;
  private next: ReturnType<typeof setTimeout> | undefined;
  private looking: Promise<void> = Promise.resolve();
  private known: Promise<void> | undefined;

  constructor(private readonly parts: PromptWatchParts) {
    this.subscription = parts.prompts.onDidChange(() => this.lookTwice());
    this.first = setTimeout(() => void this.load(), SETTLED_MS);
  }

  /** Begins to look, if that was not done yet; resolves when it is remembered what there is. */
  load(): Promise<void> {
    this.known ??= this.begin();
    return this.known;
  }

  dispose(): void {
    clearTimeout(this.first);
    clearTimeout(this.next);
    this.subscription.dispose();
  }

  private begin(): Promise<void> {
    clearTimeout(this.first);
    this.parts.prompts.watch();
    return this.look();
  }

  private lookTwice(): void {
    clearTimeout(this.next);
    void this.look();
    this.next = setTimeout(() => void this.look(), ONCE_MORE_MS);
  }

  /** One after the other: what was read first must not be kept last. */
  private look(): Promise<void> {
    this.looking = this.looking.then(() => this.lookNow());
    return this.looking;
  }

  private async lookNow(): Promise<void> {
    try {
      const library = await this.parts.prompts.library();
      const texts = library.prompts.flatMap(({ prompt: { system = '', user } }) => [system, user]);
      const isAsked = texts.some((text) => findVariables(text).some(({ name }) => name === 'terminal'));
      if (isAsked) this.parts.terminal.listen();
      await keepOffers(this.parts.memento, library);
    } catch (thrown) {
      this.parts.log.error('prompts', thrown);
    }
  }
}
