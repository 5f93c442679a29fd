import type { Localizer } from '../../common/formatTotals';
import type { UsagePeriod } from '../../common/period';
import type { UsageContent } from '../../common/usageReader';
import type { UsageReport } from '../../common/usageReport';
import type { NumberFormatter } from './numberFormatter';

export interface DashboardContext {
  readonly period: UsagePeriod;
  readonly report: UsageReport;
  readonly content: UsageContent;
  readonly page: number;
  readonly l10n: Localizer;
  readonly language: string;
  readonly formatter: NumberFormatter;
  readonly now: Date;
}
