import type { RunWarning } from '../core/runRecord';
import { ControlCharacterFilter } from '../sanitize/controlCharacterFilter';
import { findInvisible } from '../sanitize/invisibleCharacters';
import type { KnownSecretFilter } from '../sanitize/redactor';
import type { PlaceholderFilter } from '../sanitize/secretPlaceholders';
import { ReasoningFilter } from './reasoningFilter';

export interface AnswerFilters {
  /** Runs before the placeholder filter, or it would hide the secrets that filter restores. */
  readonly secretFilter: KnownSecretFilter;
  readonly placeholderFilter?: PlaceholderFilter;
}

/**
 * Cleans a streamed answer before it is shown or written: no reasoning, control characters or keys. `push` returns the
 * text that is ready, `end` the rest.
 */
export class AnswerPipeline {
  private readonly controlFilter = new ControlCharacterFilter();
  private readonly reasoningFilter = new ReasoningFilter();
  private receivedLength = 0;

  constructor(private readonly filters: AnswerFilters) {}

  /** The answer. Text that was returned before it turned out to be reasoning is not a part of it. */
  get text(): string {
    return this.reasoningFilter.text;
  }

  get hasLeakedReasoning(): boolean {
    return this.reasoningFilter.hasLeaked;
  }

  push(chunk: string): string {
    this.receivedLength += chunk.length;
    return this.filterSecrets(this.controlFilter.push(chunk));
  }

  /** @param fullText The complete answer. Text that no chunk delivered is added. */
  end(fullText: string): string {
    const missing = fullText.slice(this.receivedLength);
    const last = this.push(missing) + this.filterSecrets(this.controlFilter.end());
    const { secretFilter, placeholderFilter } = this.filters;
    const rest = this.filterPlaceholders(secretFilter.end()) + this.filterReasoning(placeholderFilter?.end() ?? '');
    return last + rest + this.reasoningFilter.end();
  }

  collectWarnings(): RunWarning[] {
    const invisibleCount = findInvisible(this.text).reduce((sum, { count }) => sum + count, 0);
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
    return this.filterReasoning(text === '' || placeholderFilter === undefined ? text : placeholderFilter.push(text));
  }

  private filterReasoning(text: string): string {
    return text === '' ? '' : this.reasoningFilter.push(text);
  }
}
