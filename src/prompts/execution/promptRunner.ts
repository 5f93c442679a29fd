import type { Range, TextDocument, TextEditor } from 'vscode';
import type { ChatMessage, ParameterSet } from '../../core/chat';
import { type DestinationKind, INSERT_ID, threadFields } from '../../core/destinationKind';
import { QuilletError } from '../../core/errors';
import { OutboundDecisions } from '../../core/outboundText';
import type { ExecuteRun, RunGroup, RunPlan } from '../../core/run';
import { captureTarget, type Destination, type DestinationCall } from '../../destinations/destination';
import { protectSensitiveFile, resolveDestination } from '../../destinations/resolveDestination';
import { DocumentRange, trackWhile } from '../../editor/documentRange';
import { requireFocusedEditor, requireWritable } from '../../editor/editorContext';
import { RangeLocks } from '../../editor/rangeLocks';
import type { FileExclusions } from '../../ignore/fileExclusions';
import type { Notifier } from '../../notifications/notifier';
import { setContext } from '../../platform/commands';
import type { InputBoxes, InputPlace } from '../../platform/inputBoxes';
import { mergeParameters, type ResolvedModel } from '../../providers/endpoint';
import type { Attachments } from '../../references/common/attachments';
import type { QuestionTarget, ReferenceResolver } from '../../references/referenceResolver';
import type { RequestPreviewer } from '../../requests/requestPreview';
import { confirmSize } from '../../runs/confirmSize';
import type { Configuration } from '../../settings/configuration';
import { withoutUndefined } from '../../util/withoutUndefined';
import { documentLanguageFor } from '../common/documentLanguage';
import type { PromptDefinition } from '../common/promptFile';
import type { LibraryPrompt } from '../common/promptLibrary';
import { findPromptVariables, needsSelection, renderTemplates } from '../common/renderTemplates';
import type { PromptRepository } from '../promptRepository';
import type { PromptConsent } from './promptConsent';
import { joinTypedInputs, needsInput, type PromptInputs } from './promptInputs';
import { askQuestion } from './promptQuestion';
import {
  describeRequests,
  type EstimateOptions,
  type FitOptions,
  fitToModel,
  promptFor,
  renderWithAttachments,
  requireValues,
} from './promptRenderer';
import { type PromptRequest, questionTitle } from './promptRequest';
import {
  findPrimaryIndex,
  getInsertRanges,
  getSelectionsOrError,
  getWrittenRanges,
  restoreEditor,
  toCompletionRange,
} from './promptTargets';
import type { TerminalOutput } from './terminalOutput';
import { type PromptValues, resolvePromptValues, type ValueSource } from './variableResolver';

export interface PromptRunnerServices {
  readonly prompts: PromptRepository;
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly exclusions: FileExclusions;
  readonly destinations: Readonly<Record<DestinationKind, Destination>>;
  readonly resolveModel: (model?: string) => Promise<ResolvedModel | undefined>;
  readonly execute: ExecuteRun;
  readonly newGroup: (selections: number) => RunGroup;
  readonly prepare: (plans: readonly RunPlan[]) => Promise<readonly RunPlan[] | undefined>;
  readonly preview: RequestPreviewer;
  readonly consent: PromptConsent;
  readonly inputBoxes: InputBoxes;
  readonly terminal: TerminalOutput;
  readonly references: ReferenceResolver;
  readonly onRun: (request: PromptRequest) => void;
  /** Preloads what the first request needs while the user is still answering questions. */
  readonly warmUp: () => void;
}

interface PendingRequest {
  readonly target: DocumentRange;
  readonly values: PromptValues;
}

interface Targets {
  readonly destination: DestinationKind;
  readonly editor: TextEditor;
  readonly requests: readonly PendingRequest[];
  readonly primaryIndex: number;
  /** Number of selections, including those that are not sent. */
  readonly selections: number;
}

interface PreparedRequest {
  readonly target: DocumentRange;
  readonly messages: readonly ChatMessage[];
  readonly renderQuestion: DestinationCall['renderQuestion'];
}

interface Batch {
  readonly destination: DestinationKind;
  readonly editor: TextEditor;
  readonly requests: readonly PreparedRequest[];
  readonly ready: ResolvedModel;
  readonly model?: string;
  readonly createPlan: (request: PreparedRequest, ready: ResolvedModel) => RunPlan;
  readonly isPreviewed: boolean;
  readonly question?: string;
}

