import { Disposable } from 'vscode';
import type { OfferedPrompt } from '../../platform/commands';
import type { Log } from '../../platform/log';
import type { MementoLike } from '../../platform/mementoLike';
import { findVariables } from '../../text/template';
import { isOfferedIn } from '../common/promptLibrary';
import type { TerminalOutput } from '../execution/terminalOutput';
import { saveMenuContext } from '../menuContext';
import type { PromptRepository } from '../promptRepository';

export interface PromptMenuServices {
  readonly prompts: PromptRepository;
  readonly terminal: TerminalOutput;
  readonly memento: MementoLike;
  readonly log: Log;
  readonly isRecent: (id: string) => boolean;
}

// Late enough not to slow down the first command.
const STARTUP_DELAY_MS = 500;

/** Shows the menu entry, and listens to terminals, only while a prompt of the user needs it. */
export function syncPromptMenu({ prompts, terminal, memento, log, isRecent }: PromptMenuServices): Disposable {
  const refresh = async (): Promise<void> => {
    try {
      const library = await prompts.loadLibrary();
      const definitions = library.prompts.map(({ prompt }) => prompt);
      // Most users never run the built-in prompt that reads a terminal.
      const used = library.prompts.filter(({ id, source }) => source !== 'builtIn' || isRecent(id));
      const variables = used.flatMap(({ prompt: { system = '', user } }) => [
        ...findVariables(system),
        ...findVariables(user),
      ]);
      if (variables.some(({ name }) => name === 'terminal')) terminal.listen();
      await saveMenuContext(
        memento,
        definitions.some(({ menu }) => menu === true),
      );
    } catch (thrown) {
      log.error('prompts', thrown);
    }
  };
  const timer = setTimeout(() => {
    prompts.watch();
    void refresh();
  }, STARTUP_DELAY_MS);
  return Disposable.from(
    prompts.onDidChange(() => void refresh()),
    new Disposable(() => clearTimeout(timer)),
  );
}

const MAX_OFFERED = 20;

export async function getOfferedPrompts(prompts: PromptRepository, languageId: string): Promise<OfferedPrompt[]> {
  const library = await prompts.loadLibrary();
  return library.prompts
    .filter(({ prompt }) => prompt.lightbulb === true && isOfferedIn(prompt, languageId))
    .slice(0, MAX_OFFERED)
    .map(({ id, prompt: { name } }) => ({ id, name }));
}
