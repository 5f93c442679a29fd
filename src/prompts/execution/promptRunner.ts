import { l10n, Range, type TextDocument, type TextEditor } from 'vscode';
import type { ChatMessage, ParameterSet } from '../../core/chat';
import { type DestinationKind, INSERT_ID } from '../../core/destinationKind';
import { QuilletError } from '../../core/errors';
import { OutboundDecisions } from '../../core/outboundText';
import type { ExecuteRun, RunGroup, RunPlan } from '../../core/run';
import { findCompletionAnchor } from '../../destinations/completionAnchor';
import { captureTarget, type Destination, type DestinationCall } from '../../destinations/destination';
import { DocumentRange, trackWhile } from '../../editor/documentRange';
import { requireFocusedEditor, requireWritable } from '../../editor/editorContext';
import { expandToFullLines, RangeLocks } from '../../editor/rangeLocks';
import type { Notifier } from '../../notifications/notifier';
import { setContext } from '../../platform/commands';
import type { InputBoxes } from '../../platform/inputBoxes';
import { mergeParameters, type ResolvedModel } from '../../providers/endpoint';
import type { RequestPreviewer } from '../../requests/requestPreviewer';
import { confirmSize } from '../../runs/confirmSize';
import type { Configuration } from '../../settings/configuration';
import { withoutUndefined } from '../../util/withoutUndefined';
import { documentLanguageFor } from '../common/documentLanguage';
import type { PromptDefinition } from '../common/promptFile';
import type { LibraryPrompt } from '../common/promptLibrary';
import { findPromptVariables, needsSelection } from '../common/renderTemplates';
import type { PromptRepository } from '../promptRepository';
import type { PromptConsent } from './promptConsent';
import { askInputs } from './promptInputs';
import { fitToModel, renderPrompt, requireValues } from './promptRenderer';
import type { PromptRequest } from './promptRequest';
import {
  findPrimaryIndex,
  firstRangeIn,
  getInsertRanges,
  getSelectionsOrError,
  getWriteRegion,
  resolveDestinationIn,
  restoreEditor,
  type WriteRegion,
} from './promptTargets';
import { chooseRequests } from './selectionChoice';
import type { TerminalOutput } from './terminalOutput';
import { type PromptValues, resolvePromptValues, type ValueSource } from './variableResolver';

export interface PromptRunnerServices {
  readonly prompts: PromptRepository;
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly destinations: Readonly<Record<DestinationKind, Destination>>;
  readonly resolveModel: (model?: string) => Promise<ResolvedModel | undefined>;
  readonly execute: ExecuteRun;
  readonly newGroup: (selections: number) => RunGroup;
  /** Runs the outbound checks. Undefined if the user cancels. */
  readonly prepare: (plans: readonly RunPlan[]) => Promise<readonly RunPlan[] | undefined>;
  readonly preview: RequestPreviewer;
  readonly consent: PromptConsent;
  readonly inputBoxes: InputBoxes;
  readonly terminal: TerminalOutput;
  readonly onRun: (request: PromptRequest) => void;
  /** Preloads what the first request needs while the user is still answering questions. */
  readonly warmUp: () => void;
}

interface PreparedRequest {
  readonly messages: readonly ChatMessage[];
  readonly target: DocumentRange;
}

/** All runs of one command, rendered and confirmed. */
interface PreparedBatch {
  readonly promptId: string;
  readonly title: string;
  readonly destination: DestinationKind;
  readonly parameters: ParameterSet;
  readonly documentLanguage?: string | undefined;
  readonly ready: ResolvedModel;
  readonly model?: string;
  readonly editor: TextEditor;
  readonly requests: readonly PreparedRequest[];
  /** Number of selections, including those that are not sent. */
  readonly selections: number;
  readonly question?: string;
  readonly isPreviewed?: boolean;
}

interface SelectedTargets {
  readonly destination: DestinationKind;
  readonly editor: TextEditor;
  readonly requests: readonly { readonly target: DocumentRange; readonly values: PromptValues }[];
  readonly primaryIndex: number;
  readonly selections: number;
}

const EMPTY_VALUES: PromptValues = { values: new Map(), reasons: new Map(), truncations: [] };