/** Turns a prompt request into runs: context, rendering, confirmation, destination. */
export class PromptRunner {
  private previousRequest: PromptRequest | undefined;
  /** Running operations, so that pressing a key twice does not start the same one twice. */
  private readonly activeKeys = new Set<string>();
  private readonly rangeLocks = new RangeLocks();

  constructor(private readonly services: PromptRunnerServices) {}

  get lastRequest(): PromptRequest | undefined {
    return this.previousRequest;
  }

  /** @throws QuilletError if the prompt cannot run. Failures of a run are reported by the run itself. */
  async run(request: PromptRequest): Promise<void> {
    const { promptId, target } = request;
    const editor = target?.editor ?? (await requireFocusedEditor());
    const selected = target?.ranges ?? this.getRanges(promptId, editor);
    const ranges = selected instanceof QuilletError ? [editor.selection] : selected;
    // Prompts with inline text share one ID.
    const operation = `${promptId} ${request.prompt?.user ?? ''}`;
    await this.runExclusively(operation, editor, ranges, async () => {
      const { value: libraryPrompt, ranges: currentRanges } = await trackWhile(editor.document, ranges, async () => {
        await this.services.exclusions.requireAllowed(editor.document.uri);
        const found = await this.findPrompt(request, editor);
        const variables = findPromptVariables(found.prompt, editor.document.languageId);
        if (needsInput(variables, request.inputs)) await this.services.inputBoxes.dismiss();
        return found;
      });
      if (selected instanceof QuilletError && needsSelection(libraryPrompt.prompt, request.destination)) throw selected;
      const requestedDestination = request.destination ?? libraryPrompt.prompt.destination;
      const destination = await protectSensitiveFile(
        editor.document,
        resolveDestination(editor.document, requestedDestination),
      );
      const { modifiesDocument, selectionMode, prepare, confirm } = this.services.destinations[destination];
      prepare?.();
      const rangeSets = selectionMode === 'each' ? currentRanges.map((range) => [range]) : [currentRanges];
      // A proposal replaces its target, but an insertion leaves the selection.
      const isInsertionReview = requestedDestination === 'insert' && destination === 'review';
      const targetRanges = rangeSets
        .map(([first = editor.selection]) => first)
        .map((range) => (isInsertionReview ? toCompletionRange(editor.document, range) : range));
      await this.withTargets(editor.document, targetRanges, destination, async (targets) => {
        if (modifiesDocument) await requireWritable(editor.document);
        // Read before any question: send what was selected when the command was invoked.
        const requests = await Promise.all(
          targets.map(async (range, index) => {
            const source = { editor, ranges: rangeSets[index] ?? [] };
            return { target: range, values: await this.resolveValues(libraryPrompt.prompt, request, source) };
          }),
        );
        if (!(await this.services.consent.confirm(libraryPrompt))) return;
        for (const { values } of requests) requireValues(libraryPrompt.prompt, editor.document.languageId, values);
        const currentTargets = targets.map(({ range }) => range);
        if (confirm !== undefined && !(await confirm(editor.document, currentTargets))) return;
        const primaryIndex = findPrimaryIndex(editor, currentRanges);
        const selections = currentRanges.length;
        await this.askAndStart(request, libraryPrompt, { destination, editor, requests, primaryIndex, selections });
      });
    });
  }

