import type { ReportTotals } from '../../usage/common/usageReport';

/** The words between numbers. `{0}` and so on stand for values. */
export interface NumberStrings {
  readonly unknown: string;
  /** For a run that was never worked on. */
  readonly none: string;
  /** "{0} + {1} unknown" */
  readonly plusUnknown: string;
  /** "{0} s" */
  readonly seconds: string;
  /** "{0} ms" */
  readonly milliseconds: string;
}

/** US dollars: what is less is shown as this, and not as nothing. */
const MIN_SHOWN_USD = 0.000001;

/**
 * Numbers as users read them. What is unknown is called so, and never 0; what is partly known says how many runs it leaves
 * out; what is computed from prices carries ≈.
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

  /** Input and output together. */
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

  /** US dollars, finer where they are few: an answer costs less than a cent. */
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

/** Puts values in the places of a translated text, which is read once: what a value says is never a place itself. */
export function interpolate(template: string, ...values: readonly string[]): string {
  return template.replace(/\{(\d)\}/g, (placeholder, index) => values[Number(index)] ?? placeholder);
}
