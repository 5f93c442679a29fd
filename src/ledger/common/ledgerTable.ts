import { withoutUndefined } from '../../util/withoutUndefined';
import {
  COST_SOURCES,
  type CostSource,
  LEDGER_OUTCOMES,
  LEDGER_VERSION,
  type LedgerCost,
  type LedgerRow,
} from './ledgerRow';
import { RunIds, splitId } from './runIds';

/** NaN stands for unknown. */
const numberColumns = [
  'time',
  'serial',
  'attempts',
  'input',
  'cached',
  'output',
  'reasoning',
  'usd',
  'assumedTokens',
  'assumedUsd',
  'firstTextMs',
  'totalMs',
] as const;

/** Names are indices into {@link LedgerTable.names}, 0 for none. */
const codeColumns = [
  /** The ID before its hyphen, or the whole ID if it has no number. */
  'owner',
  'provider',
  'model',
  'reportedModel',
  'prompt',
  'destination',
  'workspace',
  'error',
  'outcome',
  'cost',
] as const;

type NumberColumn = (typeof numberColumns)[number];
type CodeColumn = (typeof codeColumns)[number];
type NameColumn = Exclude<CodeColumn, 'outcome' | 'cost'>;

export const NUMBER = indexByName(numberColumns);
export const CODE = indexByName(codeColumns);

const NUMBERS = numberColumns.length;
const CODES = codeColumns.length;

export class RowDraft {
  readonly numbers = new Float64Array(numberColumns.length);
  readonly codes = new Uint32Array(codeColumns.length);
}

const ESTIMATE = 8;
const LOST = LEDGER_OUTCOMES.indexOf('lost');

/** Rows stored by column in typed arrays: a million row objects would take too much time and memory. */
export class LedgerTable {
  length = 0;
  /** Lines that were truncated, damaged, or of a newer version. */
  skipped = 0;
  readonly names: string[] = [''];
  private readonly indices = new Map<string, number>();
  private numbers: Float64Array;
  private codes: Uint32Array;
  private lost: number[] = [];

  constructor(private capacity = 16) {
    this.numbers = new Float64Array(capacity * NUMBERS);
    this.codes = new Uint32Array(capacity * CODES);
  }

  intern(name: string): number {
    const known = this.indices.get(name);
    if (known !== undefined) return known;
    const index = this.names.length;
    this.names.push(name);
    this.indices.set(name, index);
    return index;
  }

  number(index: number, column: NumberColumn): number {
    return this.numbers[index * NUMBERS + NUMBER[column]] ?? Number.NaN;
  }

  code(index: number, column: CodeColumn): number {
    return this.codes[index * CODES + CODE[column]] ?? 0;
  }

  has(id: string): boolean {
    const { owner, serial } = splitId(id);
    const code = this.indices.get(owner);
    if (code === undefined) return false;
    for (let index = 0; index < this.length; index += 1) {
      if (this.code(index, 'owner') === code && Object.is(this.number(index, 'serial'), serial)) return true;
    }
    return false;
  }

  /** The IDs of all rows; they stay valid after {@link LedgerTable.clear}. */
  ids(): RunIds {
    const [owners, serials] = [new Uint32Array(this.length), new Float64Array(this.length)];
    for (let index = 0; index < this.length; index += 1) {
      owners[index] = this.code(index, 'owner');
      serials[index] = this.number(index, 'serial');
    }
    return new RunIds(owners, serials, (owner) => this.indices.get(owner));
  }

  isEstimate(index: number): boolean {
    return this.code(index, 'cost') >= ESTIMATE;
  }

  add(row: LedgerRow): void {
    this.addDraft(this.toDraft(row));
  }

  addDraft({ numbers, codes }: RowDraft): void {
    if (this.length === this.capacity) this.grow();
    this.numbers.set(numbers, this.length * NUMBERS);
    this.codes.set(codes, this.length * CODES);
    if (codes[CODE.outcome] === LOST) this.lost.push(this.length);
    this.length += 1;
  }

  row(index: number): LedgerRow {
    if (index < 0 || index >= this.length) throw new RangeError(`Row ${index} is out of range`);
    const number = (column: NumberColumn) => this.number(index, column);
    const code = (column: CodeColumn) => this.code(index, column);
    const text = (column: NameColumn) => this.names[code(column)] ?? '';
    const counted = <Name extends NumberColumn>(column: Name) => field(column, number(column), Number.isNaN);
    const named = <Name extends NameColumn>(column: Name) => field(column, text(column), (name) => name === '');
    const serial = number('serial');
    const cost = decodeCost(code('cost'), number('usd'));
    return {
      v: LEDGER_VERSION,
      id: Number.isNaN(serial) ? text('owner') : `${text('owner')}-${serial.toString(36)}`,
      time: new Date(number('time')).toISOString(),
      provider: text('provider'),
      model: text('model'),
      ...named('reportedModel'),
      prompt: text('prompt'),
      destination: text('destination'),
      ...named('workspace'),
      outcome: LEDGER_OUTCOMES[code('outcome')] ?? 'ok',
      ...named('error'),
      attempts: number('attempts'),
      tokens: { ...counted('input'), ...counted('cached'), ...counted('output'), ...counted('reasoning') },
      ...withoutUndefined({ cost }),
      ...toEstimate(number('assumedTokens'), number('assumedUsd')),
      ...counted('firstTextMs'),
      totalMs: number('totalMs'),
    };
  }

