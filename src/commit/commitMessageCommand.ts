import { commands, ProgressLocation, window } from 'vscode';
import type { ChatMessage, ParameterSet } from '../core/chat';
import { QuilletError } from '../core/errors';
import { OutboundDecisions } from '../core/outboundText';
import {
  type AnswerSink,
  type ExecuteRun,
  isComplete,
  type RunGroup,
  type RunPlan,
  toIncompleteReport,
} from '../core/run';
import { getAbsolutePath } from '../editor/workspacePath';
import type { FileExclusions } from '../ignore/fileExclusions';
import type { Notifier } from '../notifications/notifier';
import { type CommandTable, setContext } from '../platform/commands';
import { findRepository, type GitRepository, getCommitDiff, getRootUri } from '../platform/gitExtension';
import type { InputBoxes } from '../platform/inputBoxes';
import type { PromptDefinition } from '../prompts/common/promptFile';
import { findPromptVariables } from '../prompts/common/renderTemplates';
import { truncate } from '../prompts/common/truncateValues';
import type { PromptConsent } from '../prompts/execution/promptConsent';
import { askInputs } from '../prompts/execution/promptInputs';
import { fitToModel, renderPrompt, requireValues } from '../prompts/execution/promptRenderer';
import type { TerminalOutput } from '../prompts/execution/terminalOutput';
import { resolveWindowValues } from '../prompts/execution/variableResolver';
import type { PromptRepository } from '../prompts/promptRepository';
import { mergeParameters, type ResolvedModel } from '../providers/endpoint';
import type { RequestPreviewer } from '../requests/requestPreview';
import { confirmSize } from '../runs/confirmSize';
import type { Configuration } from '../settings/configuration';
import { summarizeDiff } from '../text/diffSummary';
import { withoutUndefined } from '../util/withoutUndefined';
import { ScmInputBox } from './scmInputBox';

export interface CommitMessageServices {
  readonly prompts: PromptRepository;
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly exclusions: FileExclusions;
  readonly consent: PromptConsent;
  readonly inputBoxes: InputBoxes;
  readonly terminal: TerminalOutput;
  readonly resolveModel: (model?: string) => Promise<ResolvedModel | undefined>;
  readonly prepare: (plans: readonly RunPlan[]) => Promise<readonly RunPlan[] | undefined>;
  readonly preview: RequestPreviewer;
  readonly execute: ExecuteRun;
  readonly newGroup: (selections: number) => RunGroup;
  readonly warmUp: () => void;
}

const PROMPT_ID = 'commit';

// The language of a commit message in a text editor.
const LANGUAGE_ID = 'git-commit';

interface PreparedPrompt {
  readonly prompt: PromptDefinition;
  readonly ready: ResolvedModel;
  readonly parameters: ParameterSet;
  readonly messages: readonly ChatMessage[];
}

interface PendingMessage {
  readonly repository: GitRepository;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** Generates commit messages from staged or unstaged changes into the SCM input box. */
export class CommitMessageCommand {
  // By root URI.
  private readonly pendingMessages = new Map<string, PendingMessage>();

  constructor(private readonly services: CommitMessageServices) {}

  commands() {
    return {
      'quillet.commitMessage': (argument) => this.generate(argument),
      'quillet.stopCommitMessage': (argument) => this.stop(argument),
    } satisfies Partial<CommandTable>;
  }

  private async generate(argument: unknown): Promise<void> {
    const repository = await findRepository(argument);
    if (repository === undefined) return;
    const key = repository.rootUri.toString();
    // The pending request may be in a hidden preview.
    if (this.pendingMessages.has(key)) return this.services.preview.reveal();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const pending = { repository, controller: new AbortController(), ended };
    this.pendingMessages.set(key, pending);
    this.updateContextKeys();
    try {
      // If called from the Command Palette, the SCM view may be hidden.
      if (argument === undefined) await commands.executeCommand('workbench.view.scm');
      await window.withProgress({ location: ProgressLocation.SourceControl }, () => this.run(pending));
    } finally {
      this.pendingMessages.delete(key);
      this.updateContextKeys();
      end();
    }
  }

  // The notification with Try Again appears before the failed message is removed from the pending ones.
  private async retry(repository: GitRepository): Promise<void> {
    await this.pendingMessages.get(repository.rootUri.toString())?.ended;
    await this.generate(repository);
  }

  private stop(argument: unknown): void {
    const rootUri = getRootUri(argument)?.toString();
    for (const [key, { controller }] of this.pendingMessages)
      if (rootUri === undefined || key === rootUri) controller.abort();
  }

