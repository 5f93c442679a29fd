export interface SplitRunId {
  readonly owner: string;
  readonly serial: number;
}

export function splitId(id: string): SplitRunId {
  const [, owner, digits] = /^(.+)-(0|[1-9a-z][0-9a-z]{0,8})$/s.exec(id) ?? [];
  if (owner === undefined || digits === undefined) return { owner: id, serial: Number.NaN };
  return { owner, serial: Number.parseInt(digits, 36) };
}

export function ownerOf(id: string): string {
  return splitId(id).owner;
}

/** A compact set of run IDs. */
export class RunIds {
  /** Mostly a single owner, since each window writes its own files. */
  readonly ownerCodes: ReadonlySet<number>;

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
