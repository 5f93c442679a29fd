import { type Uri, Uri as UriValue, workspace } from 'vscode';
import { QuilletError } from '../core/errors';
import type { PromptDefinition } from '../core/promptFile';
import { mergePrompts } from '../core/promptLibrary';

const SUFFIX = '.prompt.md';

/** Reads the prompts that come with the extension, once, when the first command needs them. */
export class PromptFiles {
  private builtIn: Promise<readonly PromptDefinition[]> | undefined;

  constructor(private readonly extensionUri: Uri) {}

  /** Every prompt there is, in the order of their names. */
  async all(): Promise<readonly PromptDefinition[]> {
    this.builtIn ??= readFolder(UriValue.joinPath(this.extensionUri, 'media', 'prompts'));
    const merged = mergePrompts([{ source: 'builtIn', prompts: await this.builtIn }]);
    return merged.map((entry) => entry.prompt).sort((left, right) => left.name.localeCompare(right.name));
  }

  /** @throws QuilletError `prompt.unknown`. */
  async get(id: string): Promise<PromptDefinition> {
    const found = (await this.all()).find((prompt) => prompt.id === id);
    if (found === undefined) throw new QuilletError('prompt.unknown', { subject: id });
    return found;
  }
}

async function readFolder(folder: Uri): Promise<readonly PromptDefinition[]> {
  // The parser brings a YAML reader along, which nothing needs before the first command.
  const [{ parsePromptFile }, entries] = await Promise.all([
    import('../core/promptFile'),
    workspace.fs.readDirectory(folder),
  ]);
  const names = entries.map(([name]) => name).filter((name) => name.endsWith(SUFFIX));
  const prompts = await Promise.all(
    names.map(async (name) => {
      const bytes = await workspace.fs.readFile(UriValue.joinPath(folder, name));
      const id = name.slice(0, -SUFFIX.length);
      const { prompt } = parsePromptFile(id, new TextDecoder().decode(bytes));
      if (prompt === undefined) throw new QuilletError('prompt.bad', { subject: id });
      return prompt;
    }),
  );
  return prompts;
}
