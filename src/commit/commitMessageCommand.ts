import { commands, ProgressLocation, window } from 'vscode';
import type { ChatMessage, ParameterSet } from '../core/chat';
import { QuilletError } from '../core/errors';
import { ReviewDecisions } from '../core/outboundText';
import {
  type AnswerSink,
  type ExecuteRun,
  isComplete,
  type RunGroup,
  type RunPlan,
  toIncompleteReport,
} from '../core/run';
import type { Notifier } from '../notifications/notifier';
import { type CommandTable, setContext, setUriContext } from '../platform/commands';
import { changesOf, findRepository, type GitRepository, rootOf } from '../platform/gitExtension';
import type { InputBoxes } from '../platform/inputBoxes';
import type { PromptDefinition } from '../prompts/common/promptFile';
import { variablesOf } from '../prompts/common/renderTemplates';
import { cappedValue } from '../prompts/common/truncateValues';
import type { PromptConsent } from '../prompts/execution/promptConsent';
import { askInputs } from '../prompts/execution/promptInputs';
import { fitToModel, renderPrompt, requireValues } from '../prompts/execution/promptRenderer';
import type { TerminalOutput } from '../prompts/execution/terminalOutput';
import { windowValues } from '../prompts/execution/variableResolver';
import type { PromptFiles } from '../prompts/promptRepository';
import { joinParameters, type ReadyModel } from '../providers/endpoint';
import type { RequestReview } from '../requests/requestReviewer';
import { isSizeAccepted } from '../runs/confirmSize';
import type { SettingsReader } from '../settings/configuration';
import { CommitBox } from './scmInputBox';

export interface CommitMessageParts {
  readonly prompts: PromptFiles;
  readonly settings: SettingsReader;
  readonly notifier: Notifier;
  readonly consent: PromptConsent;
  readonly inputBoxes: InputBoxes;
  readonly terminal: TerminalOutput;
  readonly ready: (model?: string) => Promise<ReadyModel | undefined>;
  /** Asks about what the plans would send; undefined where the user does not want to send it. */
  readonly prepare: (plans: readonly RunPlan[]) => Promise<readonly RunPlan[] | undefined>;
  readonly preview: RequestReview;
  readonly execute: ExecuteRun;
  readonly newGroup: (selections: number) => RunGroup;
  readonly warmUp: () => void;
}

/** The prompt that is run; a user's own one of this id takes its place. */
const PROMPT = 'commit';

/** Of a message that is edited in an editor, as VS Code calls it. */
const LANGUAGE = 'git-commit';

interface FilledPrompt {
  readonly prompt: PromptDefinition;
  readonly ready: ReadyModel;
  readonly parameters: ParameterSet;
  readonly messages: readonly ChatMessage[];
}

/** A commit message that is being written. */
interface Writing {
  readonly repository: GitRepository;
  readonly stopper: AbortController;
  /** Resolves when it is off the list. */
  readonly ended: Promise<void>;
}

/** Writes the message of a commit into the box of the Source Control view, from what is about to be committed. */
export class CommitMessage {
  /** By the address of the repository. */
  private readonly writings = new Map<string, Writing>();

  constructor(private readonly parts: CommitMessageParts) {}

  commands(): CommandTable<'quillet.commitMessage' | 'quillet.stopCommitMessage'> {
    return {
      'quillet.commitMessage': (argument) => this.write(argument),
      'quillet.stopCommitMessage': (argument) => this.stop(argument),
    };
  }

  private async write(argument: unknown): Promise<void> {
    const repository = await findRepository(argument);
    if (repository === undefined) return;
    const key = repository.rootUri.toString();
    // It may wait in a preview that is out of sight.
    if (this.writings.has(key)) return this.parts.preview.reveal();
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const writing = { repository, stopper: new AbortController(), ended };
    this.writings.set(key, writing);
    this.announce();
    try {
      // From the palette the box may be out of sight.
      if (argument === undefined) await commands.executeCommand('workbench.view.scm');
      await window.withProgress({ location: ProgressLocation.SourceControl }, () => this.run(writing));
    } finally {
      this.writings.delete(key);
      this.announce();
      end();
    }
  }

  /** Try Again can be pressed as soon as the failure is told of, which is before the message is off the list. */
  private async writeAgain(repository: GitRepository): Promise<void> {
    await this.writings.get(repository.rootUri.toString())?.ended;
    await this.write(repository);
  }

