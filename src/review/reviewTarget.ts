import { type Disposable, EventEmitter, Position, Range, type TextDocument } from 'vscode';
import type { ErrorKind } from '../core/errors';
import { applyEdits, getWriteError } from '../editor/documentEdits';
import { DocumentRange } from '../editor/documentRange';
import { DisposableStore } from '../platform/disposableStore';
import { toLineFeeds } from '../text/indentation';
import { uniqueIndexOf } from '../text/uniqueIndexOf';
import type { ThreadAnchor } from '../threads/threadAnchor';
import type { TextReplacement } from './common/lineDiff';

const MAX_ATTEMPTS = 4;

export type CreateEdits = (text: string) => readonly TextReplacement[] | ErrorKind;

/** Located again, if it occurs exactly once, after the document was reopened or its whole text was replaced. */
export class ReviewTarget implements Disposable {
  private readonly changed = new EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly store = new DisposableStore();
  private documentRange: DocumentRange;
  private lastText: string;
  private subscription: Disposable;

  constructor(
    private readonly anchor: ThreadAnchor,
    { document, range }: { readonly document: TextDocument; readonly range: Range },
  ) {
    this.documentRange = new DocumentRange(document, range, { allowsInnerEdits: true });
    this.lastText = this.readText();
    this.subscription = this.listen();
    this.store.add(anchor.onDidMove((move) => this.onAnchorMoved(move)));
  }

  get document(): TextDocument {
    return this.documentRange.document;
  }

  get range(): Range {
    return this.documentRange.range;
  }

  get text(): string {
    return this.lastText;
  }

  /** Tries to locate the text again first. */
  get detachReason(): ErrorKind | undefined {
    if (this.documentRange.detachReason !== undefined) this.relocate();
    return this.documentRange.detachReason;
  }

  positionAt(offset: number): Position {
    const { line, character } = toPosition(this.lastText, offset);
    const { start } = this.range;
    return new Position(start.line + line, line === 0 ? start.character + character : character);
  }

  /** Applies the edits as one undo step, also without a visible editor. Resolves to undefined on success. */
  async write(createEdits: CreateEdits): Promise<ErrorKind | undefined> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      await this.documentRange.whenIdle();
      const refusal = this.detachReason ?? (await getWriteError(this.documentRange)) ?? this.detachReason;
      if (refusal !== undefined) return refusal;
      const edits = createEdits(this.text);
      if (typeof edits === 'string') return edits;
      if (edits.length === 0) return undefined;
      const { document } = this;
      const { version } = document;
      const rangeEdits = edits.map(({ start, end, text }) => ({
        range: new Range(this.positionAt(start), this.positionAt(end)),
        text,
      }));
      // In a read-only editor the edit reports success without changing anything.
      if (await applyEdits(document, rangeEdits)) return document.version === version ? 'doc.readonly' : undefined;
    }
    return this.detachReason ?? 'doc.applyfalse';
  }

  dispose(): void {
    this.store.dispose();
    this.subscription.dispose();
    this.documentRange.dispose();
    this.changed.dispose();
  }

  private listen(): Disposable {
    return this.documentRange.onDidChange(() => {
      if (this.documentRange.detachReason === undefined) this.lastText = this.readText();
      this.changed.fire();
    });
  }

  private readText(): string {
    return toLineFeeds(this.documentRange.document.getText(this.documentRange.range));
  }

  private onAnchorMoved({ isReanchored }: { readonly isReanchored: boolean }): void {
    const { anchor } = this;
    if (!isReanchored || !anchor.isLocated || this.documentRange.detachReason === undefined) return;
    this.track(anchor.document, anchor.range);
    this.changed.fire();
  }

  private relocate(): void {
    const { document } = this.anchor;
    if (document.isClosed || this.lastText === '') return;
    const documentText = toLineFeeds(document.getText());
    const offset = uniqueIndexOf(documentText, this.lastText);
    if (offset === undefined) return;
    this.track(
      document,
      new Range(toPosition(documentText, offset), toPosition(documentText, offset + this.lastText.length)),
    );
  }

  private track(document: TextDocument, range: Range): void {
    this.subscription.dispose();
    this.documentRange.dispose();
    this.documentRange = new DocumentRange(document, range, { allowsInnerEdits: true });
    this.lastText = this.readText();
    this.subscription = this.listen();
  }
}

function toPosition(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return new Position(before.split('\n').length - 1, offset - (before.lastIndexOf('\n') + 1));
}