  private async askAndStart(request: PromptRequest, libraryPrompt: LibraryPrompt, targets: Targets): Promise<void> {
    const { destination, editor } = targets;
    const { languageId } = editor.document;
    const { promptId, model = libraryPrompt.prompt.model, isPreviewed = false } = request;
    const { settings } = this.services;
    const ready = await this.services.resolveModel(model);
    if (ready === undefined) return;
    const prompt = promptFor(ready, libraryPrompt);
    const title = questionTitle(prompt, request);
    const variables = findPromptVariables(prompt, languageId);
    const parametersFor = (chosen: ResolvedModel) => this.mergeParameters(chosen, prompt, request);
    const place = getInputPlace(targets, {
      ready,
      parameters: parametersFor(ready),
      prices: settings.read().prices,
      render: (values) => renderTemplates(prompt, languageId, values).messages,
    });
    const answered = await askQuestion(this.services, {
      variables,
      promptId,
      title,
      knownInputs: request.inputs ?? new Map(),
      document: editor.document,
      endpoint: ready.endpoint,
      requests: targets.requests,
      primaryIndex: targets.primaryIndex,
      ...withoutUndefined({ place }),
    });
    if (answered === undefined) return;
    const { inputs, requests, attachments } = answered;
    this.remember({ ...request, inputs });
    const parameters = parametersFor(ready);
    const render = (all: readonly PromptValues[], answers: PromptInputs, attached: Attachments) =>
      this.fit(all, {
        ready,
        parameters,
        render: (values) =>
          renderWithAttachments(prompt, languageId, { values, inputs: answers, attachments: attached }),
      });
    const allValues = requests.map(({ values }) => values);
    const messages = render(allValues, inputs, attachments);
    const { selectionLimit: limit, prices, showReasoning } = settings.read();
    if (!(await confirmSize({ requests: messages, limit, ready, parameters, prices }))) return;
    const shared = {
      promptId,
      title: prompt.name,
      destination,
      ...threadFields(destination, showReasoning),
      ...withoutUndefined({ documentLanguage: documentLanguageFor(prompt, languageId), extraBody: prompt.body }),
      group: this.services.newGroup(targets.selections),
      outboundDecisions: new OutboundDecisions(),
    };
    const [[inputName, question] = []] = inputs;
    const renderQuestion = async (values: PromptValues, edited: string, place: QuestionTarget) => {
      const answers = inputName === undefined ? inputs : new Map(inputs).set(inputName, edited);
      const attached = await this.services.references.resolve(joinTypedInputs(variables, answers), place);
      return attached && render([values], answers, attached)[0];
    };
    await this.startRuns({
      destination,
      editor,
      ready,
      isPreviewed,
      ...withoutUndefined({ model, question }),
      requests: requests.map(({ target, values }, index) => ({
        target,
        messages: messages[index] ?? [],
        renderQuestion: (edited, place) => renderQuestion(values, edited, place),
      })),
      createPlan: ({ target: { document }, messages }, chosen) => ({
        ...shared,
        ...chosen,
        messages,
        parameters: parametersFor(chosen),
        languageId: document.languageId,
        documentUri: document.uri.toString(),
        ...withoutUndefined({ fallback: isPreviewed ? [] : (prompt.fallback ?? chosen.endpoint.fallback) }),
      }),
    });
  }

  private mergeParameters({ endpoint }: ResolvedModel, prompt: PromptDefinition, request: PromptRequest): ParameterSet {
    const { parameters } = this.services.settings.read();
    return mergeParameters(parameters, endpoint.parameters, prompt.parameters, request.parameters ?? {});
  }

  private fit(values: readonly PromptValues[], options: FitOptions): readonly ChatMessage[][] {
    const { messages, notice } = fitToModel(values, options);
    if (notice !== undefined) this.services.notifier.inform(notice);
    return messages;
  }

  private getRanges(promptId: string, editor: TextEditor): Range[] | QuilletError {
    const { insertContext } = this.services.settings.read();
    return promptId === INSERT_ID ? getInsertRanges(editor, insertContext) : getSelectionsOrError(editor);
  }

  /** Reads the prompt now. Later changes to its file do not affect this run. */
  private async findPrompt({ promptId, prompt }: PromptRequest, { document }: TextEditor): Promise<LibraryPrompt> {
    if (prompt === undefined) return this.services.prompts.get(promptId, document.uri);
    return { id: promptId, source: 'user', prompt, problems: [], overriddenSources: [] };
  }

  private async resolveValues(
    prompt: PromptDefinition,
    { values: knownValues = new Map() }: PromptRequest,
    source: Pick<ValueSource, 'editor' | 'ranges'>,
  ): Promise<PromptValues> {
    const variables = findPromptVariables(prompt, source.editor.document.languageId);
    const { terminal, settings, exclusions } = this.services;
    const { answerLanguage, insertContext } = settings.read();
    const resolved = await resolvePromptValues(variables, {
      ...source,
      answerLanguage,
      terminal,
      exclusions,
      ...(prompt.id === INSERT_ID && { insertContext }),
    });
    return { ...resolved, values: new Map([...resolved.values, ...knownValues]) };
  }