/**
 * Turns a prompt request into runs: collects context, renders the prompt, asks for confirmation, starts the
 * destination.
 */
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
      const { value: libraryPrompt, ranges: currentRanges } = await trackWhile(editor.document, ranges, () =>
        this.findPrompt(request, editor),
      );
      if (selected instanceof QuilletError && needsSelection(libraryPrompt.prompt, request.destination)) throw selected;
      const requestedDestination = request.destination ?? libraryPrompt.prompt.destination;
      const destination = await resolveDestinationIn(editor.document, requestedDestination);
      const { modifiesDocument, selectionMode, prepare } = this.services.destinations[destination];
      prepare?.();
      const rangeSets = selectionMode === 'each' ? currentRanges.map((range) => [range]) : [currentRanges];
      // A proposal replaces its target, but an insertion leaves the selection.
      const isInsertionReview = requestedDestination === 'insert' && destination === 'review';
      await this.withTargets(
        editor.document,
        rangeSets
          .map(firstRangeIn(editor))
          .map((range) => (isInsertionReview ? toCompletionRange(editor.document, range) : range)),
        getWriteRegion(destination),
        async (targets) => {
          if (modifiesDocument) await requireWritable(editor.document);
          // Read before any question: send what was selected when the command was invoked.
          const valueSets = await Promise.all(
            rangeSets.map((rangeSet) =>
              this.resolveValues(libraryPrompt.prompt, request, { editor, ranges: rangeSet }),
            ),
          );
          if (!(await this.services.consent.confirm(libraryPrompt))) return;
          const requests = targets.map((target, index) => ({ target, values: valueSets[index] ?? EMPTY_VALUES }));
          for (const { values } of requests) requireValues(libraryPrompt.prompt, editor.document.languageId, values);
          await this.askAndStart(request, libraryPrompt, {
            destination,
            editor,
            requests,
            primaryIndex: findPrimaryIndex(editor, currentRanges),
            selections: currentRanges.length,
          });
        },
      );
    });
  }

  private async askAndStart(
    request: PromptRequest,
    libraryPrompt: LibraryPrompt,
    targets: SelectedTargets,
  ): Promise<void> {
    const { destination, editor, requests, primaryIndex, selections } = targets;
    const { languageId } = editor.document;
    const { promptId, model = libraryPrompt.prompt.model, isPreviewed } = request;
    const ready = await this.services.resolveModel(model);
    if (ready === undefined) return;
    const prompt = promptFor(ready, libraryPrompt);
    const title = questionTitle(prompt, request);
    const variables = findPromptVariables(prompt, languageId);
    const inputs = await askInputs(this.services.inputBoxes, {
      variables,
      promptId,
      title,
      knownInputs: request.inputs ?? new Map(),
    });
    if (inputs === undefined) return;
    const chosenRequests = await chooseRequests(title, requests, primaryIndex);
    if (chosenRequests === undefined) return;
    this.remember({ ...request, inputs });
    const parameters = mergeParameters(prompt.parameters, request.parameters ?? {});
    const fitted = fitToModel(
      chosenRequests.map(({ values }) => values),
      {
        ready,
        parameters: this.resolveParameters(ready, parameters),
        render: (values) => renderPrompt(prompt, languageId, { values, inputs }),
      },
    );
    if (fitted.notice !== undefined) this.services.notifier.inform(fitted.notice);
    const [question] = inputs.values();
    await this.startRuns({
      promptId,
      title: prompt.name,
      destination,
      documentLanguage: documentLanguageFor(prompt, languageId),
      parameters,
      ready,
      ...withoutUndefined({ model }),
      editor,
      requests: chosenRequests.map(({ target }, index) => ({ target, messages: fitted.messages[index] ?? [] })),
      selections,
      ...withoutUndefined({ question, isPreviewed }),
    });
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
    const { terminal, settings } = this.services;
    const { answerLanguage, insertContext } = settings.read();
    const resolved = await resolvePromptValues(variables, {
      ...source,
      answerLanguage,
      terminal,
      ...(prompt.id === INSERT_ID && { insertContext }),
    });
    return { ...resolved, values: new Map([...resolved.values, ...knownValues]) };
  }

  /**
   * Tracks the ranges while the user answers questions, because the document can change in the meantime. If the
   * destination writes into the document, the ranges are locked for other answers until it has finished.
   */
  private async withTargets(
    document: TextDocument,
    ranges: readonly Range[],
    region: WriteRegion,
    work: (targets: readonly DocumentRange[]) => Promise<void>,
  ): Promise<void> {
    const lockedRanges = { at: ranges, around: ranges.map((range) => expandToFullLines(document, range)), nowhere: [] }[
      region
    ];
    const lock = this.rangeLocks.acquire(document, lockedRanges);
    const targets = ranges.map((range) => new DocumentRange(document, range));
    try {
      await work(targets);
    } finally {
      for (const target of targets) target.dispose();
      lock.dispose();
    }
  }

  private async startRuns(batch: PreparedBatch): Promise<void> {
    if (!(await this.confirmSize(batch))) return;
    const shared = { group: this.services.newGroup(batch.selections), outboundDecisions: new OutboundDecisions() };
    const createSharedPlan = (request: PreparedRequest, ready: ResolvedModel) => ({
      ...this.createPlan(batch, request, ready),
      ...shared,
    });
    const approvedPlans = await this.preparePlans(
      batch,
      batch.requests.map((request) => createSharedPlan(request, batch.ready)),
    );
    if (approvedPlans === undefined) return;
    await Promise.all(batch.requests.map(({ target }) => target.whenIdle()));
    const detachReason = batch.requests.find(({ target }) => target.detachReason !== undefined)?.target.detachReason;
    if (detachReason !== undefined) throw new QuilletError(detachReason, { subject: 'unsent' });
    const calls = batch.requests.map((request, index): DestinationCall => {
      const body = approvedPlans[index]?.body;
      return {
        target: captureTarget(batch.editor, request.target.range, request.target.document),
        plan: { ...createSharedPlan(request, batch.ready), ...withoutUndefined({ body }) },
        planFor: async (modelRef = batch.model) => {
          const ready = await this.services.resolveModel(modelRef);
          // A later request has a group of its own and is stopped separately.
          return ready === undefined
            ? undefined
            : { ...createSharedPlan(request, ready), group: this.services.newGroup(1) };
        },
        execute: this.services.execute,
        ...withoutUndefined({ question: batch.question }),
      };
    });
    await this.services.destinations[batch.destination].start(calls);
  }

  /** Runs the outbound checks and the preview. If any request is rejected, none is sent. */
  private async preparePlans(batch: PreparedBatch, plans: readonly RunPlan[]): Promise<readonly RunPlan[] | undefined> {
    const preparedPlans = await this.services.prepare(plans);
    if (preparedPlans === undefined) return undefined;
    if (batch.isPreviewed !== true && !this.services.settings.read().previewRequests) return preparedPlans;
    const reviewedPlans: RunPlan[] = [];
    for (const plan of preparedPlans) {
      const reviewedPlan = await this.services.preview.confirm(plan);
      if (reviewedPlan === undefined) return undefined;
      reviewedPlans.push(reviewedPlan);
    }
    await restoreEditor(batch.editor);
    return reviewedPlans;
  }

  private createPlan(
    batch: PreparedBatch,
    { messages, target: { document } }: PreparedRequest,
    { endpoint, model, contextWindow }: ResolvedModel,
  ): Omit<RunPlan, 'group' | 'outboundDecisions'> {
    return {
      promptId: batch.promptId,
      title: batch.title,
      destination: batch.destination,
      endpoint,
      model,
      ...withoutUndefined({ contextWindow }),
      messages,
      parameters: this.resolveParameters({ endpoint, model }, batch.parameters),
      languageId: document.languageId,
      ...withoutUndefined({ documentLanguage: batch.documentLanguage }),
      documentUri: document.uri.toString(),
    };
  }

  private resolveParameters({ endpoint }: ResolvedModel, parameters: ParameterSet): ParameterSet {
    return mergeParameters(this.services.settings.read().parameters, endpoint.parameters, parameters);
  }

  private confirmSize({ requests, ready }: PreparedBatch): Promise<boolean> {
    const { selectionLimit: limit } = this.services.settings.read();
    const sizes = requests.map(({ messages }) => messages);
    return confirmSize({ requests: sizes, limit, ready });
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
    // It may be waiting in a preview that is not visible.
    if (this.activeKeys.has(key)) return this.services.preview.reveal();
    this.activeKeys.add(key);
    try {
      this.services.warmUp();
      await work();
    } finally {
      this.activeKeys.delete(key);
    }
  }
}

/** Tells a prompt whose change is reviewed from the same prompt without the review. */
function questionTitle({ name, destination }: PromptDefinition, request: PromptRequest): string {
  const isReviewSkipped = destination === 'review' && request.destination === 'replace';
  return isReviewSkipped ? l10n.t('{0} Without Review', name) : name;
}

function toCompletionRange(document: TextDocument, range: Range): Range {
  const anchor = findCompletionAnchor({ document, range });
  return new Range(anchor, anchor);
}

/** A text completion model continues whatever precedes, so it gets no instructions that the user has not written. */
function promptFor({ endpoint }: ResolvedModel, { id, source, prompt }: LibraryPrompt): PromptDefinition {
  if (id !== INSERT_ID || source !== 'builtIn' || endpoint.api !== 'completions') return prompt;
  const { system: _system, ...withoutSystem } = prompt;
  return withoutSystem;
}
