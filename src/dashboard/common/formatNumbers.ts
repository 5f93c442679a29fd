import type { ReportTotals } from '../../usage/common/usageReport';

/** The words between numbers. `{0}` and so on stand for values. */
export interface NumberTexts {
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
const LEAST_SHOWN = 0.000001;

/**
 * Numbers as users read them. What is unknown is called so, and never 0; what is partly known says how many runs it leaves
 * out; what is computed from prices carries ≈.
 */
export class UsageNumbers {
  private readonly integers: Intl.NumberFormat;
  private readonly dollars = new Map<number, Intl.NumberFormat>();

  constructor(
    private readonly language: string,
    private readonly texts: NumberTexts,
  ) {
    this.integers = new Intl.NumberFormat(language);
  }

  count(value: number): string {
    return this.integers.format(value);
  }

  /** Input and output together. */
  tokens(sums: ReportTotals): string {
    const tokens = sums.input + sums.output;
    return this.partly(tokens === 0, this.count(tokens), sums.runsWithoutTokens);
  }

  cost(sums: ReportTotals): string {
    return this.partly(sums.usd === 0, this.money(sums.usd, sums.runsEstimated > 0), sums.runsWithoutPrice);
  }

  /** US dollars, finer where they are few: an answer costs less than a cent. */
  money(usd: number, isEstimate: boolean): string {
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
    return `${isEstimate ? '≈' : ''}${format.format(usd === 0 ? 0 : Math.max(usd, LEAST_SHOWN))}`;
  }

  duration(milliseconds: number | undefined): string {
    if (milliseconds === undefined) return this.texts.unknown;
    if (milliseconds < 1000) return fill(this.texts.milliseconds, this.count(Math.round(milliseconds)));
    const seconds = milliseconds / 1000;
    const digits = seconds < 100 ? 1 : 0;
    const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return fill(this.texts.seconds, seconds.toLocaleString(this.language, format));
  }

  private partly(isNothing: boolean, known: string, unknownRuns: number): string {
    if (unknownRuns === 0) return known;
    return isNothing ? this.texts.unknown : fill(this.texts.plusUnknown, known, this.count(unknownRuns));
  }
}

/** Puts values in the places of a translated text, which is read once: what a value says is never a place itself. */
export function fill(text: string, ...values: readonly string[]): string {
  return text.replace(/\{(\d)\}/g, (place, index) => values[Number(index)] ?? place);
}
