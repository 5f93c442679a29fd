import type { RunWarning } from '../core/runRecord';
import { ControlCharacterFilter } from '../sanitize/controlCharacterFilter';
import { findInvisible } from '../sanitize/invisibleCharacters';
import type { KnownSecretFilter } from '../sanitize/redactor';
import type { PlaceholderFilter } from '../sanitize/secretPlaceholders';

export interface AnswerFilters {
  /** Hides keys that a server repeats. It comes before the placeholders, or it would hide what those put back. */
  readonly keys: KnownSecretFilter;
  /** Puts back what was replaced on the way out. */
  readonly placeholders?: PlaceholderFilter;
}

/**
 * What every answer goes through before anything shows or writes it. `push` returns what a piece adds to the text that
 * can be shown, `end` what was held back.
 */
export class AnswerPipe {
  private readonly controls = new ControlCharacterFilter();
  private received = 0;
  private out = '';

  constructor(private readonly filters: AnswerFilters) {}

  /** Everything that came out so far. */
  get text(): string {
    return this.out;
  }

  push(piece: string): string {
    this.received += piece.length;
    return this.passKeys(this.controls.push(piece));
  }

  /** @param whole The answer as it was received: what no piece brought is added. */
  end(whole: string): string {
    const missing = whole.slice(this.received);
    const last = this.push(missing) + this.passKeys(this.controls.end());
    const { keys, placeholders } = this.filters;
    return last + this.passPlaceholders(keys.end()) + this.keep(placeholders?.end() ?? '');
  }

  /** What users should know of the text, once it is whole. */
  warnings(): RunWarning[] {
    const hidden = findInvisible(this.out).reduce((sum, { count }) => sum + count, 0);
    const counts = [
      ['text.control', this.controls.removedCount],
      ['text.key', this.filters.keys.redactedCount],
      ['text.hidden', hidden],
    ] as const;
    return counts.filter(([, count]) => count > 0).map(([kind, count]) => ({ kind, subject: String(count) }));
  }

  private passKeys(text: string): string {
    return text === '' ? '' : this.passPlaceholders(this.filters.keys.push(text));
  }

  private passPlaceholders(text: string): string {
    const { placeholders } = this.filters;
    return this.keep(text === '' || placeholders === undefined ? text : placeholders.push(text));
  }

  private keep(text: string): string {
    this.out += text;
    return text;
  }
}
