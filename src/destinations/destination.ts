import type { Range, TextDocument, TextEditor } from 'vscode';
import type { CodeTarget } from '../answers/fitCode';
import type { ExecuteRun, RunPlan } from '../core/run';

/** What a command was called on, captured before anything is awaited: the user goes on working meanwhile. */
export interface RunTarget {
  readonly document: TextDocument;
  readonly range: Range;
  readonly codeTarget: CodeTarget;
}

export interface DestinationCall {
  readonly target: RunTarget;
  readonly plan: RunPlan;
  readonly execute: ExecuteRun;
  /**
   * The same run on another model: the one named, or without a name, the prompt's own, or the one that is selected now.
   * Undefined when the user went away from a question that this took. Throws as `ModelSetup.ready` does.
   */
  readonly planFor: (model?: string) => Promise<RunPlan | undefined>;
  /** What the user typed, where that is shown as the beginning of the conversation. */
  readonly question?: string;
}

/** A place for answers. Its whole work is to open a sink, run the plan into it, and offer what may follow. */
export interface Destination {
  /** Whether it will change the document, which is then checked before anything is sent. */
  readonly writes: boolean;
  /** What becomes of several selections: one request with all of them, or a request for each. */
  readonly several: 'joined' | 'each';
  /** Resolves when every answer has arrived and is where it belongs. One call for each request, in document order. */
  start(calls: readonly DestinationCall[]): Promise<void>;
}

/** A destination that is loaded when the first answer goes there. */
export function lazyDestination(
  facts: Pick<Destination, 'writes' | 'several'>,
  load: () => Promise<Destination>,
): Destination {
  return { ...facts, start: async (calls) => (await load()).start(calls) };
}

/** Captures a range of an editor as a target. The document may have got another name since the editor was asked. */
export function captureTarget(
  { options, document: initialDocument }: TextEditor,
  range: Range,
  document = initialDocument,
): RunTarget {
  return {
    document,
    range,
    codeTarget: {
      text: document.getText(range),
      linePrefix: document.getText(range.with(range.start.with({ character: 0 }), range.start)),
      languageId: document.languageId,
      style: {
        insertSpaces: options.insertSpaces !== false,
        tabSize: typeof options.tabSize === 'number' ? options.tabSize : 4,
      },
    },
  };
}
