/** The parts of a run's id: the window, and the number within it. */
export interface SplitRunId {
  readonly owner: string;
  /** Not a number where the id has another form and is all owner. */
  readonly serial: number;
}

export function splitId(id: string): SplitRunId {
  const [, owner, digits] = /^(.+)-(0|[1-9a-z][0-9a-z]{0,8})$/s.exec(id) ?? [];
  if (owner === undefined || digits === undefined) return { owner: id, serial: Number.NaN };
  return { owner, serial: Number.parseInt(digits, 36) };
}

/** The window whose run this is, as its rows have it in their column of owners. */
export function ownerOf(id: string): string {
  return splitId(id).owner;
}

/** Ids of runs, in a tenth of the room that their rows take. */
export class RunIds {
  /** Codes of the owners that there are: mostly one, since each window writes files of its own. */
  readonly ownerCodes: ReadonlySet<number>;

  /**
   * @param owners codes of the owners, one for each run.
   * @param serials their numbers.
   * @param codeOf the code of an owner, if it has one.
   */
  constructor(
    private readonly owners: Uint32Array,
    private readonly serials: Float64Array,
    private readonly codeOf: (owner: string) => number | undefined,
  ) {
    this.ownerCodes = new Set(owners);
  }

  has(id: string): boolean {
    const { owner, serial } = splitId(id);
    const code = this.codeOf(owner);
    if (code === undefined || !this.ownerCodes.has(code)) return false;
    return this.owners.some((owner, run) => owner === code && Object.is(this.serials[run], serial));
  }
}
