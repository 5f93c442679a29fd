import { escapeInvisibleRuns, findInvisible } from './invisibleCharacters';

/**
 * Lines of text as they can be shown: what cannot be seen, controls the screen, or reorders what is read becomes a visible
 * escape, and every line ends with LF (R25). Scripts and emoji that need joiners keep them.
 */
export function escapeInvisible(text: string): string {
  const lines = text.replaceAll(/\r\n?/g, '\n');
  return escapeInvisibleRuns(lines, findInvisible(lines)).replace(
    /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    codePointEscape,
  );
}

/** JSON with the same characters as JSON itself writes them, so that it still means the same (R24). */
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
