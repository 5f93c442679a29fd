import { Range } from 'vscode';
import { findVisibleEditor } from '../editor/editorView';
import type { ThreadView } from './threadView';

// VS Code draws an update of a thread after about 100 ms.
const REVEAL_DELAY_MS = 300;

/** Brings the end of a thread into view, without the focus, unless the user has scrolled since the question. */
export class ThreadScroll {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private topLine: number | undefined;

  constructor(private readonly view: ThreadView) {}

  rememberPosition(): void {
    this.topLine = this.getTopLine();
  }

  revealEnd(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reveal(), REVEAL_DELAY_MS);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private reveal(): void {
    const { document, shownRange, widget } = this.view;
    if (!widget.isExpanded || this.getTopLine() !== this.topLine) return;
    // A thread is shown above the line after its range.
    const line = Math.min(shownRange.end.line + 1, document.lineCount - 1);
    findVisibleEditor(document)?.revealRange(new Range(line, 0, line, 0));
  }

  private getTopLine(): number | undefined {
    return findVisibleEditor(this.view.document)?.visibleRanges[0]?.start.line;
  }
}
