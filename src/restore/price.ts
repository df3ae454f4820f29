// What it costs to have originals restored, in words. Pure.
import { restoreOf } from '../cost/bill.ts';
import type { Prices } from '../cost/prices.ts';
import type { RestoreTier } from '../cloud/requests.ts';
import { dollars } from '../ui/money.ts';
import { words } from '../ui/words/restore.ts';

/** Of originals of these sizes; empty where the prices are not known. */
export function priceOf(prices: Prices | undefined, sizes: readonly number[], tier: RestoreTier): string {
  if (!prices) return '';
  const kind = tier === 'Bulk' ? 'bulk' : 'standard';
  const usd = sizes.reduce((sum, bytes) => sum + restoreOf(prices, bytes, kind), 0);
  return usd < 0.01 ? words.cent : words.cost(dollars(usd));
}
