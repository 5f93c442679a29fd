import type { RunWarning } from '../core/runRecord';
import { ControlCharacterFilter } from '../sanitize/controlCharacterFilter';
import { findInvisible } from '../sanitize/invisibleCharacters';
import type { KnownSecretFilter } from '../sanitize/redactor';
import type { PlaceholderFilter } from '../sanitize/secretPlaceholders';
import { type AnswerFilter, chainFilters } from './fenceFilter';
import { ReasoningFilter } from './reasoningFilter';

export interface AnswerFilters {
  readonly secretFilter: KnownSecretFilter;
  readonly placeholderFilter?: PlaceholderFilter;
  /** Called with reasoning that is marked by tags. */
  readonly onReasoning?: (text: string) => void;
}

/** Cleans a streamed answer before it is shown or written: no reasoning, control characters or keys. */
export class AnswerPipeline {
  private readonly controlFilter = new ControlCharacterFilter();
  private readonly reasoningFilter: ReasoningFilter;
  private readonly secretFilter: KnownSecretFilter;
  private readonly filter: AnswerFilter;
  private receivedLength = 0;

  constructor({ secretFilter, placeholderFilter, onReasoning }: AnswerFilters) {
    this.secretFilter = secretFilter;
    this.reasoningFilter = new ReasoningFilter(onReasoning);
    // Before the placeholder filter, or the secrets that it restores would be hidden.
    const filters = [this.controlFilter, secretFilter, placeholderFilter, this.reasoningFilter];
    this.filter = chainFilters(filters.filter((filter) => filter !== undefined));
  }

  /** The answer. Text that was returned before it turned out to be reasoning is not a part of it. */
  get text(): string {
    return this.reasoningFilter.text;
  }

  get hasLeakedReasoning(): boolean {
    return this.reasoningFilter.hasLeaked;
  }

  get isInReasoning(): boolean {
    return this.reasoningFilter.isInside;
  }

  push(chunk: string): string {
    this.receivedLength += chunk.length;
    return this.filter.push(chunk);
  }

  /** @param fullText The complete answer. Text that no chunk delivered is added. */
  end(fullText: string): string {
    return this.push(fullText.slice(this.receivedLength)) + this.filter.end();
  }

  collectWarnings(): RunWarning[] {
    const invisibleCount = findInvisible(this.text).reduce((sum, { count }) => sum + count, 0);
    const counts = [
      ['text.control', this.controlFilter.removedCount],
      ['text.key', this.secretFilter.redactedCount],
      ['text.hidden', invisibleCount],
    ] as const;
    return counts.filter(([, count]) => count > 0).map(([kind, count]) => ({ kind, subject: String(count) }));
  }
}
