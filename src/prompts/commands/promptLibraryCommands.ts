import { commands, env, l10n, type QuickPickItem, Selection, Uri, window, workspace } from 'vscode';
import { QuilletError } from '../../core/errors';
import type { CommandTable } from '../../platform/commands';
import { isMac } from '../../platform/environment';
import type { InputBoxes } from '../../platform/inputBoxes';
import { fillInputs } from '../../text/template';
import { withoutUndefined } from '../../util/withoutUndefined';
import type { PromptDefinition } from '../common/promptFile';
import { isSharedPromptFile } from '../common/promptFolder';
import { type LibraryPrompt, promptFileName } from '../common/promptLibrary';
import { unescapeForeignVariables } from '../common/variables';
import type { PromptRequest } from '../execution/promptRequest';
import { openPromptFile, writePromptFile } from '../promptFileActions';
import type { PromptRepository } from '../promptRepository';
import type { PromptPicker } from './promptPicker';

export interface PromptLibraryServices {
  readonly prompts: PromptRepository;
  readonly picker: PromptPicker;
  readonly inputBoxes: InputBoxes;
  readonly getLastRequest: () => PromptRequest | undefined;
}

// Free on all platforms (see docs/vscode-notes.md, "Keys").
const DEFAULT_CHORD = 'k 1';

const PROMPT_REFERENCE = 'https://github.com/quillet/quillet/blob/main/docs/prompts.md';

export class PromptLibraryCommands {
  constructor(private readonly services: PromptLibraryServices) {}

  commands() {
    const { inputBoxes } = this.services;
    return {
      'quillet.saveAsPrompt': () => this.saveLastRequest(),
      'quillet.newPrompt': () => this.createPrompt(),
      'quillet.editPrompt': () => this.editPrompt(),
      'quillet.copyPromptKeybinding': () => this.assignKey(),
      'quillet.previousInput': () => inputBoxes.step(1),
      'quillet.nextInput': () => inputBoxes.step(-1),
    } satisfies Partial<CommandTable>;
  }

  private async saveLastRequest(): Promise<void> {
    const request = this.services.getLastRequest();
    const prompt = request === undefined ? undefined : await this.findPrompt(request);
    if (request === undefined || prompt === undefined) throw new QuilletError('prompt.none');
    const saved = toSavedPrompt(prompt, request);
    const name = await this.askName(l10n.t('Save as Prompt'), request.prompt === undefined ? prompt.name : '');
    const folder = name === undefined ? undefined : await this.pickFolder();
    if (name === undefined || folder === undefined) return;
    // In a shared file, what is escaped here is sent as written without a backslash.
    const isShared = isSharedPromptFile(Uri.joinPath(folder, promptFileName(name)).path);
    const written = isShared ? unescapeForeignVariables(saved) : saved;
    await openPromptFile(await writePromptFile(folder, name, await toFileText({ ...written, name })));
  }

  private async findPrompt({ prompt, promptId }: PromptRequest): Promise<PromptDefinition | undefined> {
    if (prompt !== undefined) return prompt;
    try {
      return (await this.services.prompts.get(promptId, window.activeTextEditor?.document.uri)).prompt;
    } catch {
      // The prompt was deleted, or the selection itself was the prompt.
      return undefined;
    }
  }

  private async createPrompt(): Promise<void> {
    const name = await this.askName(l10n.t('New Prompt'), '');
    const folder = name === undefined ? undefined : await this.pickFolder();
    if (name === undefined || folder === undefined) return;
    const editor = await openPromptFile(await writePromptFile(folder, name, await newPromptText(name)));
    // Select the instruction, so that typing replaces it.
    const start = editor.document.getText().indexOf(newPromptInstruction());
    const { range } = editor.document.lineAt(editor.document.positionAt(start));
    editor.selection = new Selection(range.start, range.end);
    editor.revealRange(editor.selection);
  }

  private async editPrompt(): Promise<void> {
    const picked = await this.pickPrompt(l10n.t('Choose a prompt to edit'));
    if (picked === undefined) return;
    const { id, prompt, file } = picked;
    if (file !== undefined) {
      await openPromptFile(Uri.parse(file));
      return;
    }
    const copy = l10n.t('Edit a Copy');
    const question = l10n.t(
      '"{0}" is a built-in prompt. Your copy overrides it until you delete the copy.',
      prompt.name,
    );
    if ((await window.showInformationMessage(question, { modal: true }, copy)) !== copy) return;
    await openPromptFile(await writePromptFile(this.services.prompts.userFolder, id, await toFileText(prompt)));
  }

