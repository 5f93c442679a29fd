/** The longest string sequence (OSC, DCS, …) that is waited for; a longer one is taken for text. */
const MAX_SEQUENCE_LENGTH = 4096;

const CONTROL_CHARACTER = /(?!\s)\p{Cc}|\f|\v/u;

const ESC = '\u{1b}';
/** Each sequence begins with ESC and a letter, or with one character of the C1 block that means both. */
const CSI = `(?:${ESC}\\[|\u{9b})`;
const STRING_OPENER = `(?:${ESC}[\\]PX^_]|[\u{9d}\u{90}\u{98}\u{9e}\u{9f}])`;
const STRING_TERMINATOR = `(?:\u{7}|${ESC}\\\\|\u{9c})`;

/** Colours, movements of the cursor and the like. */
const CSI_SEQUENCE = new RegExp(`^${CSI}[0-?]*[ -/]*[@-~]`, 'u');
const INCOMPLETE_CSI_SEQUENCE = new RegExp(`^${CSI}[0-?]*[ -/]*$`, 'u');
/** Strings for the terminal (OSC 52 writes the clipboard), up to their end; they never go on in the next line. */
const STRING_SEQUENCE = new RegExp(`^${STRING_OPENER}\\P{Cc}*${STRING_TERMINATOR}`, 'u');
const INCOMPLETE_STRING_SEQUENCE = new RegExp(`^${STRING_OPENER}\\P{Cc}*${ESC}?$`, 'u');
/** The other sequences, and the beginning of one that never ends: the text behind it is the answer's. */
const SHORT_SEQUENCE = new RegExp(`^${ESC}(?:[\\]PX^_[]|[ -/]+[0-~]|[0-~])`, 'u');
const INCOMPLETE_SHORT_SEQUENCE = new RegExp(`^${ESC}[ -/]*$`, 'u');

/**
 * Takes control characters and escape sequences out of an answer that comes in pieces; tabs and line ends stay. In an
 * editor they are noise, but whatever is pasted from there into a terminal runs. `push` returns what a piece adds to the
 * text that can be shown, `end` what was held back.
 */
export class ControlCharacterFilter {
  private buffer = '';
  private count = 0;

  /** How many control characters and sequences were taken out so far. */
  get removedCount(): number {
    return this.count;
  }

  push(chunk: string): string {
    return this.process(this.buffer + chunk, false);
  }

  end(): string {
    return this.process(this.buffer, true);
  }

  private process(text: string, isFinal: boolean): string {
    this.buffer = '';
    if (!CONTROL_CHARACTER.test(text)) return text;
    const kept: string[] = [];
    let rest = text;
    for (let index = rest.search(CONTROL_CHARACTER); index !== -1; index = rest.search(CONTROL_CHARACTER)) {
      kept.push(rest.slice(0, index));
      rest = rest.slice(index);
      if (!isFinal && isIncompleteSequence(rest)) {
        this.buffer = rest;
        return kept.join('');
      }
      rest = rest.slice(sequenceLength(rest));
      this.count += 1;
    }
    kept.push(rest);
    return kept.join('');
  }
}

/** {@link ControlCharacterFilter} for a whole text. */
export function stripControlCharacters(text: string): { text: string; removedCount: number } {
  const filter = new ControlCharacterFilter();
  const cleaned = filter.push(text) + filter.end();
  return { text: cleaned, removedCount: filter.removedCount };
}

/** How much belongs to the control character or sequence that a text begins with. */
function sequenceLength(text: string): number {
  const head = text.slice(0, MAX_SEQUENCE_LENGTH);
  const match = CSI_SEQUENCE.exec(head) ?? STRING_SEQUENCE.exec(head) ?? SHORT_SEQUENCE.exec(head);
  return match?.[0].length ?? 1;
}

/** Whether a text is the beginning of a sequence whose end may still come. */
function isIncompleteSequence(text: string): boolean {
  if (text.length >= MAX_SEQUENCE_LENGTH) return false;
  return (
    INCOMPLETE_SHORT_SEQUENCE.test(text) || INCOMPLETE_CSI_SEQUENCE.test(text) || INCOMPLETE_STRING_SEQUENCE.test(text)
  );
}
