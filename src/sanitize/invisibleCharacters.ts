import { withLineAndColumn } from '../text/positions';
import { replaceRanges } from '../text/replaceRanges';
import { escapeCodePoint } from '../text/unicodeEscapes';
import { memoize } from '../util/memoize';

export type InvisibleKind =
  // Tag characters mirror ASCII and are never drawn: they can spell whole instructions.
  | 'tag'
  | 'zeroWidth'
  | 'bidi'
  // Variation selectors that vary nothing can carry any bytes.
  | 'variation'
  // A byte order mark that is not at the start.
  | 'bom'
  | 'control';

/** A run of characters of one kind. `start` and `end` are in UTF-16 units, `line` and `column` 1-based. */
export interface InvisibleRun {
  readonly kind: InvisibleKind;
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly line: number;
  readonly column: number;
}

// Excludes the soft hyphen, the grapheme joiner and Mongolian selectors, which are spelling, and the form feed, which
// old sources contain. Characters that scripts and emoji need are exempted below.
const CANDIDATE =
  /(?!\u{ad}|\u{34f}|[\u{180b}-\u{180d}]|\u{180f}|[\t\n\f\r])[\p{Default_Ignorable_Code_Point}\p{Cc}\u{fff9}-\u{fffb}]/u;

const CANDIDATE_RUNS = new RegExp(`(?:${CANDIDATE.source})+`, 'gu');

// ZWNJ, ZWJ, the Mongolian vowel separator and the Khmer inherent vowels.
const JOINERS = new Set(['\u{200c}', '\u{200d}', '\u{180e}', '\u{17b4}', '\u{17b5}']);
const JAMO_FILLERS = new Set(['\u{115f}', '\u{1160}']);

// Flags of regions, such as England, Scotland and Wales.
const FLAG_TAGS = /^[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{2,6}\u{e007f}/u;

// In these scripts, joiners are part of the spelling.
const JOINING_SCRIPTS = ['Arab', 'Hebr', 'Syrc', 'Mong', 'Nkoo', 'Mand', 'Adlm', 'Rohg', 'Phag', 'Mani', 'Sogd'];
const INDIC_SCRIPTS = ['Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh', 'Tibt', 'Newa'];
const SPACELESS_SCRIPTS = ['Thai', 'Laoo', 'Khmr', 'Mymr', 'Java', 'Bali', 'Lana', 'Tale', 'Talu'];

// Memoized, because compiling these takes milliseconds and most texts do not need them.
const neighborPatterns = memoize(() => ({
  joining: scriptPattern([...JOINING_SCRIPTS, ...INDIC_SCRIPTS, ...SPACELESS_SCRIPTS]),
  spaceless: scriptPattern(SPACELESS_SCRIPTS),
  rightToLeft: scriptPattern(['Arab', 'Hebr', 'Syrc', 'Nkoo', 'Thaa', 'Mand', 'Adlm', 'Rohg', 'Samr']),
  emoji: /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator})$/u,
  acceptsStyle: /^(?:\p{Emoji}|\p{S})$/u,
  acceptsVariant:
    /^(?:\p{Ideographic}|\p{Sm}|\p{Po}|\p{Script=Mymr}|\p{Script=Phag}|\p{Script=Mani}|\p{Script=Hira}|\p{Script=Kana})$/u,
}));
const JAMO = /^[\u{1100}-\u{11ff}\u{a960}-\u{a97f}\u{d7b0}-\u{d7ff}]$/u;

/**
 * Finds invisible, control and bidirectional characters, except those that are spelling: joiners in scripts that need
 * them, emoji sequences, flags and combining marks.
 */
export function findInvisible(text: string): InvisibleRun[] {
  if (!CANDIDATE.test(text)) return [];
  const runs: UnlocatedRun[] = [];
  let hasRightToLeft: boolean | undefined;
  const hasRightToLeftText = (): boolean => {
    hasRightToLeft ??= neighborPatterns().rightToLeft.test(text);
    return hasRightToLeft;
  };
  CANDIDATE_RUNS.lastIndex = 0;
  for (let match = CANDIDATE_RUNS.exec(text); match !== null; match = CANDIDATE_RUNS.exec(text)) {
    const before = characterBefore(text, match.index);
    const after = characterAt(text, match.index + match[0].length);
    addInvisible({ run: match[0], start: match.index, before, after, hasRightToLeftText }, runs);
  }
  return withLineAndColumn(text, runs);
}

