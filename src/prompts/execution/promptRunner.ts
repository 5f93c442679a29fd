import { l10n, Range, type TextDocument, type TextEditor } from 'vscode';
import type { ChatMessage, ParameterSet } from '../../core/chat';
import type { DestinationKind } from '../../core/destinationKind';
import { QuilletError } from '../../core/errors';
import { ReviewDecisions } from '../../core/outboundText';
import type { ExecuteRun, RunGroup, RunPlan } from '../../core/run';
import { captureTarget, type Destination, type DestinationCall } from '../../destinations/destination';
import { protectSensitiveFile } from '../../destinations/resolveDestination';
import { DocumentRange, trackWhile } from '../../editor/documentRange';
import { requireFocusedEditor, requireWritable } from '../../editor/editorContext';
import { expandToFullLines, RangeLocks } from '../../editor/rangeLocks';
import type { Notifier } from '../../notifications/notifier';
import { setContext } from '../../platform/commands';
import type { InputBoxes } from '../../platform/inputBoxes';
import { mergeParameters, type ResolvedModel } from '../../providers/endpoint';
import type { RequestReviewer } from '../../requests/requestReviewer';
import { confirmSize } from '../../runs/confirmSize';
import type { Configuration } from '../../settings/configuration';
import { withoutUndefined } from '../../util/withoutUndefined';
import { documentLanguageFor } from '../common/documentLanguage';
import type { PromptDefinition } from '../common/promptFile';
import type { LibraryPrompt } from '../common/promptLibrary';
import { needsSelection, variablesOf } from '../common/renderTemplates';
import type { PromptFiles } from '../promptRepository';
import type { PromptConsent } from './promptConsent';
import { askInputs } from './promptInputs';
import { fitToModel, renderPrompt, requireValues } from './promptRenderer';
import type { PromptRequest } from './promptRequest';
import {
  firstOf,
  insertPrompts,
  placeIn,
  primaryOf,
  selectionsOf,
  showAgain,
  type WrittenPlace,
  writesAtOnce,
} from './promptTargets';
import { chooseRequests } from './selectionChoice';
import type { TerminalOutput } from './terminalOutput';
import { type PromptValues, promptValues, type ValueSource } from './variableResolver';

export interface PromptRunnerParts {
  readonly prompts: PromptFiles;
  readonly settings: Configuration;
  readonly notifier: Notifier;
  readonly destinations: Readonly<Record<DestinationKind, Destination>>;
  readonly resolveModel: (model?: string) => Promise<ResolvedModel | undefined>;
  readonly execute: ExecuteRun;
  readonly newGroup: (selections: number) => RunGroup;
  /** Asks about what the plans would send; undefined where the user does not want to send it. */
  readonly prepare: (plans: readonly RunPlan[]) => Promise<readonly RunPlan[] | undefined>;
  readonly preview: RequestReviewer;
  readonly consent: PromptConsent;
  readonly inputBoxes: InputBoxes;
  readonly terminal: TerminalOutput;
  /** Told of each prompt that the user let run. */
  readonly onRun: (request: PromptRequest) => void;
  /** Begins to load what the first request needs, while the user is still asked and the key is read. */
  readonly warmUp: () => void;
}

/** One request: what is sent, and the place it is about, wherever that has moved to. */
interface PreparedRequest {
  readonly messages: readonly ChatMessage[];
  readonly target: DocumentRange;
}

/** What the runs of one command are made of once the prompt is rendered and the user had every say. */
interface PreparedCall {
  readonly promptId: string;
  readonly title: string;
  readonly destination: DestinationKind;
  readonly parameters: ParameterSet;
  readonly documentLanguage?: string | undefined;
  readonly ready: ResolvedModel;
  /** The model that the prompt itself names. */
  readonly model?: string;
  readonly editor: TextEditor;
  /** In document order. */
  readonly requests: readonly PreparedRequest[];
  /** How many selections there were, sent or not. */
  readonly selections: number;
  readonly question?: string;
  readonly isPreviewed?: boolean;
}

