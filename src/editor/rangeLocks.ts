import { type Disposable, Range, type TextDocument } from 'vscode';
import { QuilletError } from '../core/errors';
import { DocumentRange } from './documentRange';

/**
 * The places that answers are being written to. Two answers in one place would be written through each other, so the
 * second is refused; any number goes on elsewhere, in the same document too.
 */
export class RangeLocks {
  private readonly locks = new Set<DocumentRange>();

  /**
   * Claims ranges for one command until the claim is disposed of. They grow with what is written at their ends.
   * @throws QuilletError `doc.busy` where another command has a part of them, or the place right beside.
   */
  acquire(document: TextDocument, ranges: readonly Range[]): Disposable {
    const isLocked = (range: Range): boolean =>
      [...this.locks].some((lock) => lock.document === document && lock.range.intersection(range) !== undefined);
    if (ranges.some(isLocked)) throw new QuilletError('doc.busy');
    const acquired = ranges.map((range) => new DocumentRange(document, range, { isSticky: true }));
    for (const lock of acquired) this.locks.add(lock);
    return {
      dispose: () => {
        for (const lock of acquired) {
          this.locks.delete(lock);
          lock.dispose();
        }
      },
    };
  }
}

/** A range with the whole of its lines, for answers that are written before or after them. */
export function expandToFullLines(document: TextDocument, range: Range): Range {
  return new Range(range.start.with({ character: 0 }), document.lineAt(range.end.line).range.end);
}
