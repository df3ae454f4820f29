// What an owner may set for a deployment: reads infra/shoebox.json, and of it one environment where that is asked for. What is left out
// has a default; what is wrong is named together with its cure. infra/shoebox.schema.json explains each field to editors and people.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeepArchive, Keeping, Storage } from '../src/schema/keeping.ts';
import { fields, type Fields } from '../src/schema/parse.ts';
import {
  parseDomain,
  parseFirewall,
  parseGoogle,
  parseDeepArchive,
  parseOriginals,
  type Domain,
  type Firewall,
  type Google,
} from './settings-parts.ts';
import { eitherOr, flagAt, matching, refuseUnknown, SettingsError, wholeAt } from './settings-read.ts';

export { SettingsError } from './settings-read.ts';

export interface Settings {
  /** Also the beginning of S3 bucket names and of the sign-in address: changing it later means a new, empty Shoebox. */
  stackName: string;
  region: string;
  /** Offers "Continue with Google". */
  google: Google | null;
  /** How many photos are processed at once at most; null shares the account's quota (10 in a new account). */
  processorReservedConcurrency: number | null;
  /** Gigabytes (1e9 bytes) from which on a file is marked, and alarmed about; null takes any. */
  largestOriginal: number | null;
  /** In which class of storage originals lie from the beginning. */
  originals: Storage;
  /** When they move into the deep archive; null where they never did. */
  deepArchive: DeepArchive | null;
  /** Who is told by alarms; null has none, and pays for none. */
  alarmEmail: string | null;
  /** As many originals deleted within a day are worth an alarm. */
  deletionsPerDay: number;
  /** Dollars a month from which on an alarm tells of the bill. */
  monthlyBudget: number | null;
  /** One page of graphs in CloudWatch. */
  dashboard: boolean;
  /** How long the Lambdas' logs are kept. */
  logDays: number;
  /** Lets people have e-mail, through SNS, when friends share photos with them. Each must ask for it, and confirm. */
  friendMail: boolean;
  /** Has thumbnails, views and friends' shares read through CloudFront instead of from S3 itself. */
  cloudFrontReads: boolean;
  /** Names of one's own for the page and the other hosts; null leaves those that CloudFront gives. */
  domain: Domain | null;
  /** A web application firewall in front of page and links. */
  firewall: Firewall | null;
}

const SETTINGS_FILE = join(import.meta.dirname, 'shoebox.json');

/** What CloudWatch can keep logs for. */
const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557];

/** Everything but the Region, which nobody can guess. */
const DEFAULTS = {
  stackName: 'Shoebox',
  google: null,
  originals: 'intelligentTiering',
  deepArchive: null,
  processorReservedConcurrency: null,
  largestOriginal: null,
  alarmEmail: null,
  deletionsPerDay: 500,
  monthlyBudget: null,
  dashboard: false,
  logDays: 30,
  friendMail: false,
  cloudFrontReads: false,
  domain: null,
  firewall: null,
};

const FIELDS = ['stackName', 'region', ...Object.keys(DEFAULTS).slice(1)];

export const readSettings = (environment?: string, file = SETTINGS_FILE): Settings =>
  parseSettings(readJson(file), environment);

/** Where the file has Shoeboxes: its own, and those of its environments. */
export const readPlaces = (file = SETTINGS_FILE): Pick<Settings, 'stackName' | 'region'>[] => [
  ...parseAll(readJson(file)).values(),
];

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new SettingsError('(file)', 'cannot be read as JSON', { cause });
  }
}

/** The file's own fields, or those of an environment over them. All environments are looked at, whichever is asked for. */
export function parseSettings(json: unknown, environment?: string): Settings {
  const all = parseAll(json);
  const found = all.get(environment ?? '');
  if (found) return found;
  const known = [...all.keys()].slice(1);
  throw new SettingsError(
    'environments',
    `has no "${environment}"; ${known.length > 0 ? `there are: ${known.join(', ')}` : 'there are none yet'}`,
  );
}

/** By environment; the file's own under no name, first. */
function parseAll(json: unknown): Map<string, Settings> {
  const from = fields(json);
  if (!from) throw new SettingsError('(file)', 'must be a JSON object');
  const { environments = {}, $schema: _, ...base } = from;
  refuseUnknown(base, FIELDS);
  const others = fields(environments);
  if (!others) throw new SettingsError('environments', 'must be { "NAME": { ... } }, or be left out');
  const all = new Map([['', parseFields(base)]]);
  for (const [name, over] of Object.entries(others)) all.set(name, parseEnvironment(name, base, over));
  refuseTwins(all);
  return all;
}

