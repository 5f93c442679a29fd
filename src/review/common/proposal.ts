import { applyChanges, diffLines, type LineChange, rebase } from './lineDiff';

/** What a proposal comes to in the text that stands there now. */
export interface RebasedProposal {
  /** The text as it would be with every change. Where the changes do not fit any more, the answer as it was given. */
  readonly text: string;
  /** False when what was edited meanwhile and what is proposed are the same lines. */
  readonly isApplicable: boolean;
  /** What is left to decide on; nothing where the proposal does not fit. */
  readonly changes: readonly LineChange[];
}

interface Version {
  readonly base: string;
  readonly proposed: string;
}

/**
 * An answer that may stand in for a text, while that text goes on changing and parts of the answer are decided on.
 * It remembers each text it was decided for, so that an undo brings back exactly what there was to decide. All texts
 * have single line feeds.
 */
export class Proposal {
  private versions: readonly Version[];
  private version: Version;
  private remainingAnswer: string;

  constructor(
    /** The text that was asked about. */
    readonly base: string,
    proposed: string,
  ) {
    this.version = { base, proposed };
    this.versions = [this.version];
    this.remainingAnswer = proposed;
  }

  /** The answer to the text that was asked about, without the changes that were rejected. */
  get answer(): string {
    return this.remainingAnswer;
  }

  /** What is proposed for this text. */
  rebaseOnto(current: string): RebasedProposal {
    this.version = this.versions.findLast(({ base }) => base === current) ?? this.version;
    const { base, proposed } = this.version;
    const text = rebase(base, current, proposed);
    if (text === undefined) return { text: proposed, isApplicable: false, changes: [] };
    return { text, isApplicable: true, changes: diffLines(current, text) };
  }

  /** The text once this change is made. Call it before the text is written: an undo of that is recognised then. */
  accept(current: string, change: LineChange): string {
    const accepted = applyChanges(current, [change]);
    const { text } = this.rebaseOnto(current);
    this.saveVersion({ base: current, proposed: text });
    this.saveVersion({ base: accepted, proposed: text });
    return accepted;
  }

  /** Takes a change out of the proposal, also out of what it was for earlier texts. */
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
