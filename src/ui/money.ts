// Amounts of US dollars, as AWS bills them: cents below ten dollars, whole dollars from a hundred on. By Intl.

export const dollars = (usd: number): string =>
  new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: Math.abs(usd) >= 100 ? 0 : 2,
    minimumFractionDigits: Math.abs(usd) >= 100 ? 0 : 2,
  }).format(usd);
