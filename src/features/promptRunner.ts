import { l10n, Range, type TextDocument, type TextEditor, window } from 'vscode';
import type { ChatMessage, ParameterSet } from '../core/chat';
import type { DestinationKind } from '../core/destinationKind';
import { joinParameters, type ReadyModel } from '../core/endpoint';
import { QuilletError } from '../core/errors';
import { OutgoingRecord } from '../core/outgoing';
import type { ExecuteRun, RunGroup, RunPlan } from '../core/run';
import { setContext } from '../host/commands';
import { captureTarget, type Destination, type DestinationCall } from '../host/destination';
import { destinationIn, safeDestination } from '../host/destinationPlace';
import { focusedEditor, requireSelections, requireWritable } from '../host/editorContext';
import type { ErrorPresenter } from '../host/errorPresenter';
import { isCell } from '../host/notebookCells';
import type { PromptFiles } from '../host/promptFiles';
import { renderPrompt, templateOf } from '../host/promptRendering';
import type { PromptRequest } from '../host/promptRequest';
import { askInputs, promptValues, textBefore } from '../host/promptValues';
import { chooseRequests } from '../host/requestChoice';
import type { RequestReview } from '../host/requestReview';
import type { SettingsReader } from '../host/settingsReader';
import { TrackedTarget } from '../host/trackedTarget';
import { WriteClaims, wholeLines } from '../host/writeClaims';

export interface PromptRunnerParts {
  readonly prompts: PromptFiles;
  readonly settings: SettingsReader;
  readonly presenter: ErrorPresenter;
  readonly destinations: Readonly<Record<DestinationKind, Destination>>;
  readonly ready: (model?: string) => Promise<ReadyModel | undefined>;
  readonly execute: ExecuteRun;
  /** Asks about what the plans would send; undefined where the user does not want to send it. */
  readonly prepare: (plans: readonly RunPlan[]) => Promise<readonly RunPlan[] | undefined>;
  readonly preview: RequestReview;
  /** Begins to load what the first request needs, while the user is still asked and the key is read. */
  readonly warmUp: () => void;
}

/** One request: what is sent, and the place it is about, wherever that has moved to. */
interface PreparedRequest {
  readonly messages: readonly ChatMessage[];
  readonly target: TrackedTarget;
}

/** What the runs of one command are made of once the prompt is rendered and the user had every say. */
interface PreparedCall {
  readonly promptId: string;
  readonly title: string;
  readonly destination: DestinationKind;
  readonly parameters: ParameterSet;
  readonly ready: ReadyModel;
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

const INSERT = 'insert';

/** Where an answer is written without being asked for once more: in the range, or on lines before and after it. */
type WrittenPlace = 'at' | 'around' | 'nowhere';

function writesAtOnce(kind: DestinationKind): WrittenPlace {
  if (kind === 'replace' || kind === 'insert') return 'at';
  return kind === 'before' || kind === 'after' ? 'around' : 'nowhere';
}

/** Turns a request for a prompt into runs: context, prompt, guards, destination. */
export class PromptRunner {
  private lastRequest: PromptRequest | undefined;
  private lastGroupId = 0;
  /** Calls that are under way: the same one is not started twice by a key that was pressed twice (need 38). */
  private readonly underWay = new Set<string>();
  private readonly claims = new WriteClaims();

  constructor(private readonly parts: PromptRunnerParts) {}

  /** What was asked last, so that it can be asked again of another selection. */
  get last(): PromptRequest | undefined {
    return this.lastRequest;
  }

