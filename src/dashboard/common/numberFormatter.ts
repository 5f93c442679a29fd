import type { ReportTotals } from '../../usage/common/usageReport';

export interface NumberStrings {
  readonly unknown: string;
  /** For runs that never reached a model. */
  readonly none: string;
  readonly plusUnknown: string;
  readonly seconds: string;
  readonly milliseconds: string;
}

/** Smaller amounts are shown as this rather than as 0. */
const MIN_SHOWN_USD = 0.000001;

/**
 * Formats numbers for users: unknown values are never shown as 0, partly known ones say how many runs they leave out,
 * and computed costs are marked with ≈.
 */
export class NumberFormatter {
  private readonly integers: Intl.NumberFormat;
  private readonly dollars = new Map<number, Intl.NumberFormat>();

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

  /** Uses more decimals for small amounts: an answer usually costs less than a cent. */
  formatMoney(usd: number, isEstimate: boolean): string {
    const digits = usd === 0 || usd >= 1 ? 2 : usd >= 0.01 ? 4 : 6;
    let format = this.dollars.get(digits);
    if (format === undefined) {
      const style = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;
      format = new Intl.NumberFormat(this.language, {
        ...style,
        minimumFractionDigits: 2,
        maximumFractionDigits: digits,
      });
      this.dollars.set(digits, format);
    }
    return `${isEstimate ? '≈' : ''}${format.format(usd === 0 ? 0 : Math.max(usd, MIN_SHOWN_USD))}`;
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
