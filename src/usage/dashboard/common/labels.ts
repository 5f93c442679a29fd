import type { Localizer } from '../../common/formatTotals';
import type { UsagePeriod } from '../../common/period';

export type Measure = 'cost' | 'tokens' | 'runs';

export interface Choice<Value> {
  readonly value: Value;
  readonly label: string;
}

export type DashboardLabels = ReturnType<typeof createLabels>;

export function createLabels(l10n: Localizer) {
  const periods: Choice<UsagePeriod>[] = [
    { value: '7d', label: l10n.t('Last 7 days') },
    { value: '30d', label: l10n.t('Last 30 days') },
    { value: '90d', label: l10n.t('Last 90 days') },
    { value: '12m', label: l10n.t('Last 12 months') },
    { value: 'all', label: l10n.t('All time') },
  ];
  const measures: Choice<Measure>[] = [
    { value: 'cost', label: l10n.t('cost') },
    { value: 'tokens', label: l10n.t('tokens') },
    { value: 'runs', label: l10n.t('requests') },
  ];
  return {
    title: l10n.t('Usage'),
    period: l10n.t('Period'),
    periods,
    measure: l10n.t('Charts show'),
    measures,
    exportCsv: l10n.t('Export CSV…'),
    exportJson: l10n.t('Export JSON…'),
    deleteAll: l10n.t('Delete All…'),
    asTable: l10n.t('Show as table'),
    pages: [l10n.t('Newest'), l10n.t('Newer'), l10n.t('Older'), l10n.t('Oldest')],
  };
}
