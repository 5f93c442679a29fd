import type * as vscode from 'vscode';
import { eventually } from './eventually';
import { answerWith, continueAnswer, inTwoParts, resetServer } from './modelServer';
import { run, ui } from './quillet';
import { select, untilText } from './workspace';

/** An answer of 50 pieces; it stops after 25 until it is let go on. */
const pieces = Array.from({ length: 50 }, (_, index) => `${index === 0 ? '' : '\n'}piece ${index};`);
export const answer = pieces.join('');
const half = pieces.length / 2;

/** What the tests ask for, and a document with it. */
export const request = '// make a greeting';
export const original = `// top\n${request}\n// bottom\n`;

/** One of the two ways in which an answer gets into a document. */
export interface Way {
  readonly name: string;
  readonly command: string;
  /** How a document reads when the answer is in it. */
  readonly written: (text: string) => string;
  /** What is offered when nothing, or nothing more, was written into this document. */
  readonly rest: (document: string, before: string) => string;
  /** Waits until half of the answer has arrived. */
  readonly half: (editor: vscode.TextEditor) => Promise<unknown>;
}

/** Insert Completion writes while the answer arrives. */
export const streaming: Way = {
  name: 'streaming',
  command: 'quillet.insert',
  written: (text) => text.replace(request, `${request}${answer}`),
  rest: (document, before) => {
    const [head = '', tail = ''] = before.split(request);
    return answer.slice(document.length - head.length - request.length - tail.length);
  },
  half: (editor) => untilText(editor, `piece ${half - 1}`),
};

/** Rewrite Selection in Place writes once, at the end. */
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

/** Starts to write the answer in the place of the request, or behind it, and returns in the middle. */
export async function start(way: Way, editor: vscode.TextEditor): Promise<Writing> {
  select(editor, request);
  // The gate of an answer before this one is open.
  await resetServer();
  await answerWith(inTwoParts(pieces.slice(0, half), pieces.slice(half)));
  ui.willType('larger');
  const done = run(way.command);
  await way.half(editor);
  return { editor, done };
}

/** Lets the rest of the answer go, and waits until the command has ended. */
export async function finish({ done }: Writing): Promise<void> {
  await continueAnswer();
  await done;
}

/** What the log has for the end of the run. */
export function loggedEnd(): Readonly<Record<'outcome' | 'class' | 'warnings', string | undefined>> {
  const line = ui.logged.findLast((line) => line.startsWith('info end ')) ?? '';
  const field = (name: string) => new RegExp(` ${name}=(\\S+)`).exec(line)?.[1];
  return { outcome: field('outcome'), class: field('class'), warnings: field('warnings') };
}
