import { formatUsd } from '../../text/formatUsd';
import type { ReportTotals } from '../../usage/common/usageReport';

export interface NumberStrings {
  readonly unknown: string;
  /** For runs that never reached a model. */
  readonly none: string;
  readonly plusUnknown: string;
  readonly seconds: string;
  readonly milliseconds: string;
}

/**
 * Formats numbers for users: unknown values are never shown as 0, partly known ones say how many runs they leave out,
 * and computed costs are marked with ≈.
 */
export class NumberFormatter {
  private readonly integers: Intl.NumberFormat;

  constructor(
    private readonly language: string,
    private readonly strings: NumberStrings,
  ) {
    this.integers = new Intl.NumberFormat(language);
  }

  formatCount(value: number): string {
    return this.integers.format(value);
  }

  formatTokens(totals: ReportTotals): string {
    const tokens = totals.input + totals.output;
    return this.formatPartial(tokens === 0, this.formatCount(tokens), totals.runsWithoutTokens);
  }

  formatCost(totals: ReportTotals): string {
    return this.formatPartial(
      totals.usd === 0,
      this.formatMoney(totals.usd, totals.runsEstimated > 0),
      totals.runsWithoutPrice,
    );
  }

  formatMoney(usd: number, isEstimate: boolean): string {
    return formatUsd(usd, isEstimate, this.language);
  }

  formatDuration(milliseconds: number | undefined): string {
    if (milliseconds === undefined) return this.strings.unknown;
    if (milliseconds < 1000) return interpolate(this.strings.milliseconds, this.formatCount(Math.round(milliseconds)));
    const seconds = milliseconds / 1000;
    const digits = seconds < 100 ? 1 : 0;
    const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return interpolate(this.strings.seconds, seconds.toLocaleString(this.language, format));
  }

  private formatPartial(isNothing: boolean, known: string, unknownRuns: number): string {
    if (unknownRuns === 0) return known;
    return isNothing
      ? this.strings.unknown
      : interpolate(this.strings.plusUnknown, known, this.formatCount(unknownRuns));
  }
}

/** Replaces `{0}` etc. in a single pass, so placeholders inside values are left alone. */
export function interpolate(template: string, ...values: readonly string[]): string {
  return template.replace(/\{(\d)\}/g, (placeholder, index) => values[Number(index)] ?? placeholder);
}
