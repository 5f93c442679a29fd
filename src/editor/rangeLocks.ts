import { type Disposable, Range, type TextDocument } from 'vscode';
import { QuilletError } from '../core/errors';
import { TrackedTarget } from './documentRange';

/**
 * The places that answers are being written to. Two answers in one place would be written through each other, so the
 * second is refused; any number goes on elsewhere, in the same document too.
 */
export class WriteClaims {
  private readonly claims = new Set<TrackedTarget>();

  /**
   * Claims ranges for one command until the claim is disposed of. They grow with what is written at their ends.
   * @throws QuilletError `doc.busy` where another command has a part of them, or the place right beside.
   */
  take(document: TextDocument, ranges: readonly Range[]): Disposable {
    const isTaken = (range: Range): boolean =>
      [...this.claims].some((claim) => claim.document === document && claim.range.intersection(range) !== undefined);
    if (ranges.some(isTaken)) throw new QuilletError('doc.busy');
    const taken = ranges.map((range) => new TrackedTarget(document, range, { isSticky: true }));
    for (const claim of taken) this.claims.add(claim);
    return {
      dispose: () => {
        for (const claim of taken) {
          this.claims.delete(claim);
          claim.dispose();
        }
      },
    };
  }
}

/** A range with the whole of its lines, for answers that are written before or after them. */
export function wholeLines(document: TextDocument, range: Range): Range {
  return new Range(range.start.with({ character: 0 }), document.lineAt(range.end.line).range.end);
}
