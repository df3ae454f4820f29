// The cost of a library as a table to read, and the four figures by which it is judged. Pure.
import { billOf, LINES, OPERATIONS, sumOf, type Bill, type Library, type Line } from '../src/cost/bill.ts';
import type { Prices, Standing } from '../src/cost/prices.ts';
import { columns } from './columns.ts';
import { WAYS, type Way } from '../src/cost/ways.ts';
import { beyondGiven, GIVEN, type StandingCount } from './standing.ts';

const SAID: Readonly<Record<Way, string>> = {
  intelligent: 'Originals in Intelligent-Tiering',
  glacierInstant: 'Originals in Glacier Instant Retrieval from the second day on',
  deepArchive: 'Originals in Intelligent-Tiering, and in the deep archive after 180 days',
};

const STANDING: Readonly<Record<Standing, string>> = {
  alarm: 'alarms',
  dashboard: 'dashboards',
  metric: 'metrics of its own',
  secret: 'secrets',
  key: 'keys',
  firewall: 'firewalls',
  firewallRule: 'rules of a firewall',
  person: 'people who sign in',
};

export interface Figures {
  month1USD: number;
  month1GlacierUSD: number;
  at100GBUSD: number;
  operationsUSD: number;
}

const exact = (usd: number): number => Number(usd.toFixed(4));

/** The month in which originals come to 100 GB. */
export const monthOf100Gigabytes = ({ photos, bytes }: Library): number =>
  Math.ceil(100e9 / (photos * bytes));

export function figuresOf(prices: Prices, library: Library): Figures {
  const first = billOf(prices, library, 1, WAYS.intelligent);
  return {
    month1USD: exact(sumOf(first)),
    month1GlacierUSD: exact(sumOf(billOf(prices, library, 1, WAYS.glacierInstant))),
    at100GBUSD: exact(sumOf(billOf(prices, library, monthOf100Gigabytes(library), WAYS.intelligent))),
    operationsUSD: exact(sumOf(first, OPERATIONS)),
  };
}

/** The first month, some between, the last. */
export const monthsShown = (months: number): number[] =>
  [...new Set([1, 6, 12, 25, 60, 120].filter((month) => month < months).concat(months))].sort(
    (one, other) => one - other,
  );

export interface Question extends Library {
  months: number;
}

/** Lines of text, without the last one. */
export function report(prices: Prices, question: Question, standing: StandingCount): string[] {
  const months = monthsShown(question.months);
  return [
    `A library in ${prices.region} to which ${question.photos} photos of ${question.bytes / 1e6} MB are added each month: USD a month,`,
    'at list prices and without any free tier.',
    '',
    ...(Object.keys(WAYS) as Way[]).flatMap((way) => tableOf(prices, question, way, months).concat('')),
    ...standingLines(prices, standing),
    '',
    ...sourceLines(prices),
  ];
}

const gigabyteText = (gigabytes: number): string =>
  gigabytes >= 10 ? gigabytes.toFixed(0) : gigabytes.toPrecision(2);

function tableOf(prices: Prices, library: Library, way: Way, months: readonly number[]): string[] {
  const bills = months.map((month) => billOf(prices, library, month, WAYS[way]));
  const lines = (Object.keys(LINES) as Line[]).filter((line) => bills.some((bill) => bill[line] > 0));
  const perMonth = (library.photos * library.bytes) / 1e9;
  const lineOf = (name: string, value: (bill: Bill) => number): string[] =>
    [name].concat(bills.map((bill) => value(bill).toFixed(4)));
  const rows = [
    [SAID[way]].concat(months.map((month) => `month ${month}`)),
    ['GB of originals'].concat(months.map((month) => gigabyteText(perMonth * month))),
    ...lines.map((line) => lineOf(LINES[line], (bill) => bill[line])),
    lineOf('all', (bill) => sumOf(bill)),
    lineOf('  of it operations', (bill) => sumOf(bill, OPERATIONS)),
  ];
  return columns(rows, (column) => column > 0);
}

/** What the stack bills while nobody uses it: not in the table, because AWS gives so much of it to every account. */
function standingLines(prices: Prices, { counts, unknown }: StandingCount): string[] {
  const all = { person: 1, ...counts };
  const lines = (Object.entries(all) as [Standing, number][]).map(([what, count]) => {
    const listed = count * prices.standing[what];
    const billed = beyondGiven(what, count) * prices.standing[what];
    const given = GIVEN[what];
    const why =
      given === undefined ? '' : ` (list price ${listed.toFixed(3)}; ${given} are given to every account)`;
    return `  ${count} ${STANDING[what]}: ${billed.toFixed(2)}${why}`;
  });
  return [
    'While nobody uses it, besides storage (not in the table; what AWS gives to every account has no end):',
    ...lines,
    ...unknown.map((type) => `  ${type}: nobody has said yet what it costs (infra/standing.ts)`),
  ];
}

const sourceLines = ({ region, date, sources, unconfirmed }: Prices): string[] => [
  `Prices of ${region}, gone through on ${date} (src/cost/prices/${region}.json):`,
  ...sources.map(({ prices, from, read }) => `  ${prices}: ${from} (read ${read})`),
  ...(unconfirmed.length > 0 ? [`  Not confirmed against AWS: ${unconfirmed.join(', ')}.`] : []),
];
