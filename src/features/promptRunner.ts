import { l10n, Range, type TextEditor, window } from 'vscode';
import type { ChatMessage, ParameterSet } from '../core/chat';
import type { DestinationKind } from '../core/destinationKind';
import { joinParameters, type ReadyModel } from '../core/endpoint';
import { QuilletError } from '../core/errors';
import type { PromptDefinition } from '../core/promptFile';
import { expandTemplate } from '../core/promptVariables';
import type { ExecuteRun, RunPlan } from '../core/run';
import { setContext } from '../host/commands';
import { captureTarget, type Destination } from '../host/destination';
import { requireEditor, requireOneSelection, requireSelections, requireWritable } from '../host/editorContext';
import type { ErrorPresenter } from '../host/errorPresenter';
import type { PromptFiles } from '../host/promptFiles';
import type { PromptRequest } from '../host/promptRequest';
import { askInputs, missingVariables, type PromptInputs, promptValues, textBefore } from '../host/promptValues';
import { readEditorSetting, type SettingsReader } from '../host/settingsReader';
import { TrackedTarget } from '../host/trackedTarget';

export interface PromptRunnerParts {
  readonly prompts: PromptFiles;
  readonly settings: SettingsReader;
  readonly presenter: ErrorPresenter;
  readonly destinations: Readonly<Record<DestinationKind, Destination>>;
  readonly ready: (model?: string) => Promise<ReadyModel | undefined>;
  readonly execute: ExecuteRun;
  /** Begins to load what the first request needs, while the user is still asked and the key is read. */
  readonly warmUp: () => void;
}

/** What a run is made of once the prompt is rendered and the user had every say. */
interface PreparedCall {
  readonly promptId: string;
  readonly title: string;
  readonly destination: DestinationKind;
  readonly messages: readonly ChatMessage[];
  readonly parameters: ParameterSet;
  readonly ready: ReadyModel;
  readonly editor: TextEditor;
  readonly target: TrackedTarget;
  readonly question?: string;
}

const INSERT = 'insert';

/** Turns a request for a prompt into a run: context, prompt, guards, destination. */
export class PromptRunner {
  private lastRequest: PromptRequest | undefined;
  /** Calls that are under way: the same one is not started twice by a key that was pressed twice (need 38). */
  private readonly underWay = new Set<string>();

  constructor(private readonly parts: PromptRunnerParts) {}

  /** What was asked last, so that it can be asked again of another selection. */
  get last(): PromptRequest | undefined {
    return this.lastRequest;
  }

  /** @throws QuilletError where it cannot be run at all; how a run ended is told by the run. */
  async run({ promptId, destination, inputs: given = new Map(), place: fixed }: PromptRequest): Promise<void> {
    const editor = fixed?.editor ?? requireEditor();
    const ranges = fixed?.ranges ?? requireSelections(editor);
    const first = ranges[0] ?? editor.selection;
    const place = `${editor.document.uri.toString()} ${first.start.line}:${first.start.character}`;
    await this.once(`${promptId} ${place}`, async () => {
      this.parts.warmUp();
      const prompt = await this.parts.prompts.get(promptId);
      const kind = this.place(destination ?? prompt.destination, editor);
      const { writes } = this.parts.destinations[kind];
      const range = writes && fixed === undefined ? requireOneSelection(editor) : first;
      await this.tracking(editor, range, async (target) => {
        if (writes) await requireWritable(editor.document);
        // Read before the user is asked anything: what is sent is what was selected when the command was given.
        const values = await this.valuesFor(prompt, editor, ranges);
        const ready = await this.parts.ready(prompt.model);
        const inputs = ready === undefined ? undefined : await askInputs(templateOf(prompt), prompt.name, given);
        if (ready === undefined || inputs === undefined) return;
        this.remember({ promptId, inputs, ...(destination === undefined ? {} : { destination }) });
        const [question] = inputs.values();
        await this.start({
          promptId,
          title: prompt.name,
          destination: kind,
          messages: render(prompt, values, inputs),
          parameters: prompt.parameters,
          ready,
          editor,
          target,
          ...(question === undefined ? {} : { question }),
        });
      });
    });
  }

  /**
   * Threads are not drawn in notebook cells (vscode-facts 1), nor where the user hides comments: there the answer goes
   * into a document beside.
   */
  private place(kind: DestinationKind, { document }: TextEditor): DestinationKind {
    const isCell = document.uri.scheme === 'vscode-notebook-cell';
    const isHidden = readEditorSetting<boolean>(document, 'comments.visible') === false;
    return kind === 'thread' && (isCell || isHidden) ? 'document' : kind;
  }

