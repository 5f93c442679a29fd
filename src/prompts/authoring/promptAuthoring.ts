import {
  CodeLens,
  type Disposable,
  l10n,
  languages,
  Range,
  type TextDocument,
  type TextEditor,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import { QuilletError } from '../../core/errors';
import type { CommandId, CommandTable } from '../../platform/commands';
import { DisposableStore } from '../../platform/disposableStore';
import type { PromptSource } from '../common/promptLibrary';
import type { RunPrompt } from '../execution/promptRequest';
import { describeParseError, PromptDiagnostics, parsePromptDocument } from './promptDiagnostics';
import { registerPromptLanguageFeatures } from './promptLanguageFeatures';

export interface PromptAuthoringServices {
  /** Undefined for files outside the prompt library, whose problems don't matter. */
  readonly findSource: (uri: Uri) => PromptSource | undefined;
  readonly getModels: () => readonly string[];
  readonly getLastEditor: () => TextEditor | undefined;
  readonly runPrompt: RunPrompt;
}

// Matches by name, because users can assign any language to prompt files.
const PROMPT_FILE_SELECTOR = { pattern: '**/*.prompt.md' };

/** Diagnostics, completion, hovers and CodeLenses for prompt files. */
export class PromptAuthoring implements Disposable {
  private readonly store = new DisposableStore();

  constructor(private readonly services: PromptAuthoringServices) {
    const { getModels, findSource } = services;
    const isPromptFile = ({ uri }: TextDocument) => findSource(uri) !== undefined;
    this.store.add(new PromptDiagnostics(findSource));
    this.store.add(registerPromptLanguageFeatures({ selector: PROMPT_FILE_SELECTOR, isPromptFile, getModels }));
    this.store.add(
      languages.registerCodeLensProvider(PROMPT_FILE_SELECTOR, {
        provideCodeLenses: async (shown) => {
          const source = findSource(shown.uri);
          return source === undefined ? undefined : createCodeLenses(shown, source);
        },
      }),
    );
  }

  commands() {
    return {
      'quillet.tryPrompt': (argument) => this.tryPrompt(argument, false),
      'quillet.previewPrompt': (argument) => this.tryPrompt(argument, true),
    } satisfies Partial<CommandTable>;
  }

  dispose(): void {
    this.store.dispose();
  }

  /** Runs the prompt as it is in its editor, saved or not, on the last selection in another editor. */
  private async tryPrompt(argument: unknown, isPreviewed: boolean): Promise<void> {
    const document = await this.resolveDocument(argument);
    const parsed = await parsePromptDocument(document, this.services.findSource(document.uri));
    const { prompt } = parsed;
    if (prompt === undefined) throw new QuilletError('prompt.bad', { subject: describeParseError(parsed) });
    const editor = await revealLastEditor(this.services.getLastEditor());
    await this.services.runPrompt({ promptId: prompt.id, prompt, target: { editor }, isPreviewed });
  }

  private async resolveDocument(argument: unknown): Promise<TextDocument> {
    const uri = argument instanceof Uri ? argument : window.activeTextEditor?.document.uri;
    if (uri === undefined || this.services.findSource(uri) === undefined) throw new QuilletError('editor.prompt');
    return workspace.openTextDocument(uri);
  }
}

async function revealLastEditor(lastEditor: TextEditor | undefined): Promise<TextEditor> {
  if (lastEditor === undefined) throw new QuilletError('editor.elsewhere');
  const { document, selections } = lastEditor;
  const visible = window.visibleTextEditors.find((editor) => editor.document === document);
  if (visible !== undefined) return visible;
  const options = { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: false };
  const shown = await window.showTextDocument(document.isClosed ? await reopenDocument(document) : document, options);
  shown.selections = selections;
  return shown;
}

async function reopenDocument({ uri, isUntitled }: TextDocument): Promise<TextDocument> {
  if (isUntitled) throw new QuilletError('editor.elsewhere');
  return workspace.openTextDocument(uri);
}

async function createCodeLenses(document: TextDocument, source: PromptSource): Promise<CodeLens[]> {
  const { prompt, problems } = await parsePromptDocument(document, source);
  const top = new Range(0, 0, 0, 0);
  if (prompt === undefined) {
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    const title = errors === 1 ? l10n.t('1 problem') : l10n.t('{0} problems', errors);
    return [new CodeLens(top, { title, command: 'editor.action.marker.next' })];
  }
  const createLens = (title: string, command: CommandId, tooltip: string) =>
    new CodeLens(top, { title, command, tooltip, arguments: [document.uri] });
  return [
    createLens(l10n.t('Try'), 'quillet.tryPrompt', l10n.t('Run this prompt on your last selection')),
    createLens(l10n.t('Preview Request'), 'quillet.previewPrompt', l10n.t('Show what would be sent')),
  ];
}
