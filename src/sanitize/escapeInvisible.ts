import { escapeInvisibleRuns, findInvisible } from './invisibleCharacters';

/** Escapes invisible, control and bidirectional characters as `\u{…}`, except joiners that scripts and emoji need. */
export function escapeInvisible(text: string): string {
  const lines = text.replaceAll(/\r\n?/g, '\n');
  return escapeInvisibleRuns(lines, findInvisible(lines)).replace(
    /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    codePointEscape,
  );
}

/** {@link escapeInvisible} for JSON, with JSON's own escapes: the result parses to the same value. */
export function escapeInvisibleInJson(json: string): string {
  let end = 0;
  const parts = findInvisible(json).flatMap((run) => {
    const before = json.slice(end, run.start);
    end = run.end;
    return [before, json.slice(run.start, run.end).replace(/[\s\S]/g, codeUnitEscape)];
  });
  return (parts.join('') + json.slice(end)).replace(/[\p{Zl}\p{Zp}]/gu, codeUnitEscape);
}

function codePointEscape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function codeUnitEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