export function escapeInvisibleRuns(text: string, runs: readonly InvisibleRun[]): string {
  return replaceRanges(text, runs, (run) => [...run].map(escapeCodePoint).join(''));
}

export function removeInvisible(text: string, runs: readonly InvisibleRun[]): string {
  return replaceRanges(text, runs, () => '');
}

interface RunContext {
  readonly run: string;
  readonly start: number;
  readonly before: string;
  readonly after: string;
  readonly hasRightToLeftText: () => boolean;
}

interface UnlocatedRun {
  readonly kind: InvisibleKind;
  readonly start: number;
  end: number;
  count: number;
}

// Splits a run by kind. A run may have half a million characters.
function addInvisible(context: RunContext, runs: UnlocatedRun[]): void {
  const allowed = allowedLength(context);
  let offset = context.start + allowed;
  for (const character of allowed === 0 ? context.run : context.run.slice(allowed)) {
    const kind = kindOf(character);
    const end = offset + character.length;
    const last = runs.at(-1);
    if (last?.kind === kind && last.end === offset) {
      last.end = end;
      last.count += 1;
    } else {
      runs.push({ kind, start: offset, end, count: 1 });
    }
    offset = end;
  }
}

// The length of the run that its neighbors need. Anything beyond that may carry a message.
function allowedLength({ run, start, before, after, hasRightToLeftText }: RunContext): number {
  if (start === 0 && run === '\u{feff}') return run.length;
  if (run.length === 1 && isDirectionMark(run.charCodeAt(0))) return hasRightToLeftText() ? 1 : 0;
  const { joining, spaceless } = neighborPatterns();
  if (JOINERS.has(run) && (joining.test(before) || joining.test(after))) return run.length;
  if (run === '\u{200b}' && spaceless.test(before) && spaceless.test(after)) return run.length;
  if (JAMO_FILLERS.has(run) && (JAMO.test(before) || JAMO.test(after))) return run.length;
  const flag = before === '\u{1f3f4}' ? FLAG_TAGS.exec(run) : null;
  return flag === null ? selectorLength(run, before, after) : flag[0].length;
}

// Allows one variation selector, and one joiner between two emoji.
function selectorLength(run: string, before: string, after: string): number {
  const { acceptsVariant, acceptsStyle, emoji } = neighborPatterns();
  const [first = '', second = ''] = run;
  const isNeeded = isSelector(first) && (acceptsVariant.test(before) || (isStyle(first) && acceptsStyle.test(before)));
  // No font knows two selectors in a row, so the first one is part of a message.
  const length = isNeeded && !isSelector(second) ? first.length : 0;
  const joinsEmoji = (length > 0 || emoji.test(before)) && emoji.test(after);
  return joinsEmoji && run.slice(length) === '\u{200d}' ? run.length : length;
}

function isStyle(character: string): boolean {
  return character === '\u{fe0e}' || character === '\u{fe0f}';
}

function isSelector(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef);
}

function kindOf(character: string): InvisibleKind {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0x9f) return 'control';
  if (code === 0xfeff) return 'bom';
  if (isSelector(character)) return 'variation';
  if (code >= 0xe0000) return 'tag';
  return isBidi(code) ? 'bidi' : 'zeroWidth';
}

// Unicode's bidirectional controls, and the deprecated format characters after them.
function isBidi(code: number): boolean {
  return isDirectionMark(code) || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x206f);
}

function isDirectionMark(code: number): boolean {
  return code === 0x61c || code === 0x200e || code === 0x200f;
}

function scriptPattern(names: readonly string[]): RegExp {
  return new RegExp(`[${names.map((name) => `\\p{Script_Extensions=${name}}`).join('')}]`, 'u');
}

function characterBefore(text: string, offset: number): string {
  const last = text.charCodeAt(offset - 1);
  const isLowHalf = last >= 0xdc00 && last <= 0xdfff;
  return offset === 0 ? '' : characterAt(text, isLowHalf && offset > 1 ? offset - 2 : offset - 1);
}

function characterAt(text: string, offset: number): string {
  const code = text.codePointAt(offset);
  return code === undefined ? '' : String.fromCodePoint(code);
}
