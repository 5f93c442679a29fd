import type * as vscode from 'vscode';
import { eventually } from './eventually';
import { answerWith, continueAnswer, inTwoParts, resetServer } from './modelServer';
import { run, ui } from './quillet';
import { select, untilText } from './workspace';

// An answer of 50 chunks that pauses after 25.
const pieces = Array.from({ length: 50 }, (_, index) => `${index === 0 ? '' : '\n'}piece ${index};`);
export const answer = pieces.join('');
const half = pieces.length / 2;

export const request = '// make a greeting';
export const original = `// top\n${request}\n// bottom\n`;

export interface Way {
  readonly name: string;
  readonly command: string;
  /** The document text with the answer. */
  readonly written: (text: string) => string;
  /** The text that is offered if writing fails. */
  readonly rest: (document: string, before: string) => string;
  readonly half: (editor: vscode.TextEditor) => Promise<unknown>;
}

export const streaming: Way = {
  name: 'streaming',
  command: 'quillet.insert',
  written: (text) => text.replace(request, `${request}\n${answer}`),
  rest: (document, before) => {
    const [head = '', tail = ''] = before.split(request);
    return answer.slice(document.length - head.length - request.length - 1 - tail.length);
  },
  half: (editor) => untilText(editor, `piece ${half - 1}`),
};

export const replacing: Way = {
  name: 'replacing',
  command: 'quillet.rewriteInPlace',
  written: (text) => text.replace(request, answer),
  rest: () => answer,
  half: () => eventually(() => /\d\d characters…$/.test(ui.statusText), 'half of the answer'),
};

export const ways: readonly Way[] = [streaming, replacing];

export interface Writing {
  readonly editor: vscode.TextEditor;
  readonly done: Promise<void>;
}

/** Starts an answer and returns when half of it has arrived. */
export async function start(way: Way, editor: vscode.TextEditor): Promise<Writing> {
  await select(editor, request);
  // Close the gate of a previous answer.
  await resetServer();
  await answerWith(inTwoParts(pieces.slice(0, half), pieces.slice(half)));
  ui.willType('larger');
  const done = run(way.command);
  await way.half(editor);
  return { editor, done };
}

/** Sends the rest of the answer and waits for the command to complete. */
export async function finish({ done }: Writing): Promise<void> {
  await continueAnswer();
  await done;
}

/** The outcome of the run as logged. */
export function loggedEnd(): Readonly<Record<'outcome' | 'kind' | 'warnings', string | undefined>> {
  const line = ui.logged.findLast((line) => line.startsWith('info end ')) ?? '';
  const field = (name: string) => new RegExp(` ${name}=(\\S+)`).exec(line)?.[1];
  return { outcome: field('outcome'), kind: field('kind'), warnings: field('warnings') };
}