/** The places that a prompt runs on, each with what its variables stand for there. */
interface ChosenPlaces {
  readonly kind: DestinationKind;
  readonly editor: TextEditor;
  readonly chosen: readonly { readonly target: DocumentRange; readonly filled: PromptValues }[];
  readonly selections: number;
}

const nothingFilled: PromptValues = { values: new Map(), reasons: new Map(), cuts: [] };

const INSERT = 'insert';

/** Turns a request for a prompt into runs: context, prompt, guards, destination. */
export class PromptRunner {
  private lastRequest: PromptRequest | undefined;
  /** Calls that are under way: the same one is not started twice by a key that was pressed twice (need 38). */
  private readonly underWay = new Set<string>();
  private readonly claims = new RangeLocks();

  constructor(private readonly parts: PromptRunnerParts) {}

  /** What was asked last, so that it can be asked again of another selection. */
  get last(): PromptRequest | undefined {
    return this.lastRequest;
  }

  /** @throws QuilletError where it cannot be run at all; how a run ended is told by the run. */
  async run(request: PromptRequest): Promise<void> {
    const { promptId, place } = request;
    const editor = place?.editor ?? (await requireFocusedEditor());
    const selected = place?.ranges ?? selectionsOf(editor);
    const ranges = selected instanceof QuilletError ? [editor.selection] : selected;
    // Two texts out of keybindings have the same id, and are not the same.
    const call = `${promptId} ${request.prompt?.user ?? ''}`;
    await this.once(call, editor, ranges, async () => {
      const { value: found, ranges: moved } = await trackWhile(editor.document, ranges, () =>
        this.find(request, editor),
      );
      if (selected instanceof QuilletError && needsSelection(found.prompt, request.destination)) throw selected;
      const kind = await placeIn(editor.document, request.destination ?? found.prompt.destination);
      const { writes, several } = this.parts.destinations[kind];
      const sets = several === 'each' ? moved.map((range) => [range]) : [moved];
      await this.tracking(editor.document, sets.map(firstOf(editor)), writesAtOnce(kind), async (targets) => {
        if (writes) await requireWritable(editor.document);
        // Read before the user is asked anything: what is sent is what was selected when the command was given.
        const filled = await Promise.all(
          sets.map((set) => this.valuesOf(found.prompt, request, { editor, ranges: set })),
        );
        if (!(await this.parts.consent.isAccepted(found))) return;
        const requests = targets.map((target, index) => ({ target, filled: filled[index] ?? nothingFilled }));
        for (const { filled: one } of requests) requireValues(found.prompt, editor.document.languageId, one);
        const chosen = await chooseRequests(found.prompt.name, requests, primaryOf(editor, moved));
        if (chosen === undefined) return;
        await this.runChosen(request, found.prompt, { kind, editor, chosen, selections: moved.length });
      });
    });
  }

  private async runChosen(request: PromptRequest, prompt: PromptDefinition, where: ChosenPlaces): Promise<void> {
    const { kind, editor, chosen, selections } = where;
    const { languageId } = editor.document;
    const { promptId, model = prompt.model, isPreviewed } = request;
    const ready = await this.parts.resolveModel(model);
    if (ready === undefined) return;
    const variables = variablesOf(prompt, languageId);
    const inputs = await askInputs(this.parts.inputBoxes, {
      variables,
      promptId,
      title: prompt.name,
      given: request.inputs ?? new Map(),
    });
    if (inputs === undefined) return;
    this.remember({ ...request, inputs });
    const parameters = mergeParameters(prompt.parameters, request.parameters ?? {});
    const fitted = fitToModel(
      chosen.map(({ filled }) => filled),
      {
        ready,
        parameters: this.joined(ready, parameters),
        render: (values) => renderPrompt(prompt, languageId, { values, inputs }),
      },
    );
    if (fitted.sentence !== undefined) this.parts.notifier.inform(fitted.sentence);
    const [question] = inputs.values();
    await this.start({
      promptId,
      title: prompt.name,
      destination: kind,
      documentLanguage: documentLanguageFor(prompt, languageId),
      parameters,
      ready,
      ...withoutUndefined({ model }),
      editor,
      requests: chosen.map(({ target }, index) => ({ target, messages: fitted.messages[index] ?? [] })),
      selections,
      ...withoutUndefined({ question, isPreviewed }),
    });
  }

