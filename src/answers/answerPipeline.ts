import type { RunWarning } from '../core/runRecord';
import { ControlCharacterFilter } from '../sanitize/controlCharacterFilter';
import { findInvisible } from '../sanitize/invisibleCharacters';
import type { KnownSecretFilter } from '../sanitize/redactor';
import type { PlaceholderFilter } from '../sanitize/secretPlaceholders';

export interface AnswerFilters {
  /** Hides keys that a server repeats. It comes before the placeholders, or it would hide what those put back. */
  readonly secretFilter: KnownSecretFilter;
  /** Puts back what was replaced on the way out. */
  readonly placeholderFilter?: PlaceholderFilter;
}

/**
 * What every answer goes through before anything shows or writes it. `push` returns what a piece adds to the text that
 * can be shown, `end` what was held back.
 */
export class AnswerPipeline {
  private readonly controlFilter = new ControlCharacterFilter();
  private receivedLength = 0;
  private output = '';

  constructor(private readonly filters: AnswerFilters) {}

  /** Everything that came out so far. */
  get text(): string {
    return this.output;
  }

  push(chunk: string): string {
    this.receivedLength += chunk.length;
    return this.filterSecrets(this.controlFilter.push(chunk));
  }

  /** @param fullText The answer as it was received: what no piece brought is added. */
  end(fullText: string): string {
    const missing = fullText.slice(this.receivedLength);
    const last = this.push(missing) + this.filterSecrets(this.controlFilter.end());
    const { secretFilter, placeholderFilter } = this.filters;
    return last + this.filterPlaceholders(secretFilter.end()) + this.append(placeholderFilter?.end() ?? '');
  }

  /** What users should know of the text, once it is whole. */
  collectWarnings(): RunWarning[] {
    const invisibleCount = findInvisible(this.output).reduce((sum, { count }) => sum + count, 0);
    const counts = [
      ['text.control', this.controlFilter.removedCount],
      ['text.key', this.filters.secretFilter.redactedCount],
      ['text.hidden', invisibleCount],
    ] as const;
    return counts.filter(([, count]) => count > 0).map(([kind, count]) => ({ kind, subject: String(count) }));
  }

  private filterSecrets(text: string): string {
    return text === '' ? '' : this.filterPlaceholders(this.filters.secretFilter.push(text));
  }

  private filterPlaceholders(text: string): string {
    const { placeholderFilter } = this.filters;
    return this.append(text === '' || placeholderFilter === undefined ? text : placeholderFilter.push(text));
  }

  private append(text: string): string {
    this.output += text;
    return text;
  }
}
