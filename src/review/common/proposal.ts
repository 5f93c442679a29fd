import { applyChanges, diffLines, type LineChange, rebase } from './lineDiff';

export interface RebasedProposal {
  readonly text: string;
  /** False if the user edited lines that the proposal changes. */
  readonly isApplicable: boolean;
  readonly changes: readonly LineChange[];
}

interface Version {
  readonly base: string;
  readonly proposed: string;
}

/** Remembers each version of the text, so that undo restores exactly the changes that were left then. */
export class Proposal {
  private versions: readonly Version[];
  private version: Version;
  private remainingAnswer: string;

  constructor(
    readonly base: string,
    proposed: string,
  ) {
    this.version = { base, proposed };
    this.versions = [this.version];
    this.remainingAnswer = proposed;
  }

  get answer(): string {
    return this.remainingAnswer;
  }

  rebaseOnto(current: string): RebasedProposal {
    this.version = this.versions.findLast(({ base }) => base === current) ?? this.version;
    const { base, proposed } = this.version;
    const text = rebase(base, current, proposed);
    if (text === undefined) return { text: proposed, isApplicable: false, changes: [] };
    return { text, isApplicable: true, changes: diffLines(current, text) };
  }

  /** Returns the text with the change applied. Call this before writing it, so that an undo is recognized. */
  accept(current: string, change: LineChange): string {
    const accepted = applyChanges(current, [change]);
    const { text } = this.rebaseOnto(current);
    this.saveVersion({ base: current, proposed: text });
    this.saveVersion({ base: accepted, proposed: text });
    return accepted;
  }

  reject(current: string, change: LineChange): void {
    const { text, changes } = this.rebaseOnto(current);
    const keptChanges = changes.filter(({ start }) => start !== change.start);
    const without = applyChanges(current, keptChanges);
    this.versions = this.versions.flatMap(({ base, proposed }) => {
      const reduced = rebase(text, proposed, without);
      return reduced === undefined ? [] : [{ base, proposed: reduced }];
    });
    this.remainingAnswer = rebase(text, this.remainingAnswer, without) ?? this.remainingAnswer;
    this.saveVersion({ base: current, proposed: without });
    this.version = { base: current, proposed: without };
  }

  private saveVersion(version: Version): void {
    this.versions = [...this.versions.filter(({ base }) => base !== version.base), version];
  }
}
