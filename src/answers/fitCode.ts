import { QuilletError } from '../core/errors';
import { type IndentStyle, matchIndentation, matchTrailingNewline, toLineFeeds } from '../text/indentation';
import { extractCode, isProseLanguage, stripReasoning } from './codeBlocks';

/** The selected code that an answer replaces. `linePrefix` is the text before it on its first line. */
export interface CodeTarget {
  readonly text: string;
  readonly linePrefix: string;
  readonly languageId: string;
  readonly style: IndentStyle;
}

/**
 * Extracts the code of a complete answer and fits its indentation and trailing line ends to the selection.
 * @throws QuilletError `body.empty` if nothing is left, `doc.choice` if the answer has several code blocks.
 */
export function fitCode(answer: string, target: CodeTarget): string {
  const visible = stripReasoning(toLineFeeds(answer));
  const extracted = extractCode(visible, target.languageId);
  if (extracted.kind === 'choice') throw new QuilletError('doc.choice', { subject: String(extracted.blocks.length) });
  if (extracted.text.trim() === '')
    throw new QuilletError('body.empty', visible === '' ? { subject: 'reasoning' } : {});
  return fitIndentation(extracted.text, target);
}

export function fitIndentation(code: string, target: CodeTarget): string {
  const shifted = isProseLanguage(target.languageId) ? code : matchIndentation(code, target, target.style);
  return matchTrailingNewline(shifted, target.text);
}
