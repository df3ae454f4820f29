// The prices of the page's own Region, fetched when somebody looks at them: one small file of all there are.
import { parsePrices, type Prices } from './prices.ts';

const FILES = import.meta.glob<unknown>('./prices/*.json', { import: 'default' });

/** Undefined where nobody has written down that Region's prices. Fails where the file cannot be fetched. */
export async function pricesOf(region: string): Promise<Prices | undefined> {
  const load = FILES[`./prices/${region}.json`];
  return load ? parsePrices(await load()) : undefined;
}
