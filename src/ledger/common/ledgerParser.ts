import { decodeUtf8 } from '../../util/decodeUtf8';
import { BytePattern } from './bytePattern';
import { COST_SOURCES, LEDGER_OUTCOMES, MAX_NAME_LENGTH, parseLedgerLine } from './ledgerRow';
import { CODE, encodeCost, type LedgerTable, NUMBER, RowDraft } from './ledgerTable';
import { hashOf, NameIndex, nextHash, type Spelling } from './stringTable';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const SMALL_A = 0x61;
const OPEN_BRACE = 0x7b;

const MAX_LINE_BYTES = 16_384;
/** An integer of at most 15 digits, divided by a power of ten of as many, is exact in floating point. */
const MAX_DIGITS = 15;
const POWERS = Array.from({ length: MAX_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
const MAX_SERIAL_DIGITS = 9;
const MAX_SPELLINGS = 6;

/** Literal text between the values of a line, as `formatLedgerLine` writes it. */
const START = BytePattern.fromText('{"v":1,"id":"');
const TIME = BytePattern.fromText('","time":"');
const PROVIDER = BytePattern.fromText('Z","provider":"');
const MODEL = BytePattern.fromText('","model":"');
const REPORTED_MODEL = BytePattern.fromText('","reportedModel":"');
const PROMPT = BytePattern.fromText('","prompt":"');
const DESTINATION = BytePattern.fromText('","destination":"');
const WORKSPACE = BytePattern.fromText('","workspace":"');
const OUTCOME = BytePattern.fromText('","outcome":"');
const ERROR = BytePattern.fromText('","error":"');
const ATTEMPTS = BytePattern.fromText('","attempts":');
const TOKENS = BytePattern.fromText(',"tokens":{');
const TOKEN_COUNTS = (['input', 'cached', 'output', 'reasoning'] as const).map((column) => ({
  place: NUMBER[column],
  first: BytePattern.fromText(`"${column}":`),
  other: BytePattern.fromText(`,"${column}":`),
}));
const COST = BytePattern.fromText('},"cost":{"usd":');
const SOURCE = BytePattern.fromText(',"source":"');
const ESTIMATE = BytePattern.fromText('","isEstimate":true}');
const NO_ESTIMATE = BytePattern.fromText('","isEstimate":false}');
const NO_COST = BytePattern.fromText('}');
const ASSUMED = BytePattern.fromText(',"assumed":{');
const ASSUMED_TOKENS = BytePattern.fromText('"tokens":');
const ASSUMED_USD = BytePattern.fromText('"usd":');
const COMMA_ASSUMED_USD = BytePattern.fromText(',"usd":');
const FIRST_TEXT = BytePattern.fromText(',"firstTextMs":');
const TOTAL = BytePattern.fromText(',"totalMs":');
const END = BytePattern.fromText('}');

const OUTCOMES = LEDGER_OUTCOMES.map((outcome) => BytePattern.fromText(outcome));
const SOURCES = COST_SOURCES.map((source) => BytePattern.fromText(source));

/**
 * Reads files into a table. Lines in the writer's exact form are scanned as bytes, much faster than parsing JSON; all
 * others are parsed and validated. A property test checks that both paths agree.
 */
export class LedgerScanner {
  private bytes = new Uint8Array(0);
  private view = new DataView(new ArrayBuffer(0));
  private at = 0;
  private isCanonical = true;
  private readonly numbers: Float64Array;
  private readonly codes: Uint32Array;
  private readonly draft = new RowDraft();
  private owner: Spelling | undefined;
  /** The first spellings seen in each column: there are few models and even fewer prompts. */
  private readonly spellings: Spelling[][] = Object.keys(CODE).map(() => []);
  private hash = 0;
  private readonly names: NameIndex;
  private day = -1;
  private dayMs = 0;

  constructor(private readonly table: LedgerTable) {
    this.names = new NameIndex(table);
    this.numbers = this.draft.numbers;
    this.codes = this.draft.codes;
  }

  /** Adds the rows of one file. Never throws. */
  scan(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    while (start < bytes.length) {
      this.at = start;
      this.isCanonical = true;
      this.readRow();
      if (this.isCanonical && bytes[this.at] === NEWLINE) {
        this.table.addDraft(this.draft);
        start = this.at + 1;
      } else start = this.parseLine(start);
    }
  }

  private parseLine(start: number): number {
    const end = this.bytes.indexOf(NEWLINE, start);
    // A line without a newline was truncated while writing.
    if (end === -1) {
      this.table.skipped += 1;
      return this.bytes.length;
    }
    if (end - start > MAX_LINE_BYTES) this.table.skipped += 1;
    else if (end > start) this.parse(start, end);
    return end + 1;
  }

  private parse(start: number, end: number): void {
    const row = parseLedgerLine(this.decode(start, end));
    if (row === undefined) this.table.skipped += 1;
    else this.table.add(row);
  }

  private decode(start: number, end: number): string {
    return decodeUtf8(this.bytes.subarray(start, end)) ?? '';
  }

  private readRow(): void {
    const { numbers, codes } = this;
    this.expect(START);
    this.readId();
    this.expect(TIME);
    numbers[NUMBER.time] = this.readTime();
    this.expect(PROVIDER);
    codes[CODE.provider] = this.readName(CODE.provider);
    this.expect(MODEL);
    codes[CODE.model] = this.readName(CODE.model);
    codes[CODE.reportedModel] = this.skip(REPORTED_MODEL) ? this.readName(CODE.reportedModel) : 0;
    this.expect(PROMPT);
    codes[CODE.prompt] = this.readName(CODE.prompt);
    this.expect(DESTINATION);
    codes[CODE.destination] = this.readName(CODE.destination);
    codes[CODE.workspace] = this.skip(WORKSPACE) ? this.readName(CODE.workspace) : 0;
    this.expect(OUTCOME);
    codes[CODE.outcome] = this.readChoice(OUTCOMES);
    codes[CODE.error] = this.skip(ERROR) ? this.readName(CODE.error) : 0;
    this.expect(ATTEMPTS);
    numbers[NUMBER.attempts] = this.readCount();
    this.readTokens();
    this.readCost();
    this.readAssumed();
    numbers[NUMBER.firstTextMs] = this.skip(FIRST_TEXT) ? this.readCount() : Number.NaN;
    this.expect(TOTAL);
    numbers[NUMBER.totalMs] = this.readCount();
    this.expect(END);
  }

  private readId(): void {
    const start = this.at;
    if (!this.readSameOwner()) this.readOtherId();
    // Length limits count characters, so only the full parser can decide.
    if (this.at - start > MAX_NAME_LENGTH) this.rejectLine();
  }

  private readSameOwner(): boolean {
    const start = this.at;
    const last = this.owner;
    if (last === undefined || this.bytes[start + last.bytes.length] !== MINUS || !this.skip(last.bytes)) return false;
    const digits = this.at + 1;
    const serial = this.serialIn(digits, this.endOfName());
    if (Number.isNaN(serial)) {
      this.at = start;
      return false;
    }
    this.codes[CODE.owner] = last.index;
    this.numbers[NUMBER.serial] = serial;
    return true;
  }

  private readOtherId(): void {
    const start = this.at;
    const end = this.endOfName();
    let hyphen = end - 1;
    while (hyphen > start && this.bytes[hyphen] !== MINUS) hyphen -= 1;
    const serial = hyphen > start ? this.serialIn(hyphen + 1, end) : Number.NaN;
    // Possibly an ID with escapes in it, which only the full parser understands.
    if (Number.isNaN(serial)) {
      this.rejectLine();
      return;
    }
    this.numbers[NUMBER.serial] = serial;
    this.owner = this.names.find(this.view, { start, end: hyphen, hash: hashOf(this.bytes, start, hyphen) });
    this.codes[CODE.owner] = this.owner === undefined ? this.rejectLine() : this.owner.index;
  }

  private serialIn(start: number, end: number): number {
    const length = end - start;
    if (length === 0 || length > MAX_SERIAL_DIGITS || (length > 1 && this.bytes[start] === ZERO)) return Number.NaN;
    let serial = 0;
    for (let at = start; at < end; at += 1) {
      const byte = this.bytes[at] ?? 0;
      const digit = byte >= SMALL_A ? byte - SMALL_A + 10 : byte - ZERO;
      if (digit < 0 || digit > 35 || (byte < SMALL_A && digit > 9)) return Number.NaN;
      serial = serial * 36 + digit;
    }
    return serial;
  }

  private readTime(): number {
    const start = this.at;
    const day = 10_000 * this.digits(4, MINUS) + 100 * this.digits(2, MINUS) + this.digits(2, 0x54);
    const [hours, minutes, seconds] = [this.digits(2, 0x3a), this.digits(2, 0x3a), this.digits(2, DOT)];
    const milliseconds = this.digits(3);
    if (!this.isCanonical || hours > 23 || minutes > 59 || seconds > 59) return this.rejectLine();
    if (day !== this.day) {
      this.dayMs = Date.parse(`${this.decode(start, start + 10)}T00:00:00.000Z`);
      this.day = day;
    }
    if (Number.isNaN(this.dayMs)) return this.rejectLine();
    return this.dayMs + ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
  }

  private digits(length: number, after?: number): number {
    let value = 0;
    for (let index = 0; index < length; index += 1) {
      const digit = (this.bytes[this.at + index] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) return this.rejectLine();
      value = value * 10 + digit;
    }
    this.at += length;
    if (after === undefined) return value;
    if (this.bytes[this.at] !== after) return this.rejectLine();
    this.at += 1;
    return value;
  }

  private readName(column: number): number {
    const known = this.spellings[column] ?? [];
    const start = this.at;
    for (let index = 0; index < known.length; index += 1) {
      const spelling = known[index];
      if (spelling !== undefined && this.bytes[start + spelling.bytes.length] === QUOTE && this.skip(spelling.bytes)) {
        return spelling.index;
      }
    }
    const end = this.endOfName();
    const found = this.names.find(this.view, { start, end, hash: this.hash });
    if (found === undefined) return this.rejectLine();
    if (known.length < MAX_SPELLINGS) known.push(found);
    return found.index;
  }

  private endOfName(): number {
    const { bytes } = this;
    let hash = 0;
    let at = this.at;
    for (let isEscaped = false; ; at += 1) {
      const byte = bytes[at] ?? NEWLINE;
      if (byte === NEWLINE || (byte === QUOTE && !isEscaped)) break;
      hash = nextHash(hash, byte);
      isEscaped = byte === BACKSLASH && !isEscaped;
    }
    this.hash = hash;
    this.at = at;
    return at;
  }

  private readChoice(choices: readonly BytePattern[]): number {
    for (let index = 0; index < choices.length; index += 1) {
      const choice = choices[index];
      if (choice !== undefined && this.bytes[this.at + choice.length] === QUOTE && this.skip(choice)) return index;
    }
    return this.rejectLine();
  }

  private readTokens(): void {
    this.expect(TOKENS);
    for (const { place, first, other } of TOKEN_COUNTS) {
      const key = this.bytes[this.at - 1] === OPEN_BRACE ? first : other;
      this.numbers[place] = this.skip(key) ? this.readCount() : Number.NaN;
    }
  }

  private readCost(): void {
    const hasCost = this.skip(COST);
    if (!hasCost) this.expect(NO_COST);
    this.numbers[NUMBER.usd] = hasCost ? this.readAmount() : Number.NaN;
    this.codes[CODE.cost] = hasCost ? this.readSource() : 0;
  }

  private readSource(): number {
    this.expect(SOURCE);
    const source = COST_SOURCES[this.readChoice(SOURCES)];
    const isEstimate = this.skip(ESTIMATE);
    if (!isEstimate) this.expect(NO_ESTIMATE);
    return source === undefined ? this.rejectLine() : encodeCost(source, isEstimate);
  }

  private readAssumed(): void {
    const isThere = this.skip(ASSUMED);
    const hasTokens = isThere && this.skip(ASSUMED_TOKENS);
    this.numbers[NUMBER.assumedTokens] = hasTokens ? this.readCount() : Number.NaN;
    const hasUsd = isThere && this.skip(hasTokens ? COMMA_ASSUMED_USD : ASSUMED_USD);
    this.numbers[NUMBER.assumedUsd] = hasUsd ? this.readAmount() : Number.NaN;
    if (isThere) this.expect(END);
  }

  private readCount(): number {
    const start = this.at;
    let value = 0;
    for (;;) {
      const digit = (this.bytes[this.at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      this.at += 1;
    }
    const length = this.at - start;
    const hasLeadingZero = length > 1 && this.bytes[start] === ZERO;
    return length === 0 || length > MAX_DIGITS || hasLeadingZero ? this.rejectLine() : value;
  }

  private readAmount(): number {
    const start = this.at;
    const whole = this.readCount();
    if (this.bytes[this.at] !== DOT) return whole;
    const wholeDigits = whole === 0 ? 0 : this.at - start;
    this.at += 1;
    let value = whole;
    let decimals = 0;
    for (;;) {
      const digit = (this.bytes[this.at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      decimals += 1;
      this.at += 1;
    }
    const isExact = decimals > 0 && wholeDigits + decimals <= MAX_DIGITS;
    return isExact ? value / (POWERS[decimals] ?? 1) : this.rejectLine();
  }

  private skip(text: BytePattern): boolean {
    if (!text.matchesAt(this.view, this.at)) return false;
    this.at += text.length;
    return true;
  }

  private expect(text: BytePattern): void {
    if (!this.skip(text)) this.rejectLine();
  }

  private rejectLine(): number {
    this.isCanonical = false;
    return 0;
  }
}
