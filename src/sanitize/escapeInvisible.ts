import { replaceRanges } from '../text/replaceRanges';
import { escapeCodePoint, escapeCodeUnit } from '../text/unicodeEscapes';
import { escapeInvisibleRuns, findInvisible } from './invisibleCharacters';

/** Escapes invisible, control and bidirectional characters as `\u{…}`, except joiners that scripts and emoji need. */
export function escapeInvisible(text: string): string {
  const lines = text.replaceAll(/\r\n?/g, '\n');
  return escapeInvisibleRuns(lines, findInvisible(lines)).replace(
    /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    escapeCodePoint,
  );
}

/** {@link escapeInvisible} for JSON, with JSON's own escapes: the result parses to the same value. */
export function escapeInvisibleInJson(json: string): string {
  const visible = replaceRanges(json, findInvisible(json), (run) => run.replace(/[\s\S]/g, escapeCodeUnit));
  return visible.replace(/[\p{Zl}\p{Zp}]/gu, escapeCodeUnit);
}
