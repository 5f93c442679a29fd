import type { Range, TextDocument, TextEditor } from 'vscode';
import type { CodeTarget } from '../answers/fitCode';
import type { ChatMessage } from '../core/chat';
import type { Picture } from '../core/picture';
import type { ExecuteRun, RunPlan } from '../core/run';
import type { Settings } from '../settings/common/settings';

/** Where a command was invoked, captured before anything is awaited because the user continues to work. */
export interface RunTarget {
  readonly document: TextDocument;
  readonly range: Range;
  readonly codeTarget: CodeTarget;
}

type QuestionPlace = Pick<RunTarget, 'document'> & { readonly ranges: readonly Range[] };

export interface DestinationCall {
  readonly target: RunTarget;
  readonly plan: RunPlan;
  readonly execute: ExecuteRun;
  /** Plans the same run for another model. Undefined if the user cancels. */
  readonly planFor: (model?: string) => Promise<RunPlan | undefined>;
  readonly question?: string;
  /** The prompt with another question. Undefined if the user cancels. @throws QuilletError */
  readonly renderQuestion: (question: string, place: QuestionPlace) => Promise<readonly ChatMessage[] | undefined>;
  readonly prices: Settings['prices'];
  /** What a follow-up refers to: blocks of text, and pictures. Undefined if the user cancels. @throws QuilletError */
  readonly resolveReferences: (
    question: string,
    place: QuestionPlace,
  ) => Promise<{ readonly blocks: readonly string[]; readonly pictures: readonly Picture[] } | undefined>;
}

export interface Destination {
  /** If true, the document is checked for write access before anything is sent. */
  readonly modifiesDocument: boolean;
  /** Whether several selections become one request or a request each. */
  readonly selectionMode: 'joined' | 'each';
  /** Called before the user is asked anything. */
  prepare?(): void;
  /** Asks the user whether answers may replace something else. If false, nothing is sent. */
  confirm?(document: TextDocument, ranges: readonly Range[]): Promise<boolean>;
  /** Resolves when all answers are in place. Calls are in document order. */
  start(calls: readonly DestinationCall[]): Promise<void>;
}

// The document may differ from the editor's if it was renamed in the meantime.
export function captureTarget(
  { options, document: initialDocument }: Pick<TextEditor, 'options' | 'document'>,
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
      isLineEnd: document.lineAt(range.end.line).text.slice(range.end.character).trim() === '',
    },
  };
}