  /** The selection is the prompt, byte for byte; without one it is the text in front of the caret. */
  async insert(): Promise<void> {
    const editor = requireEditor();
    const range = editor.selection.isEmpty
      ? new Range(editor.selection.active, editor.selection.active)
      : requireOneSelection(editor);
    const place = `${editor.document.uri.toString()} ${range.end.line}:${range.end.character}`;
    await this.once(`${INSERT} ${place}`, async () => {
      this.parts.warmUp();
      const most = this.parts.settings.read().insertContext;
      const content = range.isEmpty ? textBefore(editor, [range], most) : editor.document.getText(range);
      if (content.trim() === '') throw new QuilletError('editor.selection');
      await this.tracking(editor, range, async (target) => {
        await requireWritable(editor.document);
        const ready = await this.parts.ready();
        if (ready === undefined) return;
        this.remember({ promptId: INSERT });
        await this.start({
          promptId: INSERT,
          title: l10n.t('Insert Completion'),
          destination: 'insert',
          messages: [{ role: 'user', content }],
          parameters: {},
          ready,
          editor,
          target,
        });
      });
    });
  }

  /** Follows the range while the user is asked: the document may change under an open input box. */
  private async tracking(
    editor: TextEditor,
    range: Range,
    work: (target: TrackedTarget) => Promise<void>,
  ): Promise<void> {
    const target = new TrackedTarget(editor.document, range);
    try {
      await work(target);
    } finally {
      target.dispose();
    }
  }

  private valuesFor(
    prompt: PromptDefinition,
    editor: TextEditor,
    ranges: readonly Range[],
  ): Promise<Map<string, string>> {
    const { answerLanguage } = this.parts.settings.read();
    return promptValues(templateOf(prompt), { editor, ranges, answerLanguage });
  }

  private async start(call: PreparedCall): Promise<void> {
    if (!(await this.isSizeAccepted(call))) return;
    if (call.target.lost !== undefined) throw new QuilletError(call.target.lost);
    const { endpoint, model } = call.ready;
    const { parameters } = this.parts.settings.read();
    const plan: RunPlan = {
      promptId: call.promptId,
      title: call.title,
      destination: call.destination,
      endpoint,
      model,
      messages: call.messages,
      parameters: joinParameters(parameters, endpoint.parameters, call.parameters),
      languageId: call.editor.document.languageId,
      documentUri: call.editor.document.uri.toString(),
    };
    await this.parts.destinations[call.destination].start([
      {
        target: captureTarget(call.editor, call.target.range),
        plan,
        execute: this.parts.execute,
        ...(call.question === undefined ? {} : { question: call.question }),
      },
    ]);
  }

  /** Nothing is ever cut silently: a large request is sent whole, after a question, or not at all (need 37). */
  private async isSizeAccepted({ messages, ready }: PreparedCall): Promise<boolean> {
    const size = messages.reduce((sum, message) => sum + message.content.length, 0);
    if (size <= this.parts.settings.read().selectionLimit) return true;
    const send = l10n.t('Send');
    const question = l10n.t(
      'Send {0} characters (about {1} tokens) to {2}?',
      size.toLocaleString(),
      Math.round(size / 4).toLocaleString(),
      ready.endpoint.label,
    );
    return (await window.showWarningMessage(question, { modal: true }, send)) === send;
  }

  private remember(request: PromptRequest): void {
    this.lastRequest = request;
    setContext('quillet.canRepeat', true);
  }

  private async once(key: string, work: () => Promise<void>): Promise<void> {
    if (this.underWay.has(key)) return;
    this.underWay.add(key);
    try {
      await work();
    } finally {
      this.underWay.delete(key);
    }
  }
}

function templateOf(prompt: PromptDefinition): string {
  return `${prompt.system ?? ''}\n${prompt.user}`;
}

function render(prompt: PromptDefinition, values: ReadonlyMap<string, string>, inputs: PromptInputs): ChatMessage[] {
  const all = new Map(values);
  for (const [name, value] of inputs) all.set(`input:${name}`, value);
  const system = expandTemplate(prompt.system ?? '', all);
  const user = expandTemplate(prompt.user, all);
  const missing = [...system.missing, ...user.missing];
  if (missing.length > 0) throw missingVariables(missing);
  return [
    ...(system.text.trim() === '' ? [] : [{ role: 'system', content: system.text } as const]),
    { role: 'user', content: user.text },
  ];
}
