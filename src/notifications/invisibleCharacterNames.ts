import { l10n } from 'vscode';
import {
  escapeInvisibleRuns,
  findInvisible,
  type InvisibleKind,
  type InvisibleRun,
} from '../sanitize/invisibleCharacters';

/** More of a hidden message is not needed to see that there is one. */
const MAX_MESSAGE_LENGTH = 24;

const KIND_NAMES: Readonly<Record<InvisibleKind, (count: number) => string>> = {
  tag: (count) => l10n.t('{0} invisible tag characters', count),
  zeroWidth: (count) => l10n.t('{0} characters without width', count),
  bidi: (count) => l10n.t('{0} characters that change the direction', count),
  variation: (count) => l10n.t('{0} variation selectors', count),
  bom: (count) => l10n.t('{0} byte order marks inside the text', count),
  control: (count) => l10n.t('{0} control characters', count),
};

/** One line about hidden characters: `Line 3: 5 invisible tag characters, which say "hello"`. */
export function describeInvisible({ kind, count, line }: InvisibleRun, text: string): string {
  const message = kind === 'tag' ? decodeTagCharacters(text) : '';
  return message === ''
    ? l10n.t('Line {0}: {1}', line, KIND_NAMES[kind](count))
    : l10n.t('Line {0}: {1}, which say "{2}"', line, KIND_NAMES[kind](count), message);
}

/** Tag characters mirror ASCII: what they hide can be read. */
function decodeTagCharacters(text: string): string {
  const codes = [...text].map((character) => (character.codePointAt(0) ?? 0) - 0xe0000);
  const letters = codes.filter((code) => code >= 0x20 && code < 0x7f).map((code) => String.fromCharCode(code));
  const message = letters.slice(0, MAX_MESSAGE_LENGTH).join('').replaceAll('"', "'");
  return letters.length > MAX_MESSAGE_LENGTH ? `${message}…` : message;
}

/** The text with its hidden characters written out, and the lines they are in. */
export function revealInvisible(text: string): { readonly text: string; readonly lines: readonly number[] } {
  const found = findInvisible(text);
  return { text: escapeInvisibleRuns(text, found), lines: [...new Set(found.map(({ line }) => line))] };
}