  private async run({ repository, controller }: PendingMessage): Promise<void> {
    const { settings, preview, prepare, execute } = this.services;
    this.services.warmUp();
    const preparedPrompt = await this.preparePrompt(repository);
    if (preparedPrompt === undefined) return;
    const { prompt, ready, parameters, messages } = preparedPrompt;
    const { selectionLimit: limit, previewRequests, prices } = settings.read();
    const { endpoint, model, contextWindow } = ready;
    if (!(await confirmSize({ requests: [messages], limit, ready, parameters, prices }))) return;
    const plan: RunPlan = {
      promptId: PROMPT_ID,
      title: prompt.name,
      destination: 'commitBox',
      endpoint,
      model,
      ...withoutUndefined({ contextWindow, extraBody: prompt.body, fallback: prompt.fallback ?? endpoint.fallback }),
      messages,
      parameters,
      languageId: LANGUAGE_ID,
      documentUri: repository.rootUri.toString(),
      group: this.services.newGroup(1),
      outboundDecisions: new OutboundDecisions(),
    };
    const [preparedPlan] = (await prepare([plan])) ?? [];
    const reviewedPlan =
      preparedPlan !== undefined && previewRequests ? await preview.confirm(preparedPlan) : preparedPlan;
    // The user may have stopped it during a confirmation.
    if (reviewedPlan === undefined || controller.signal.aborted) return;
    await execute(
      reviewedPlan,
      createSink(repository, controller.signal, () => this.retry(repository)),
    );
  }

  private async preparePrompt(repository: GitRepository): Promise<PreparedPrompt | undefined> {
    const { prompts, consent, settings, terminal, inputBoxes, notifier, exclusions } = this.services;
    const allowedDiff = await exclusions.filterDiff(await getCommitDiff(repository), repository.rootUri);
    const diff = truncate('gitDiff', summarizeDiff(allowedDiff, Number.POSITIVE_INFINITY));
    const found = await prompts.get(PROMPT_ID, repository.rootUri);
    if (!(await consent.confirm(found))) return undefined;
    const { prompt } = found;
    const variables = findPromptVariables(prompt, LANGUAGE_ID);
    const { answerLanguage, parameters: general } = settings.read();
    const read = await resolveWindowValues(variables, { answerLanguage, terminal });
    const folder = repository.rootUri.path.split('/').at(-1) ?? '';
    const folderPath = getAbsolutePath(repository.rootUri);
    const allValues = new Map([
      ...read.values,
      ['gitDiff', diff.text],
      ['workspaceFolder', folderPath],
      ['workspaceFolderBasename', folder],
    ]);
    const values = {
      ...read,
      values: allValues,
      truncations: [...read.truncations, ...(diff.truncation === undefined ? [] : [diff.truncation])],
    };
    requireValues(prompt, LANGUAGE_ID, values);
    const ready = await this.services.resolveModel(prompt.model);
    if (ready === undefined) return undefined;
    const asking = { variables, promptId: PROMPT_ID, title: prompt.name, knownInputs: new Map() };
    const inputs = await askInputs(inputBoxes, asking);
    if (inputs === undefined) return undefined;
    const parameters = mergeParameters(general, ready.endpoint.parameters, prompt.parameters);
    const render = (all: ReadonlyMap<string, string>) => renderPrompt(prompt, LANGUAGE_ID, { values: all, inputs });
    const { messages, notice } = fitToModel([values], { ready, parameters, render });
    if (notice !== undefined) notifier.inform(notice);
    return { prompt, ready, parameters, messages: messages[0] ?? [] };
  }

  private updateContextKeys(): void {
    const roots = [...this.pendingMessages.values()].map(({ repository }) => repository.rootUri);
    setContext('quillet.commitMessages', roots);
    setContext('quillet.writesCommitMessage', roots.length > 0);
  }
}

function createSink(repository: GitRepository, stopSignal: AbortSignal, retry: () => Promise<void>): AnswerSink {
  const box = new ScmInputBox(repository.inputBox);
  return {
    stopSignal,
    onText: (piece) => box.append(piece),
    finish: async (result) => {
      if (!isComplete(result)) {
        box.restore();
        return { ...toIncompleteReport(result), retry };
      }
      const isEdited = box.isEdited;
      const message = box.finish(result.text);
      if (message === '') return { error: new QuilletError('body.empty', { subject: 'reasoning' }), retry };
      return isEdited ? { error: new QuilletError('git.box'), unwritten: message } : {};
    },
  };
}