  /** Tracks the ranges while the user answers questions, and locks what the destination writes to until it is done. */
  private async withTargets(
    document: TextDocument,
    ranges: readonly Range[],
    destination: DestinationKind,
    work: (targets: readonly DocumentRange[]) => Promise<void>,
  ): Promise<void> {
    const lock = this.rangeLocks.acquire(document, getWrittenRanges(document, ranges, destination));
    const targets = ranges.map((range) => new DocumentRange(document, range));
    try {
      await work(targets);
    } finally {
      for (const target of targets) target.dispose();
      lock.dispose();
    }
  }

  private async startRuns(batch: Batch): Promise<void> {
    const { destination, editor, requests, ready, createPlan } = batch;
    const { resolveModel, newGroup, execute, destinations } = this.services;
    const approvedPlans = await this.approvePlans(
      batch,
      requests.map((request) => createPlan(request, ready)),
    );
    if (approvedPlans === undefined) return;
    await Promise.all(requests.map(({ target }) => target.whenIdle()));
    const detachReason = requests.find(({ target }) => target.detachReason !== undefined)?.target.detachReason;
    if (detachReason !== undefined) throw new QuilletError(detachReason, { subject: 'unsent' });
    const calls = requests.map(
      (request, index): DestinationCall => ({
        target: captureTarget(editor, request.target.range, request.target.document),
        plan: { ...createPlan(request, ready), ...withoutUndefined({ body: approvedPlans[index]?.body }) },
        planFor: async (modelRef = batch.model) => {
          const chosen = await resolveModel(modelRef);
          // A later request has a group of its own and is stopped separately.
          return chosen === undefined ? undefined : { ...createPlan(request, chosen), group: newGroup(1) };
        },
        execute,
        resolveReferences: (asked, about) => this.resolveFollowUp(asked, about, ready),
        renderQuestion: request.renderQuestion,
        prices: this.services.settings.read().prices,
        ...withoutUndefined({ question: batch.question }),
      }),
    );
    await destinations[destination].start(calls);
  }

  private async resolveFollowUp(
    question: string,
    about: QuestionTarget,
    { contextWindow: _checkedWithTheConversation, ...ready }: ResolvedModel,
  ): Promise<Attachments | undefined> {
    const attachments = await this.services.references.resolve(question, about);
    if (attachments === undefined) return undefined;
    const requests = [[{ role: 'user', content: attachments.blocks.join('\n\n') } as const]];
    const { selectionLimit: limit, prices } = this.services.settings.read();
    return (await confirmSize({ requests, limit, ready, parameters: {}, prices })) ? attachments : undefined;
  }

  /** Runs the outbound checks and the preview. If any request is rejected, none is sent. */
  private async approvePlans(
    { isPreviewed, editor }: Batch,
    plans: readonly RunPlan[],
  ): Promise<readonly RunPlan[] | undefined> {
    const preparedPlans = await this.services.prepare(plans);
    if (preparedPlans === undefined) return undefined;
    if (!isPreviewed && !this.services.settings.read().previewRequests) return preparedPlans;
    const reviewedPlans: RunPlan[] = [];
    for (const plan of preparedPlans) {
      const reviewedPlan = await this.services.preview.confirm(plan);
      if (reviewedPlan === undefined) return undefined;
      reviewedPlans.push(reviewedPlan);
    }
    await restoreEditor(editor);
    return reviewedPlans;
  }

  private remember({ values: _values, target: _target, isPreviewed: _isPreviewed, ...request }: PromptRequest): void {
    this.previousRequest = request;
    this.services.onRun(request);
    setContext('quillet.canRepeat', true);
  }

  private async runExclusively(
    operation: string,
    editor: TextEditor,
    ranges: readonly Range[],
    work: () => Promise<void>,
  ): Promise<void> {
    const positions = ranges.map(({ start, end }) => `${start.line}:${start.character}-${end.line}:${end.character}`);
    const key = [operation, editor.document.uri.toString(), ...positions].join(' ');
    // It may be waiting for an answer, or in a preview that is not visible.
    if (this.activeKeys.has(key)) {
      this.services.inputBoxes.focus();
      return this.services.preview.reveal();
    }
    this.activeKeys.add(key);
    try {
      this.services.warmUp();
      await work();
    } finally {
      this.activeKeys.delete(key);
    }
  }
}

function getInputPlace({ editor, requests, primaryIndex }: Targets, options: EstimateOptions): InputPlace | undefined {
  const { target } = requests[primaryIndex] ?? requests[0] ?? {};
  const values = requests.map((pending) => pending.values);
  return target && { editor, target, describe: () => describeRequests(values, options) };
}
