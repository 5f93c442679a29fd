/** The longest string sequence (OSC, DCS, …) that is waited for; a longer one is taken for text. */
const longestSequence = 4096;

const control = /(?!\s)\p{Cc}|\f|\v/u;

const esc = '\u{1b}';
/** Each sequence begins with ESC and a letter, or with one character of the C1 block that means both. */
const opensSequence = `(?:${esc}\\[|\u{9b})`;
const opensString = `(?:${esc}[\\]PX^_]|[\u{9d}\u{90}\u{98}\u{9e}\u{9f}])`;
const closesString = `(?:\u{7}|${esc}\\\\|\u{9c})`;

/** Colours, movements of the cursor and the like. */
const sequence = new RegExp(`^${opensSequence}[0-?]*[ -/]*[@-~]`, 'u');
const openSequence = new RegExp(`^${opensSequence}[0-?]*[ -/]*$`, 'u');
/** Strings for the terminal (OSC 52 writes the clipboard), up to their end; they never go on in the next line. */
const string = new RegExp(`^${opensString}\\P{Cc}*${closesString}`, 'u');
const openString = new RegExp(`^${opensString}\\P{Cc}*${esc}?$`, 'u');
/** The other sequences, and the beginning of one that never ends: the text behind it is the answer's. */
const short = new RegExp(`^${esc}(?:[\\]PX^_[]|[ -/]+[0-~]|[0-~])`, 'u');
const openShort = new RegExp(`^${esc}[ -/]*$`, 'u');

/**
 * Takes control characters and escape sequences out of an answer that comes in pieces; tabs and line ends stay. In an
 * editor they are noise, but whatever is pasted from there into a terminal runs. `push` returns what a piece adds to the
 * text that can be shown, `end` what was held back.
 */
export class ControlFilter {
  private held = '';
  private count = 0;

  /** How many control characters and sequences were taken out so far. */
  get removed(): number {
    return this.count;
  }

  push(chunk: string): string {
    return this.read(this.held + chunk, false);
  }

  end(): string {
    return this.read(this.held, true);
  }

  private read(text: string, isEnd: boolean): string {
    this.held = '';
    if (!control.test(text)) return text;
    const kept: string[] = [];
    let rest = text;
    for (let index = rest.search(control); index !== -1; index = rest.search(control)) {
      kept.push(rest.slice(0, index));
      rest = rest.slice(index);
      if (!isEnd && mayGoOn(rest)) {
        this.held = rest;
        return kept.join('');
      }
      rest = rest.slice(sequenceLength(rest));
      this.count += 1;
    }
    kept.push(rest);
    return kept.join('');
  }
}

/** {@link ControlFilter} for a whole text. */
export function withoutControls(text: string): { text: string; removed: number } {
  const filter = new ControlFilter();
  const cleaned = filter.push(text) + filter.end();
  return { text: cleaned, removed: filter.removed };
}

/** How much belongs to the control character or sequence that a text begins with. */
function sequenceLength(text: string): number {
  const head = text.slice(0, longestSequence);
  const match = sequence.exec(head) ?? string.exec(head) ?? short.exec(head);
  return match?.[0].length ?? 1;
}

/** Whether a text is the beginning of a sequence whose end may still come. */
function mayGoOn(text: string): boolean {
  if (text.length >= longestSequence) return false;
  return openShort.test(text) || openSequence.test(text) || openString.test(text);
}
