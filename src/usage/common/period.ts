export const USAGE_PERIODS = ['7d', '30d', '90d', '12m', 'all'] as const;

export type UsagePeriod = (typeof USAGE_PERIODS)[number];

export const DEFAULT_PERIOD: UsagePeriod = '30d';

export function daysOf(period: UsagePeriod): number | undefined {
  return period === '7d' ? 7 : period === '30d' ? 30 : period === '90d' ? 90 : undefined;
}

export function startOfPeriod(period: UsagePeriod, now: Date): number {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  if (period === 'all') return 0;
  return (
    period === '12m' ? new Date(year, month - 11, 1) : new Date(year, month, day - (daysOf(period) ?? 1) + 1)
  ).getTime();
}
