import { type Disposable, EventEmitter, Position, Range, type TextDocument } from 'vscode';
import { type ErrorKind, toQuilletError } from '../core/errors';
import { applyEdits } from '../editor/documentEdits';
import { TrackedTarget } from '../editor/documentRange';
import { requireWritable } from '../editor/editorContext';
import { DisposableStore } from '../platform/disposableStore';
import { toLineFeeds } from '../text/indentation';
import { uniqueIndexOf } from '../text/uniqueIndexOf';
import type { ThreadAnchor } from '../threads/threadAnchor';
import type { TextReplacement } from './common/lineDiff';

/** How often an edit that the editor refused is tried again: a refusal means the document changed meanwhile. */
const MOST_TRIES = 4;

/** What to write, for the text that stands there now; or why nothing may be written. */
export type MakeEdits = (text: string) => readonly TextReplacement[] | ErrorKind;

/**
 * The text that a proposal is for. It follows edits inside of it, and is found again in a document that was closed and
 * opened, or whose whole text was exchanged, when it stands there once. Its text has single line feeds.
 */
export class ReviewTarget implements Disposable {
  private readonly changed = new EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly store = new DisposableStore();
  private target: TrackedTarget;
  private lastText: string;
  private subscription: Disposable;

  constructor(
    private readonly place: ThreadAnchor,
    { document, range }: { readonly document: TextDocument; readonly range: Range },
  ) {
    this.target = new TrackedTarget(document, range, { followsInside: true });
    this.lastText = this.readText();
    this.subscription = this.listen();
    // What was closed is open again, perhaps under another name.
    this.store.add(place.onDidMove((move) => this.followPlace(move)));
  }

  get document(): TextDocument {
    return this.target.document;
  }

  get range(): Range {
    return this.target.range;
  }

  /** The text as it is, or as it was when it was last seen. */
  get text(): string {
    return this.lastText;
  }

  /** Why it is gone, after a look for where it may have gone. */
  get lost(): ErrorKind | undefined {
    if (this.target.lost !== undefined) this.findAgain();
    return this.target.lost;
  }

  /** The place of a character of {@link text}. */
  positionAt(offset: number): Position {
    const before = this.lastText.slice(0, offset);
    const line = before.split('\n').length - 1;
    const { start } = this.range;
    const character = offset - (before.lastIndexOf('\n') + 1);
    return new Position(start.line + line, line === 0 ? start.character + character : character);
  }

  /**
   * Makes the edits in one undo step, in whatever editor shows the document, or in the background where none does.
   * Resolves to what went wrong, or undefined.
   */
  async write(make: MakeEdits): Promise<ErrorKind | undefined> {
    for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
      await this.target.settled();
      const refusal = this.lost ?? (await refusalOf(this.document)) ?? this.lost;
      if (refusal !== undefined) return refusal;
      const edits = make(this.text);
      if (typeof edits === 'string') return edits;
      if (edits.length === 0) return undefined;
      const { document } = this;
      const { version } = document;
      const placed = edits.map(({ start, end, text }) => ({
        range: new Range(this.positionAt(start), this.positionAt(end)),
        text,
      }));
      // A read-only editor says yes and changes nothing (vscode-facts 3).
      if (await applyEdits(document, placed)) return document.version === version ? 'doc.readonly' : undefined;
    }
    return this.lost ?? 'doc.applyfalse';
  }

  dispose(): void {
    this.store.dispose();
    this.subscription.dispose();
    this.target.dispose();
    this.changed.dispose();
  }

  private listen(): Disposable {
    return this.target.onDidHappen(() => {
      if (this.target.lost === undefined) this.lastText = this.readText();
      this.changed.fire();
    });
  }

  private readText(): string {
    return toLineFeeds(this.target.document.getText(this.target.range));
  }

  private followPlace({ isRelocated }: { readonly isRelocated: boolean }): void {
    const { place } = this;
    if (!isRelocated || !place.isLocated || this.target.lost === undefined) return;
    this.bind(place.document, place.range);
    this.changed.fire();
  }

  private findAgain(): void {
    const { document } = this.place;
    if (document.isClosed || this.lastText === '') return;
    const whole = toLineFeeds(document.getText());
    const offset = uniqueIndexOf(whole, this.lastText);
    if (offset === undefined) return;
    this.bind(document, new Range(placeIn(whole, offset), placeIn(whole, offset + this.lastText.length)));
  }

  private bind(document: TextDocument, range: Range): void {
    this.subscription.dispose();
    this.target.dispose();
    this.target = new TrackedTarget(document, range, { followsInside: true });
    this.lastText = this.readText();
    this.subscription = this.listen();
  }
}

/** Edits in the background change read-only documents too, so that is asked before. */
async function refusalOf(document: TextDocument): Promise<ErrorKind | undefined> {
  try {
    await requireWritable(document);
    return undefined;
  } catch (thrown) {
    return toQuilletError(thrown).kind;
  }
}

function placeIn(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return new Position(before.split('\n').length - 1, offset - (before.lastIndexOf('\n') + 1));
}