  private async assignKey(): Promise<void> {
    const picked = await this.pickPrompt(l10n.t('Choose a prompt to assign a keyboard shortcut to'));
    if (picked === undefined) return;
    await env.clipboard.writeText(formatKeybinding(picked));
    await openKeybindingsFile();
    void window.showInformationMessage(
      l10n.t('Keyboard shortcut copied. Paste it between the brackets [ ], then change the key.'),
    );
  }

  private async pickPrompt(placeHolder: string) {
    const document = window.activeTextEditor?.document;
    const library = await this.services.prompts.loadLibrary(document?.uri);
    return this.services.picker.pick(library, { placeHolder, languageId: document?.languageId ?? '' });
  }

  private async askName(title: string, value: string): Promise<string | undefined> {
    const name = await this.services.inputBoxes.ask({
      title,
      prompt: l10n.t('Prompt name'),
      value,
      historyKey: 'name',
      validate: (text) => (text.trim() === '' ? l10n.t('Enter a name.') : undefined),
    });
    return name?.trim();
  }

  private async pickFolder(): Promise<Uri | undefined> {
    const { userFolder, workspaceFolders } = this.services.prompts.getSaveLocations(
      window.activeTextEditor?.document.uri,
    );
    if (workspaceFolders.length === 0) return userFolder;
    const items: (QuickPickItem & { readonly uri: Uri })[] = [
      { label: l10n.t('For Me'), description: l10n.t('in all workspaces on this machine'), uri: userFolder },
      ...workspaceFolders.map((uri) => ({
        label: workspace.asRelativePath(uri),
        description: l10n.t('shared with everyone using this workspace'),
        uri,
      })),
    ];
    const placeHolder = l10n.t('Where do you want to save this prompt?');
    return (await window.showQuickPick(items, { placeHolder }))?.uri;
  }
}

function toSavedPrompt(prompt: PromptDefinition, request: PromptRequest): PromptDefinition {
  const { inputs = new Map(), destination = prompt.destination, model = prompt.model, parameters } = request;
  return {
    ...prompt,
    user: fillInputs(prompt.user, inputs),
    destination,
    parameters: { ...prompt.parameters, ...parameters },
    ...withoutUndefined({ system: prompt.system === undefined ? undefined : fillInputs(prompt.system, inputs), model }),
  };
}

/** A new prompt file that can be run as it is. Comments are not sent. */
function newPromptText(name: string): Promise<string> {
  const user = `${newPromptInstruction()}\n\n\${selection}`;
  const prompt = { name, description: '', destination: 'thread', parameters: {}, user } as const;
  return toFileText(prompt, l10n.t('Keys and variables: {0}', PROMPT_REFERENCE));
}

async function toFileText(prompt: Omit<PromptDefinition, 'id'>, ...comments: readonly string[]): Promise<string> {
  const { formatPromptFile } = await import('../common/promptFile');
  return formatPromptFile(prompt, comments);
}

function newPromptInstruction(): string {
  return l10n.t('Explain the selected code to a beginner:');
}

/** A keybinding to paste after the opening bracket. VS Code accepts a trailing comma. */
function formatKeybinding({ id }: LibraryPrompt): string {
  const key = `${isMac() ? 'cmd' : 'ctrl'}+${DEFAULT_CHORD}`;
  const rule = { key, command: 'quillet.run', when: 'editorTextFocus', args: { prompt: id } };
  const lines = JSON.stringify(rule, undefined, 2).split('\n');
  return `\n${lines.map((line) => `  ${line}`).join('\n')},`;
}

/** Places the cursor after the opening bracket. The user pastes: only VS Code changes its own files. */
async function openKeybindingsFile(): Promise<void> {
  await commands.executeCommand('workbench.action.openGlobalKeybindingsFile');
  const editor = window.activeTextEditor;
  if (editor?.document.uri.path.endsWith('/keybindings.json') !== true) return;
  const start = /^(?:\s|\/\/.*[\r\n]|\/\*(?:[^*]|\*(?!\/))*\*\/)*\[/.exec(editor.document.getText());
  if (start === null) return;
  const position = editor.document.positionAt(start[0].length);
  editor.selection = new Selection(position, position);
  editor.revealRange(editor.selection);
}
