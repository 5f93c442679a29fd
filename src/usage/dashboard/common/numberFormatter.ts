import { formatUsd } from '../../../text/formatUsd';
import { formatTotals, type Localizer } from '../../common/formatTotals';
import type { UsageTotals } from '../../common/usageReport';

/** Unknown values are never shown as 0, partly known ones say how many runs they leave out. */
export class NumberFormatter {
  private readonly integers: Intl.NumberFormat;

  constructor(
    private readonly language: string,
    private readonly l10n: Localizer,
  ) {
    this.integers = new Intl.NumberFormat(language);
  }

  get unknown(): string {
    return this.l10n.t('unknown');
  }

  formatCount(value: number): string {
    return this.integers.format(value);
  }

  /** For values that a run can't have. */
  get none(): string {
    return '–';
  }

  formatTotals(totals: UsageTotals): string {
    return formatTotals(totals, this.l10n, this.language);
  }

  formatAll(totals: UsageTotals): [string, string, string] {
    return [this.formatCount(totals.runs), this.formatTokens(totals), this.formatCost(totals)];
  }

  formatTokens({ input, output, runsWithoutTokens }: UsageTotals): string {
    return this.formatPartial(input + output, this.formatCount(input + output), runsWithoutTokens);
  }

  formatCost({ usd, runsEstimated, runsWithoutPrice }: UsageTotals): string {
    return this.formatPartial(usd, this.formatMoney(usd, runsEstimated > 0), runsWithoutPrice);
  }

  formatMoney(usd: number, isEstimate: boolean): string {
    return formatUsd(usd, isEstimate, this.language);
  }

  formatDuration(milliseconds: number | undefined): string {
    if (milliseconds === undefined) return this.unknown;
    const format = (value: number) => value.toLocaleString(this.language, { maximumSignificantDigits: 3 });
    return milliseconds < 1000
      ? this.l10n.t('{0} ms', format(milliseconds))
      : this.l10n.t('{0} s', format(milliseconds / 1000));
  }

  private formatPartial(known: number, text: string, unknownRuns: number): string {
    if (unknownRuns === 0) return text;
    return known === 0 ? this.unknown : this.l10n.t('{0} + {1} unknown', text, this.formatCount(unknownRuns));
  }
}
