// What `npm run cost` is asked, read from the command line; and the prices of a Region.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parsePrices, type Prices } from '../src/cost/prices.ts';
import type { Question } from './cost-report.ts';
import { Problem } from './problem.ts';

/** What was asked wrong, or of a Region whose prices are not known here. */
export class CostError extends Problem {}

export const USAGE = `npm run cost -- [--photos 200] [--megabytes 20] [--months 25] [--region us-east-1]

What a library costs a month, to which so many photos of so many megabytes each are added every month.`;

const PRICES = join(import.meta.dirname, '../src/cost/prices');

export function parseQuestion(
  argv: readonly string[],
  defaultRegion: string,
): (Question & { region: string }) | 'help' {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        photos: { type: 'string', default: '200' },
        megabytes: { type: 'string', default: '20' },
        months: { type: 'string', default: '25' },
        region: { type: 'string', default: defaultRegion },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (cause) {
    throw new CostError(`${(cause as Error).message.split('. ')[0]}.\n\n${USAGE}`, { cause });
  }
  if (values.help) return 'help';
  return {
    photos: wholeOf('photos', values.photos, 1_000_000),
    bytes: amountOf('megabytes', values.megabytes, 100_000) * 1e6,
    months: wholeOf('months', values.months, 1200),
    region: values.region,
  };
}

function amountOf(name: string, value: string, most: number): number {
  const found = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (!(found > 0 && found <= most))
    throw new CostError(`--${name} must be a number above 0 and up to ${most}, not "${value}".`);
  return found;
}

function wholeOf(name: string, value: string, most: number): number {
  const found = amountOf(name, value, most);
  if (!Number.isInteger(found))
    throw new CostError(`--${name} must be a whole number from 1 to ${most}, not "${value}".`);
  return found;
}

export const knownRegions = (): string[] =>
  readdirSync(PRICES)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();

export function readPrices(region: string): Prices {
  if (!knownRegions().includes(region)) {
    const known = knownRegions().join(', ');
    throw new CostError(
      `There are no prices of "${region}" here, only of ${known}. Add src/cost/prices/${region}.json, or ask for one of these with --region.`,
    );
  }
  const file = join(PRICES, `${region}.json`);
  try {
    const prices = parsePrices(JSON.parse(readFileSync(file, 'utf8')));
    if (prices.region !== region) throw new Error(`"region" says ${prices.region}`);
    return prices;
  } catch (cause) {
    throw new CostError(`src/cost/prices/${region}.json: ${(cause as Error).message}.`, { cause });
  }
}
