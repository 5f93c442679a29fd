// Smaller amounts are rounded up to this: they must not look like zero.
export const MIN_SHOWN_USD = 0.000001;

const formats = new Map<string, Intl.NumberFormat>();

/** Uses more decimals for small amounts: an answer usually costs less than a cent. */
export function formatUsd(usd: number, isEstimate: boolean, language?: string): string {
  const digits = usd === 0 || usd >= 1 ? 2 : usd >= 0.01 ? 4 : 6;
  const key = `${language} ${digits}`;
  const format =
    formats.get(key) ??
    new Intl.NumberFormat(language, {
      style: 'currency',
      currency: 'USD',
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: 2,
      maximumFractionDigits: digits,
    });
  formats.set(key, format);
  return `${isEstimate ? '≈' : ''}${format.format(usd === 0 ? 0 : Math.max(usd, MIN_SHOWN_USD))}`;
}
