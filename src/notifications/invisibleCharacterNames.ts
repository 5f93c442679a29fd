import { l10n } from 'vscode';
import {
  escapeInvisibleRuns,
  findInvisible,
  type InvisibleKind,
  type InvisibleRun,
} from '../sanitize/invisibleCharacters';

const MAX_MESSAGE_LENGTH = 24;

const KIND_NAMES: Readonly<Record<InvisibleKind, (count: number) => string>> = {
  tag: (count) => (count === 1 ? l10n.t('1 invisible tag character') : l10n.t('{0} invisible tag characters', count)),
  zeroWidth: (count) => (count === 1 ? l10n.t('1 zero-width character') : l10n.t('{0} zero-width characters', count)),
  bidi: (count) =>
    count === 1 ? l10n.t('1 bidirectional control character') : l10n.t('{0} bidirectional control characters', count),
  variation: (count) => (count === 1 ? l10n.t('1 variation selector') : l10n.t('{0} variation selectors', count)),
  bom: (count) =>
    count === 1 ? l10n.t('1 byte order mark inside the text') : l10n.t('{0} byte order marks inside the text', count),
  control: (count) => (count === 1 ? l10n.t('1 control character') : l10n.t('{0} control characters', count)),
};

/** Describes invisible characters in one line: `Line 3: 5 invisible tag characters that spell "hello"`. */
export function describeInvisible({ kind, count, line }: InvisibleRun, text: string): string {
  const message = kind === 'tag' ? decodeTagCharacters(text) : '';
  return message === ''
    ? l10n.t('Line {0}: {1}', line, KIND_NAMES[kind](count))
    : l10n.t('Line {0}: {1} that spell "{2}"', line, KIND_NAMES[kind](count), message);
}

// Tag characters mirror ASCII, so the hidden message can be decoded.
function decodeTagCharacters(text: string): string {
  const codes = [...text].map((character) => (character.codePointAt(0) ?? 0) - 0xe0000);
  const letters = codes.filter((code) => code >= 0x20 && code < 0x7f).map((code) => String.fromCharCode(code));
  const message = letters.slice(0, MAX_MESSAGE_LENGTH).join('').replaceAll('"', "'");
  return letters.length > MAX_MESSAGE_LENGTH ? `${message}…` : message;
}

export function revealInvisible(text: string): { readonly text: string; readonly lines: readonly number[] } {
  const found = findInvisible(text);
  return { text: escapeInvisibleRuns(text, found), lines: [...new Set(found.map(({ line }) => line))] };
}
