import type { Reasoning } from '../core/run';
import { ControlCharacterFilter } from '../sanitize/controlCharacterFilter';
import type { KnownSecretFilter } from '../sanitize/redactor';
import type { SecretPlaceholders } from '../sanitize/secretPlaceholders';
import { type AnswerFilter, chainFilters } from './fenceFilter';

export const MAX_REASONING_LENGTH = 200_000;

const MAX_TAIL_LENGTH = 2_000;
const MAX_LINE_LENGTH = 160;

export interface ReasoningOptions {
  readonly secretFilter: KnownSecretFilter;
  readonly secretPlaceholders?: SecretPlaceholders;
  readonly now?: () => number;
}

/** Collects what a model reports while it thinks. The text is shown, and neither sent nor written. */
export class ReasoningRecorder implements Reasoning {
  /** Whether the server has reported reasoning, even if it keeps the text to itself. */
  isReported = false;
  private kept = '';
  private tail = '';
  private startMs: number | undefined;
  private endMs: number | undefined;
  private readonly filter: AnswerFilter;
  private readonly now: () => number;

  constructor(private readonly options: ReasoningOptions) {
    this.filter = chainFilters([new ControlCharacterFilter(), options.secretFilter]);
    this.now = options.now ?? (() => performance.now());
  }

  get text(): string {
    const text = this.kept.length < MAX_REASONING_LENGTH ? this.kept : `${this.kept}\n\n…`;
    return this.withoutSecretsInUrls(text.trim());
  }

  get lastLine(): string {
    const lines = this.tail.split(/[\r\n]+/).map((line) => line.replace(/^[\s#>*-]+|\*\*|\s+$/g, ''));
    const line = this.withoutSecretsInUrls(lines.findLast((candidate) => candidate !== '') ?? '');
    if (line.length <= MAX_LINE_LENGTH) return line;
    // The end is the news. Half a surrogate pair would be shown as a replacement character.
    return `…${line.slice(-MAX_LINE_LENGTH).replace(/^[\u{dc00}-\u{dfff}]/u, '')}`;
  }

  get elapsedMs(): number {
    return this.startMs === undefined ? 0 : (this.endMs ?? this.now()) - this.startMs;
  }

  /** Text that turns out to be reasoning after it was shown as an answer counts from its beginning. */
  start(): void {
    if (this.startMs !== undefined) return;
    this.startMs = this.endMs ?? this.now();
    this.endMs = undefined;
  }

  /** @param chunk as received. */
  push(chunk: string): void {
    this.append(this.filter.push(chunk));
  }

  /** @param text cleaned already. */
  append(text: string): void {
    this.start();
    this.isReported = true;
    this.kept += text.slice(0, Math.max(0, MAX_REASONING_LENGTH - this.kept.length));
    this.tail = (this.tail + text.slice(-MAX_TAIL_LENGTH)).slice(-MAX_TAIL_LENGTH);
  }

  /** The answer has begun. */
  end(): void {
    this.endMs ??= this.now();
  }

  finish(): void {
    const rest = this.filter.end();
    if (rest !== '') this.append(rest);
    this.end();
  }

  private withoutSecretsInUrls(text: string): string {
    return this.options.secretPlaceholders?.replaceSecretsInUrls(text) ?? text;
  }
}