  /** @throws QuilletError where it cannot be run at all; how a run ended is told by the run. */
  async run(request: PromptRequest): Promise<void> {
    const { promptId, destination, inputs: given = new Map(), values: known, place, isPreviewed } = request;
    const editor = place?.editor ?? (await focusedEditor());
    const ranges = place?.ranges ?? requireSelections(editor);
    await this.once(promptId, editor, ranges, async () => {
      const { answerLanguage } = this.parts.settings.read();
      const prompt = await this.parts.prompts.get(promptId);
      const kind = placeIn(editor.document, destination ?? prompt.destination);
      const { writes, several } = this.parts.destinations[kind];
      const sets = several === 'each' ? ranges.map((range) => [range]) : [ranges];
      await this.tracking(editor.document, sets.map(firstOf(editor)), writesAtOnce(kind), async (targets) => {
        if (writes) await requireWritable(editor.document);
        // Read before the user is asked anything: what is sent is what was selected when the command was given.
        const read = (set: readonly Range[]) =>
          promptValues(templateOf(prompt), { editor, ranges: set, answerLanguage });
        const values = await Promise.all(sets.map(read));
        const all = targets.map((target, index) => ({
          target,
          values: new Map([...(values[index] ?? []), ...(known ?? [])]),
        }));
        const chosen = await chooseRequests(prompt.name, all, primaryOf(editor, ranges));
        const ready = chosen === undefined ? undefined : await this.parts.ready(prompt.model);
        const inputs = ready === undefined ? undefined : await askInputs(templateOf(prompt), prompt.name, given);
        if (chosen === undefined || ready === undefined || inputs === undefined) return;
        this.remember({ promptId, inputs, ...(destination === undefined ? {} : { destination }) });
        const [question] = inputs.values();
        await this.start({
          promptId,
          title: prompt.name,
          destination: kind,
          parameters: prompt.parameters,
          ready,
          ...(prompt.model === undefined ? {} : { model: prompt.model }),
          editor,
          requests: chosen.map((one) => ({ target: one.target, messages: renderPrompt(prompt, one.values, inputs) })),
          selections: ranges.length,
          ...(question === undefined ? {} : { question }),
          ...(isPreviewed === undefined ? {} : { isPreviewed }),
        });
      });
    });
  }

