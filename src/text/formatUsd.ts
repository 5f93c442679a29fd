// Smaller amounts are rounded up to this: they must not look like zero.
export const MIN_SHOWN_USD = 0.000001;

export function formatUsd(usd: number, isEstimate: boolean): string {
  const maximumFractionDigits = usd >= 1 ? 2 : usd >= 0.01 ? 4 : 6;
  const format = { style: 'currency', currency: 'USD', minimumFractionDigits: 2, maximumFractionDigits } as const;
  const text = Math.max(usd, usd > 0 ? MIN_SHOWN_USD : 0).toLocaleString([], format);
  return isEstimate ? `≈${text}` : text;
}
