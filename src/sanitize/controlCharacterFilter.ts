// A longer string sequence (OSC, DCS, …) is treated as text, so that the buffer stays small.
const MAX_SEQUENCE_LENGTH = 4096;

const CONTROL_CHARACTER = /(?!\s)\p{Cc}|\f|\v/u;

const ESC = '\u{1b}';
// Each introducer is ESC and a letter, or the equivalent C1 character.
const CSI = `(?:${ESC}\\[|\u{9b})`;
const STRING_OPENER = `(?:${ESC}[\\]PX^_]|[\u{9d}\u{90}\u{98}\u{9e}\u{9f}])`;
const STRING_TERMINATOR = `(?:\u{7}|${ESC}\\\\|\u{9c})`;

const CSI_SEQUENCE = new RegExp(`^${CSI}[0-?]*[ -/]*[@-~]`, 'u');
const INCOMPLETE_CSI_SEQUENCE = new RegExp(`^${CSI}[0-?]*[ -/]*$`, 'u');
// OSC 52 writes the clipboard. Terminal strings never span lines.
const STRING_SEQUENCE = new RegExp(`^${STRING_OPENER}\\P{Cc}*${STRING_TERMINATOR}`, 'u');
const INCOMPLETE_STRING_SEQUENCE = new RegExp(`^${STRING_OPENER}\\P{Cc}*${ESC}?$`, 'u');
// Other sequences, and the introducer of an unterminated one: the text after it belongs to the answer.
const SHORT_SEQUENCE = new RegExp(`^${ESC}(?:[\\]PX^_[]|[ -/]+[0-~]|[0-~])`, 'u');
const INCOMPLETE_SHORT_SEQUENCE = new RegExp(`^${ESC}[ -/]*$`, 'u');

/**
 * Removes control characters and escape sequences from a stream, except tabs and line ends: text copied from an editor
 * may be pasted into a terminal. `push` returns the text that is ready, `end` the rest.
 */
export class ControlCharacterFilter {
  private buffer = '';
  private count = 0;

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

export function stripControlCharacters(text: string): { text: string; removedCount: number } {
  const filter = new ControlCharacterFilter();
  const cleaned = filter.push(text) + filter.end();
  return { text: cleaned, removedCount: filter.removedCount };
}

function sequenceLength(text: string): number {
  const head = text.slice(0, MAX_SEQUENCE_LENGTH);
  const match = CSI_SEQUENCE.exec(head) ?? STRING_SEQUENCE.exec(head) ?? SHORT_SEQUENCE.exec(head);
  return match?.[0].length ?? 1;
}

function isIncompleteSequence(text: string): boolean {
  if (text.length >= MAX_SEQUENCE_LENGTH) return false;
  return (
    INCOMPLETE_SHORT_SEQUENCE.test(text) || INCOMPLETE_CSI_SEQUENCE.test(text) || INCOMPLETE_STRING_SEQUENCE.test(text)
  );
}