  /** Each selection is a prompt, byte for byte; where nothing is selected it is the text in front of each caret. */
  async insert(isPreviewed = false): Promise<void> {
    const editor = await focusedEditor();
    const all = insertPrompts(editor, this.parts.settings.read().insertContext);
    if (all.length === 0) throw new QuilletError('editor.selection');
    const ranges = all.map(({ range }) => range);
    await this.once(INSERT, editor, ranges, async () => {
      const destination = safeDestination(editor.document, 'insert');
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
        const ready = chosen === undefined ? undefined : await this.parts.ready();
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
    work: (targets: readonly TrackedTarget[]) => Promise<void>,
  ): Promise<void> {
    const written = { at: ranges, around: ranges.map((range) => wholeLines(document, range)), nowhere: [] }[writes];
    const claim = this.claims.take(document, written);
    const targets = ranges.map((range) => new TrackedTarget(document, range));
    try {
      await work(targets);
    } finally {
      for (const target of targets) target.dispose();
      claim.dispose();
    }
  }

  private async start(call: PreparedCall): Promise<void> {
    if (!(await this.isSizeAccepted(call))) return;
    const shared = { group: this.newGroup(call.selections), outgoing: new OutgoingRecord() };
    const planOf = (request: PreparedRequest, ready: ReadyModel) => ({ ...this.plan(call, request, ready), ...shared });
    const bodies = await this.bodiesToSend(
      call,
      call.requests.map((request) => planOf(request, call.ready)),
    );
    if (bodies === undefined) return;
    await Promise.all(call.requests.map(({ target }) => target.settled()));
    const lost = call.requests.find(({ target }) => target.lost !== undefined)?.target.lost;
    if (lost !== undefined) throw new QuilletError(lost, { subject: 'unsent' });
    const calls = call.requests.map((request, index): DestinationCall => {
      const body = bodies[index]?.body;
      return {
        target: captureTarget(call.editor, request.target.range, request.target.document),
        plan: { ...planOf(request, call.ready), ...(body === undefined ? {} : { body }) },
        replan: async (named = call.model) => {
          const ready = await this.parts.ready(named);
          // What is asked later is asked by itself, and stopped by itself.
          return ready === undefined ? undefined : { ...planOf(request, ready), group: this.newGroup(1) };
        },
        execute: this.parts.execute,
        ...(call.question === undefined ? {} : { question: call.question }),
      };
    });
    await this.parts.destinations[call.destination].start(calls);
  }

  /**
   * Asks about what would be sent, and shows it where the user wants to see it. Undefined where one of the requests is not
   * to be sent: half of what a command was called on is never sent by itself.
   */
  private async bodiesToSend(call: PreparedCall, plans: readonly RunPlan[]): Promise<readonly RunPlan[] | undefined> {
    const prepared = await this.parts.prepare(plans);
    if (prepared === undefined) return undefined;
    if (call.isPreviewed !== true && !this.parts.settings.read().showsRequests) return prepared;
    const reviewed: RunPlan[] = [];
    for (const plan of prepared) {
      const decided = await this.parts.preview.review(plan);
      if (decided === undefined) return undefined;
      reviewed.push(decided);
    }
    await showAgain(call.editor);
    return reviewed;
  }

  private newGroup(selections: number): RunGroup {
    this.lastGroupId += 1;
    return { id: this.lastGroupId, selections };
  }

  private plan(
    call: PreparedCall,
    { messages, target: { document } }: PreparedRequest,
    { endpoint, model }: ReadyModel,
  ): Omit<RunPlan, 'group' | 'outgoing'> {
    const { parameters } = this.parts.settings.read();
    return {
      promptId: call.promptId,
      title: call.title,
      destination: call.destination,
      endpoint,
      model,
      messages,
      parameters: joinParameters(parameters, endpoint.parameters, call.parameters),
      languageId: document.languageId,
      documentUri: document.uri.toString(),
    };
  }

  /** Nothing is ever cut silently: what is large in sum is sent whole, after one question, or not at all (need 37). */
  private async isSizeAccepted({ requests, ready }: PreparedCall): Promise<boolean> {
    const messages = requests.flatMap((request) => request.messages);
    const size = messages.reduce((sum, message) => sum + message.content.length, 0);
    if (size <= this.parts.settings.read().selectionLimit) return true;
    const send = l10n.t('Send');
    const facts = [size.toLocaleString(), Math.round(size / 4).toLocaleString(), ready.endpoint.label] as const;
    const question =
      requests.length === 1
        ? l10n.t('Send {0} characters (about {1} tokens) to {2}?', ...facts)
        : l10n.t('Send {0} characters (about {1} tokens) to {2}, in {3} requests?', ...facts, String(requests.length));
    return (await window.showWarningMessage(question, { modal: true }, send)) === send;
  }

  private remember(request: PromptRequest): void {
    this.lastRequest = request;
    setContext('quillet.canRepeat', true);
  }

  private async once(
    promptId: string,
    editor: TextEditor,
    ranges: readonly Range[],
    work: () => Promise<void>,
  ): Promise<void> {
    const places = ranges.map(({ start, end }) => `${start.line}:${start.character}-${end.line}:${end.character}`);
    const key = [promptId, editor.document.uri.toString(), ...places].join(' ');
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

function placeIn(document: TextDocument, kind: DestinationKind): DestinationKind {
  return safeDestination(document, destinationIn(document, kind));
}

/** Brings the document back that a preview was shown over. */
async function showAgain({ document, viewColumn }: TextEditor): Promise<void> {
  // A cell is shown by its notebook, which is there again when the preview is closed.
  if (document.isClosed || isCell(document)) return;
  await window.showTextDocument(document, { preview: false, ...(viewColumn === undefined ? {} : { viewColumn }) });
}

/** The place that stands for a request about several: its first. */
function firstOf(editor: TextEditor): (ranges: readonly Range[]) => Range {
  return (ranges) => ranges[0] ?? editor.selection;
}

/** Which of the ranges is the primary selection; the first where that holds nothing. */
function primaryOf({ selection }: TextEditor, ranges: readonly Range[]): number {
  return Math.max(
    0,
    ranges.findIndex((range) => range.isEqual(selection)),
  );
}

/** What Insert Completion would send, in document order: the selections, or where there are none the text before each caret. */
function insertPrompts(editor: TextEditor, most: number): { range: Range; content: string }[] {
  const isSelecting = editor.selections.some(({ isEmpty }) => !isEmpty);
  const ranges = isSelecting
    ? requireSelections(editor)
    : editor.selections
        .map(({ active }) => new Range(active, active))
        .sort((left, right) => left.start.compareTo(right.start));
  return ranges
    .map((range) => ({
      range,
      content: range.isEmpty ? textBefore(editor, [range], most) : editor.document.getText(range),
    }))
    .filter(({ content }) => content.trim() !== '');
}