function parseEnvironment(name: string, base: Fields, over: unknown): Settings {
  const path = `environments.${name}.`;
  if (!/^[A-Za-z](?:-?[A-Za-z0-9])*$/.test(name)) {
    throw new SettingsError(`environments.${name}`, 'must be named by letters, digits and single hyphens');
  }
  const own = fields(over);
  if (!own) throw new SettingsError(`environments.${name}`, 'must be an object of what is different there');
  refuseUnknown(own, FIELDS, path);
  const stackName = `${String(base['stackName'] ?? DEFAULTS.stackName)}-${name}`;
  // Names of one's own lead to one place only: they are not taken over.
  return parseFields({ ...base, stackName, domain: null, ...own }, path);
}

function parseFields(from: Fields, path = ''): Settings {
  const at = { from: { ...DEFAULTS, ...from } as Fields, path };
  const alarmEmail = eitherOr(at, 'alarmEmail', () =>
    matching(at, 'alarmEmail', /^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'must be an e-mail address, or null'),
  );
  const monthlyBudget = eitherOr(at, 'monthlyBudget', () =>
    wholeAt(at, 'monthlyBudget', 1, 100_000, { of: 'US dollars' }),
  );
  if (monthlyBudget !== null && alarmEmail === null) {
    throw new SettingsError(`${path}monthlyBudget`, 'needs "alarmEmail", to whom it is told');
  }
  const logDays = wholeAt(at, 'logDays', 1, 2557, { of: 'days', optional: false });
  if (!LOG_DAYS.includes(logDays)) {
    throw new SettingsError(`${path}logDays`, `must be one of what CloudWatch knows: ${LOG_DAYS.join(', ')}`);
  }
  const originals = parseOriginals(at);
  return {
    stackName: stackNameOf(at),
    region: regionOf(at),
    google: eitherOr(at, 'google', (value) => parseGoogle(value, path)),
    originals,
    deepArchive: eitherOr(at, 'deepArchive', (value) => parseDeepArchive(value, path, originals)),
    processorReservedConcurrency: eitherOr(at, 'processorReservedConcurrency', () =>
      wholeAt(at, 'processorReservedConcurrency', 1, 1000),
    ),
    largestOriginal: eitherOr(at, 'largestOriginal', () =>
      wholeAt(at, 'largestOriginal', 1, 5000, { of: 'gigabytes' }),
    ),
    alarmEmail,
    deletionsPerDay: wholeAt(at, 'deletionsPerDay', 1, 1_000_000, { of: 'photos', optional: false }),
    monthlyBudget,
    dashboard: flagAt(at, 'dashboard'),
    logDays,
    friendMail: flagAt(at, 'friendMail'),
    cloudFrontReads: flagAt(at, 'cloudFrontReads'),
    domain: eitherOr(at, 'domain', (value) => parseDomain(value, path)),
    firewall: eitherOr(at, 'firewall', (value) => parseFirewall(value, path)),
  };
}

function stackNameOf(at: { from: Fields; path: string }): string {
  // An S3 bucket name has room for 25 characters beside kind, account and region.
  const cure = 'must be up to 25 letters, digits and single hyphens, starting with a letter';
  const name = matching(at, 'stackName', /^(?=.{1,25}$)[A-Za-z](?:-?[A-Za-z0-9])*$/, cure);
  if (/aws|amazon|cognito/i.test(name)) {
    throw new SettingsError(
      `${at.path}stackName`,
      'must not contain "aws", "amazon" or "cognito": Cognito reserves them',
    );
  }
  return name;
}

function regionOf(at: { from: Fields; path: string }): string {
  const region = matching(
    at,
    'region',
    /^[a-z]{2}(?:-[a-z]+)+-\d$/,
    'must be an AWS Region, such as "eu-west-1"',
  );
  if (/^(?:cn|us-gov|us-iso\w?|eusc)-/.test(region)) {
    const cure =
      'must be outside China, GovCloud and the sovereign clouds: there AWS has other addresses than Shoebox knows';
    throw new SettingsError(`${at.path}region`, cure);
  }
  return region;
}

/** S3 bucket names and sign-in addresses are made of name and Region, in lower case. */
function refuseTwins(all: ReadonlyMap<string, Settings>): void {
  const seen = new Map<string, string>();
  for (const [name, { stackName, region }] of all) {
    const id = `${stackName.toLowerCase()} ${region}`;
    const other = seen.get(id);
    if (other !== undefined) {
      const whose = other === '' ? 'the file itself' : `environment "${other}"`;
      throw new SettingsError(
        `environments.${name}.stackName`,
        `is that of ${whose}, in the same Region: they would be one Shoebox. Give it another name`,
      );
    }
    seen.set(id, name);
  }
}

export const keepingOf = ({ originals, deepArchive }: Settings): Keeping => ({
  storage: originals,
  deepArchive,
});

/** What of it the local cloud stands in for: all else is known to AWS only, or costs money there. */
export const localSettings = (settings: Settings): Settings => ({
  ...settings,
  alarmEmail: null,
  monthlyBudget: null,
  dashboard: false,
  domain: null,
  firewall: null,
});
