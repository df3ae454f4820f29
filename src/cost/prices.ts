// What AWS asks for one of each, without any free tier, and how a file of prices is read. Pure.
import { fields, list, number, text, type Fields } from '../schema/parse.ts';

/** In US dollars, each for one: one request, one gigabyte (2^30 bytes, as AWS counts) for a month, one unit of a table. */
export interface Prices {
  region: string;
  /** When somebody last went through them. */
  date: string;
  sources: readonly Source[];
  /** Prices, by their path in the file, for which only a second hand could be found. */
  unconfirmed: readonly string[];
  s3: {
    gigabyteMonth: Record<
      'standard' | 'frequent' | 'infrequent' | 'archiveInstant' | 'glacierInstant' | 'deepArchive',
      number
    >;
    monitoringPerObject: number;
    put: number;
    get: number;
    glacierInstantGet: number;
    glacierInstantRetrievalPerGigabyte: number;
    transitionToGlacierInstant: number;
    transitionToDeepArchive: number;
    /** Out of the deep archive, within 12 hours or within 48. */
    restore: Record<'standardPerGigabyte' | 'standardRequest' | 'bulkPerGigabyte' | 'bulkRequest', number>;
    transferOutPerGigabyte: number;
  };
  lambda: { gigabyteSecond: number; request: number };
  dynamodb: { write: number; read: number; gigabyteMonth: number; recoveryGigabyteMonth: number };
  cloudfront: { request: number; functionCall: number; transferOutPerGigabyte: number };
  cloudwatch: { logsPerGigabyte: number; logsGigabyteMonth: number };
  /** What is there whether it is used or not, for a month; of a person, that they signed in. */
  standing: Record<Standing, number>;
}

export type Standing =
  'alarm' | 'dashboard' | 'metric' | 'secret' | 'key' | 'firewall' | 'firewallRule' | 'person';

export interface Source {
  prices: string;
  from: string;
  /** When it was looked at. */
  read: string;
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** Throws an Error that names what is wrong in the file. */
export function parsePrices(json: unknown): Prices {
  const from = group(json, 'the file');
  const s3 = group(from['s3'], 's3');
  const prices: Prices = {
    region: word(from, 'region'),
    date: word(from, 'date', DATE),
    sources: list(from['sources'], sourceOf) ?? [],
    unconfirmed: list(from['unconfirmed'], (path) => text(path)) ?? [],
    s3: {
      gigabyteMonth: amounts(s3, 's3', 'gigabyteMonth', [
        'standard',
        'frequent',
        'infrequent',
        'archiveInstant',
        'glacierInstant',
        'deepArchive',
      ]),
      restore: amounts(s3, 's3', 'restore', [
        'standardPerGigabyte',
        'standardRequest',
        'bulkPerGigabyte',
        'bulkRequest',
      ]),
      ...amounts(from, '', 's3', [
        'monitoringPerObject',
        'put',
        'get',
        'glacierInstantGet',
        'glacierInstantRetrievalPerGigabyte',
        'transitionToGlacierInstant',
        'transitionToDeepArchive',
        'transferOutPerGigabyte',
      ]),
    },
    lambda: amounts(from, '', 'lambda', ['gigabyteSecond', 'request']),
    dynamodb: amounts(from, '', 'dynamodb', ['write', 'read', 'gigabyteMonth', 'recoveryGigabyteMonth']),
    cloudfront: amounts(from, '', 'cloudfront', ['request', 'functionCall', 'transferOutPerGigabyte']),
    cloudwatch: amounts(from, '', 'cloudwatch', ['logsPerGigabyte', 'logsGigabyteMonth']),
    standing: amounts(from, '', 'standing', [
      'alarm',
      'dashboard',
      'metric',
      'secret',
      'key',
      'firewall',
      'firewallRule',
      'person',
    ]),
  };
  if (text(from['currency']) !== 'USD') throw new Error('"currency" must be "USD"');
  for (const name of ['s3', 'lambda', 'dynamodb', 'cloudfront', 'cloudwatch', 'standing']) {
    if (!prices.sources.some((source) => source.prices === name))
      throw new Error(`"sources" does not say where the prices of ${name} are from`);
  }
  return prices;
}

function sourceOf(value: unknown): Source {
  const from = group(value, 'sources');
  return { prices: word(from, 'prices'), from: word(from, 'from'), read: word(from, 'read', DATE) };
}

function group(value: unknown, name: string): Fields {
  const found = fields(value);
  if (!found) throw new Error(`"${name}" must be an object`);
  return found;
}

function word(from: Fields, name: string, pattern = /./): string {
  const found = text(from[name]);
  if (found === undefined || !pattern.test(found)) throw new Error(`"${name}" is missing or malformed`);
  return found;
}

function amounts<Name extends string>(
  parent: Fields,
  above: string,
  name: string,
  names: readonly Name[],
): Record<Name, number> {
  const path = above === '' ? name : `${above}.${name}`;
  const from = group(parent[name], path);
  return Object.fromEntries(
    names.map((each) => {
      const amount = number(from[each], Number.MIN_VALUE);
      if (amount === undefined) throw new Error(`"${path}.${each}" must be a price above zero`);
      return [each, amount];
    }),
  ) as Record<Name, number>;
}