  /** The prompt that is meant, as it is now: from here on a change of its file changes nothing (U20). */
  private async find({ promptId, prompt }: PromptRequest, { document }: TextEditor): Promise<LibraryPrompt> {
    if (prompt === undefined) return this.parts.prompts.get(promptId, document.uri);
    return { id: promptId, source: 'user', prompt, problems: [], instead: [] };
  }

  private async valuesOf(
    prompt: PromptDefinition,
    { values: known = new Map() }: PromptRequest,
    where: Pick<ValueSource, 'editor' | 'ranges'>,
  ): Promise<PromptValues> {
    const variables = variablesOf(prompt, where.editor.document.languageId);
    const { terminal, settings } = this.parts;
    const { answerLanguage } = settings.read();
    const read = await promptValues(variables, { ...where, answerLanguage, terminal });
    return { ...read, values: new Map([...read.values, ...known]) };
  }

  /** Each selection is a prompt, byte for byte; where nothing is selected it is the text in front of each caret. */
  async insert(isPreviewed = false): Promise<void> {
    const editor = await requireFocusedEditor();
    const destination = await protectSensitiveFile(editor.document, 'insert');
    const all = insertPrompts(editor, this.parts.settings.read().insertContext);
    if (all.length === 0) throw new QuilletError('editor.selection');
    const ranges = all.map(({ range }) => range);
    await this.once(INSERT, editor, ranges, async () => {
      // A proposal takes the place of its target, and an answer stands behind the prompt.
      const places = destination === 'insert' ? ranges : ranges.map(({ end }) => new Range(end, end));
      await this.tracking(editor.document, places, writesAtOnce(destination), async (targets) => {
        await requireWritable(editor.document);
        const requests = targets.map((target, index) => ({
          target,
          messages: [{ role: 'user', content: all[index]?.content ?? '' } as const],
        }));
        const title = l10n.t('Insert Completion');
        const chosen = await chooseRequests(title, requests, primaryOf(editor, ranges));
        const ready = chosen === undefined ? undefined : await this.parts.resolveModel();
        if (chosen === undefined || ready === undefined) return;
        this.remember({ promptId: INSERT });
        await this.start({
          promptId: INSERT,
          title,
          destination,
          parameters: {},
          ready,
          editor,
          requests: chosen,
          selections: ranges.length,
          isPreviewed,
        });
      });
    });
  }

  /**
   * Follows the ranges while the user is asked: the document may change under an open input box. Where the answer is
   * written at once the places are kept from other answers, until it is written.
   */
  private async tracking(
    document: TextDocument,
    ranges: readonly Range[],
    writes: WrittenPlace,
    work: (targets: readonly DocumentRange[]) => Promise<void>,
  ): Promise<void> {
    const written = { at: ranges, around: ranges.map((range) => expandToFullLines(document, range)), nowhere: [] }[
      writes
    ];
    const claim = this.claims.acquire(document, written);
    const targets = ranges.map((range) => new DocumentRange(document, range));
    try {
      await work(targets);
    } finally {
      for (const target of targets) target.dispose();
      claim.dispose();
    }
  }

