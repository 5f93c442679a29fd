import { cleanCodeAnswer, stripReasoning } from './answerText';
import { QuilletError } from './errors';
import { type IndentStyle, matchIndentation, matchTrailingNewline, toLineFeeds } from './indentation';

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
  const isCode = place.languageId !== 'markdown' && place.languageId !== 'plaintext';
  const shifted = isCode ? matchIndentation(clean.text, place, place.style) : clean.text;
  return matchTrailingNewline(shifted, place.text);
}
