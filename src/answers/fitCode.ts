import { QuilletError } from '../core/errors';
import { type IndentStyle, matchIndentation, matchTrailingNewline, toLineFeeds } from '../text/indentation';
import { cleanCodeAnswer, isProse, stripReasoning } from './codeBlocks';

/** The code that an answer is to stand in for, and how the editor around it writes code. */
export interface CodePlace {
  readonly text: string;
  /** What stands before the selection on its first line. */
  readonly linePrefix: string;
  readonly languageId: string;
  readonly style: IndentStyle;
}

/**
 * The text that a complete answer puts in the place of the selected code: without reasoning, chatter and fence, with the
 * selection's indentation and trailing line end.
 * @throws QuilletError `body.empty` when nothing is left, `doc.choice` when several blocks could be meant.
 */
export function proposedCode(answer: string, place: CodePlace): string {
  const visible = stripReasoning(toLineFeeds(answer));
  const clean = cleanCodeAnswer(visible, place.languageId);
  if (clean.kind === 'choice') throw new QuilletError('doc.choice', { subject: String(clean.blocks.length) });
  if (clean.text.trim() === '') throw new QuilletError('body.empty', visible === '' ? { subject: 'reasoning' } : {});
  return fittedCode(clean.text, place);
}

/** Code that was taken out of an answer, with the selection's indentation and trailing line end. */
export function fittedCode(code: string, place: CodePlace): string {
  const shifted = isProse(place.languageId) ? code : matchIndentation(code, place, place.style);
  return matchTrailingNewline(shifted, place.text);
}