  /** Start times of the first and last run in epoch milliseconds; infinite if the table is empty. */
  times(): { readonly from: number; readonly to: number } {
    let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < this.length; row += 1) {
      const time = this.number(row, 'time');
      [from, to] = [Math.min(from, time), Math.max(to, time)];
    }
    return { from, to };
  }

  /** Removes and returns the rows with outcome `lost`: such a run may have completed after all. */
  takeLost(): LedgerRow[] {
    const rows = this.lost.map((index) => this.row(index));
    this.remove(new Set(this.lost));
    return rows;
  }

  clear(): void {
    this.length = 0;
    this.skipped = 0;
    this.lost = [];
  }

  private remove(removed: ReadonlySet<number>): void {
    if (removed.size === 0) return;
    this.lost = [];
    let to = 0;
    for (let from = 0; from < this.length; from += 1) {
      if (removed.has(from)) continue;
      this.numbers.copyWithin(to * NUMBERS, from * NUMBERS, (from + 1) * NUMBERS);
      this.codes.copyWithin(to * CODES, from * CODES, (from + 1) * CODES);
      if (this.code(to, 'outcome') === LOST) this.lost.push(to);
      to += 1;
    }
    this.length = to;
  }

  private toDraft(row: LedgerRow): RowDraft {
    const { tokens, cost } = row;
    const { owner, serial } = splitId(row.id);
    const draft = new RowDraft();
    const number = (column: NumberColumn, value = Number.NaN): void => {
      draft.numbers[NUMBER[column]] = value;
    };
    const name = (column: NameColumn, value?: string): void => {
      draft.codes[CODE[column]] = value === undefined ? 0 : this.intern(value);
    };
    number('time', Date.parse(row.time));
    number('serial', serial);
    number('attempts', row.attempts);
    number('input', tokens.input);
    number('cached', tokens.cached);
    number('output', tokens.output);
    number('reasoning', tokens.reasoning);
    number('usd', cost?.usd);
    number('assumedTokens', row.assumed?.tokens);
    number('assumedUsd', row.assumed?.usd);
    number('firstTextMs', row.firstTextMs);
    number('totalMs', row.totalMs);
    name('owner', owner);
    name('provider', row.provider);
    name('model', row.model);
    name('reportedModel', row.reportedModel);
    name('prompt', row.prompt);
    name('destination', row.destination);
    name('workspace', row.workspace);
    name('error', row.error);
    draft.codes[CODE.outcome] = LEDGER_OUTCOMES.indexOf(row.outcome);
    draft.codes[CODE.cost] = cost === undefined ? 0 : encodeCost(cost.source, cost.isEstimate);
    return draft;
  }

  private grow(): void {
    this.capacity = Math.max(2 * this.capacity, 16);
    const [numbers, codes] = [this.numbers, this.codes];
    this.numbers = new Float64Array(this.capacity * NUMBERS);
    this.codes = new Uint32Array(this.capacity * CODES);
    this.numbers.set(numbers);
    this.codes.set(codes);
  }
}

export function encodeCost(source: CostSource, isEstimate: boolean): number {
  return COST_SOURCES.indexOf(source) + 1 + (isEstimate ? ESTIMATE : 0);
}

function decodeCost(code: number, usd: number): LedgerCost | undefined {
  const source = COST_SOURCES[(code % ESTIMATE) - 1];
  return source === undefined ? undefined : { usd, source, isEstimate: code >= ESTIMATE };
}

function toEstimate(tokens: number, usd: number): Pick<LedgerRow, 'assumed'> {
  const assumed = { ...field('tokens', tokens, Number.isNaN), ...field('usd', usd, Number.isNaN) };
  return Object.keys(assumed).length === 0 ? {} : { assumed };
}

function indexByName<Name extends string>(columns: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(columns.map((name, index) => [name, index])) as Record<Name, number>;
}

function field<Name extends string, Value>(name: Name, value: Value, isAbsent: (value: Value) => boolean) {
  return (isAbsent(value) ? {} : { [name]: value }) as { readonly [Field in Name]?: Value };
}
