import { QuilletError } from '../core/errors';
import { type IndentStyle, matchIndentation, matchTrailingNewline, toLineFeeds } from '../text/indentation';
import { extractCode, isProseLanguage, stripReasoning } from './codeBlocks';

/** The code that an answer is to stand in for, and how the editor around it writes code. */
export interface CodeTarget {
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
export function fitCode(answer: string, target: CodeTarget): string {
  const visible = stripReasoning(toLineFeeds(answer));
  const extracted = extractCode(visible, target.languageId);
  if (extracted.kind === 'choice') throw new QuilletError('doc.choice', { subject: String(extracted.blocks.length) });
  if (extracted.text.trim() === '')
    throw new QuilletError('body.empty', visible === '' ? { subject: 'reasoning' } : {});
  return fitIndentation(extracted.text, target);
}

/** Code that was taken out of an answer, with the selection's indentation and trailing line end. */
export function fitIndentation(code: string, target: CodeTarget): string {
  const shifted = isProseLanguage(target.languageId) ? code : matchIndentation(code, target, target.style);
  return matchTrailingNewline(shifted, target.text);
}
