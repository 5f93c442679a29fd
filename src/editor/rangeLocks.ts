import { type Disposable, Range, type TextDocument } from 'vscode';
import { QuilletError } from '../core/errors';
import { DocumentRange } from './documentRange';
import { lastLine } from './lastLine';

/** Locks ranges that are being written to, so that two answers can't be interleaved. */
export class RangeLocks {
  private readonly locks = new Set<DocumentRange>();

  /** Locks ranges, which grow with text inserted at their ends, until the result is disposed. */
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

export function expandToFullLines(document: TextDocument, range: Range): Range {
  return new Range(range.start.with({ character: 0 }), document.lineAt(lastLine(range)).range.end);
}