  private async start(call: PreparedCall): Promise<void> {
    if (!(await this.isSizeAccepted(call))) return;
    const shared = { group: this.parts.newGroup(call.selections), reviewDecisions: new ReviewDecisions() };
    const planOf = (request: PreparedRequest, ready: ResolvedModel) => ({
      ...this.plan(call, request, ready),
      ...shared,
    });
    const bodies = await this.bodiesToSend(
      call,
      call.requests.map((request) => planOf(request, call.ready)),
    );
    if (bodies === undefined) return;
    await Promise.all(call.requests.map(({ target }) => target.whenIdle()));
    const lost = call.requests.find(({ target }) => target.detachReason !== undefined)?.target.detachReason;
    if (lost !== undefined) throw new QuilletError(lost, { subject: 'unsent' });
    const calls = call.requests.map((request, index): DestinationCall => {
      const body = bodies[index]?.body;
      return {
        target: captureTarget(call.editor, request.target.range, request.target.document),
        plan: { ...planOf(request, call.ready), ...withoutUndefined({ body }) },
        planFor: async (named = call.model) => {
          const ready = await this.parts.resolveModel(named);
          // What is asked later is asked by itself, and stopped by itself.
          return ready === undefined ? undefined : { ...planOf(request, ready), group: this.parts.newGroup(1) };
        },
        execute: this.parts.execute,
        ...withoutUndefined({ question: call.question }),
      };
    });
    await this.parts.destinations[call.destination].start(calls);
  }

  /**
   * Asks about what would be sent, and shows it where the user wants to see it. Undefined where one of the requests is not
   * to be sent: half of what a command was called on is never sent by itself.
   */
  private async bodiesToSend(call: PreparedCall, plans: readonly RunPlan[]): Promise<readonly RunPlan[] | undefined> {
    const preparedPlans = await this.parts.prepare(plans);
    if (preparedPlans === undefined) return undefined;
    if (call.isPreviewed !== true && !this.parts.settings.read().previewRequests) return preparedPlans;
    const reviewedPlans: RunPlan[] = [];
    for (const plan of preparedPlans) {
      const reviewedPlan = await this.parts.preview.review(plan);
      if (reviewedPlan === undefined) return undefined;
      reviewedPlans.push(reviewedPlan);
    }
    await showAgain(call.editor);
    return reviewedPlans;
  }

  private plan(
    call: PreparedCall,
    { messages, target: { document } }: PreparedRequest,
    { endpoint, model, contextWindow }: ResolvedModel,
  ): Omit<RunPlan, 'group' | 'reviewDecisions'> {
    return {
      promptId: call.promptId,
      title: call.title,
      destination: call.destination,
      endpoint,
      model,
      ...withoutUndefined({ contextWindow }),
      messages,
      parameters: this.joined({ endpoint, model }, call.parameters),
      languageId: document.languageId,
      ...withoutUndefined({ documentLanguage: call.documentLanguage }),
      documentUri: document.uri.toString(),
    };
  }

  private joined({ endpoint }: ResolvedModel, parameters: ParameterSet): ParameterSet {
    return mergeParameters(this.parts.settings.read().parameters, endpoint.parameters, parameters);
  }

  private isSizeAccepted({ requests, ready }: PreparedCall): Promise<boolean> {
    const { selectionLimit: limit } = this.parts.settings.read();
    const sizes = requests.map(({ messages }) => messages);
    return confirmSize({ requests: sizes, limit, ready });
  }

  private remember({ values: _values, place: _place, isPreviewed: _isPreviewed, ...request }: PromptRequest): void {
    this.lastRequest = request;
    this.parts.onRun(request);
    setContext('quillet.canRepeat', true);
  }

  private async once(
    call: string,
    editor: TextEditor,
    ranges: readonly Range[],
    work: () => Promise<void>,
  ): Promise<void> {
    const places = ranges.map(({ start, end }) => `${start.line}:${start.character}-${end.line}:${end.character}`);
    const key = [call, editor.document.uri.toString(), ...places].join(' ');
    // It may wait in a preview that is out of sight.
    if (this.underWay.has(key)) return this.parts.preview.reveal();
    this.underWay.add(key);
    try {
      this.parts.warmUp();
      await work();
    } finally {
      this.underWay.delete(key);
    }
  }
}