  /** Stops the message of the repository whose button was pressed, or all of them. */
  private stop(argument: unknown): void {
    const only = rootOf(argument)?.toString();
    for (const [key, { stopper }] of this.writings) if (only === undefined || key === only) stopper.abort();
  }

  private async run({ repository, stopper }: Writing): Promise<void> {
    const { settings, preview, prepare, execute } = this.parts;
    this.parts.warmUp();
    const filled = await this.fill(repository);
    if (filled === undefined) return;
    const { prompt, ready, parameters, messages } = filled;
    const { selectionLimit: limit, showsRequests } = settings.read();
    const { endpoint, model, contextWindow } = ready;
    if (!(await isSizeAccepted({ requests: [messages], limit, ready }))) return;
    const plan: RunPlan = {
      promptId: PROMPT,
      title: prompt.name,
      destination: 'commitBox',
      endpoint,
      model,
      ...(contextWindow === undefined ? {} : { contextWindow }),
      messages,
      parameters,
      languageId: LANGUAGE,
      documentUri: repository.rootUri.toString(),
      group: this.parts.newGroup(1),
      reviewDecisions: new ReviewDecisions(),
    };
    const [preparedPlan] = (await prepare([plan])) ?? [];
    const reviewedPlan =
      preparedPlan !== undefined && showsRequests ? await preview.review(preparedPlan) : preparedPlan;
    // Stop may have been pressed while the user was asked.
    if (reviewedPlan === undefined || stopper.signal.aborted) return;
    await execute(
      reviewedPlan,
      commitSink(repository, stopper.signal, () => this.writeAgain(repository)),
    );
  }

  /** The prompt with what is about to be committed in it; undefined where the user went away from a question. */
  private async fill(repository: GitRepository): Promise<FilledPrompt | undefined> {
    const { prompts, consent, settings, terminal, inputBoxes, notifier } = this.parts;
    const diff = cappedValue('gitDiff', await changesOf(repository));
    const found = await prompts.get(PROMPT, repository.rootUri);
    if (!(await consent.isAccepted(found))) return undefined;
    const { prompt } = found;
    const variables = variablesOf(prompt, LANGUAGE);
    const { answerLanguage, parameters: general } = settings.read();
    const read = await windowValues(variables, { answerLanguage, terminal });
    const folder = repository.rootUri.path.split('/').at(-1) ?? '';
    const own = new Map([...read.values, ['gitDiff', diff.text], ['workspaceFolderBasename', folder]]);
    const values = { ...read, values: own, cuts: [...read.cuts, ...(diff.cut === undefined ? [] : [diff.cut])] };
    requireValues(prompt, LANGUAGE, values);
    const ready = await this.parts.ready(prompt.model);
    if (ready === undefined) return undefined;
    const asking = { variables, promptId: PROMPT, title: prompt.name, given: new Map() };
    const inputs = await askInputs(inputBoxes, asking);
    if (inputs === undefined) return undefined;
    const parameters = joinParameters(general, ready.endpoint.parameters, prompt.parameters);
    const render = (all: ReadonlyMap<string, string>) => renderPrompt(prompt, LANGUAGE, { values: all, inputs });
    const { messages, sentence } = fitToModel([values], { ready, parameters, render });
    if (sentence !== undefined) notifier.inform(sentence);
    return { prompt, ready, parameters, messages: messages[0] ?? [] };
  }

  private announce(): void {
    const roots = [...this.writings.values()].map(({ repository }) => repository.rootUri);
    setUriContext('quillet.commitMessages', roots);
    setContext('quillet.writesCommitMessage', roots.length > 0);
  }
}

/** Until the message is complete, what was in the box is only hidden: it is back after a failure and after Stop. */
function commitSink(repository: GitRepository, stopSignal: AbortSignal, retry: () => Promise<void>): AnswerSink {
  const box = new CommitBox(repository.inputBox);
  return {
    stopSignal,
    onText: (piece) => box.push(piece),
    finish: async (result) => {
      if (!isComplete(result)) {
        box.restore();
        return { ...toIncompleteReport(result), retry };
      }
      const isTouched = box.isTouched;
      const message = box.finish();
      if (message === '') return { error: new QuilletError('body.empty', { subject: 'reasoning' }), retry };
      return isTouched ? { error: new QuilletError('git.box'), unwritten: message } : {};
    },
  };
}
