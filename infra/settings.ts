// What an owner may set for a deployment: reads infra/shoebox.json and says which field is wrong and how to cure it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fields, flag, text, whole, type Fields } from '../src/schema/parse.ts';

export interface Settings {
  /** Also the beginning of S3 bucket names and of the sign-in address: changing it later means a new, empty Shoebox. */
  stackName: string;
  region: string;
  /** Offers "Continue with Google"; `secretName` is the Secrets Manager secret that holds the client secret as plain text. */
  google: { clientId: string; secretName: string } | null;
  /** How many photos are processed at once at most; null shares the account's quota (10 in a new account). */
  processorReservedConcurrency: number | null;
  /** Who is told when a photo could not be processed after all retries. */
  alarmEmail: string | null;
  /** Lets people have e-mail, through SNS, when friends share photos with them. Each must ask for it, and confirm. */
  friendMail: boolean;
}

const SETTINGS_FILE = join(import.meta.dirname, 'shoebox.json');

/** Thrown for a wrong setting; the message names the field and the cure. */
export class SettingsError extends Error {
  readonly field: string;
  constructor(field: string, cure: string, options?: ErrorOptions) {
    super(`infra/shoebox.json: "${field}" ${cure}`, options);
    this.name = 'SettingsError';
    this.field = field;
  }
}

export function readSettings(file = SETTINGS_FILE): Settings {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new SettingsError('(file)', 'cannot be read as JSON', { cause });
  }
  return parseSettings(json);
}

const FIELDS = ['stackName', 'region', 'google', 'processorReservedConcurrency', 'alarmEmail', 'friendMail'];

export function parseSettings(json: unknown): Settings {
  const from = fields(json);
  if (!from) throw new SettingsError('(file)', 'must be a JSON object');
  refuseUnknown(from, FIELDS);
  return {
    stackName: stackNameOf(from['stackName']),
    region: regionOf(from),
    google: from['google'] === null ? null : googleOf(from['google']),
    processorReservedConcurrency: concurrencyOf(from['processorReservedConcurrency']),
    alarmEmail:
      from['alarmEmail'] === null
        ? null
        : matching(from, 'alarmEmail', /^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'must be an e-mail address, or null'),
    friendMail: friendMailOf(from['friendMail']),
  };
}

function stackNameOf(value: unknown): string {
  const name = text(value);
  // An S3 bucket name has room for 25 characters beside kind, account and region.
  if (!name || !/^[A-Za-z](?:-?[A-Za-z0-9]){0,24}$/.test(name) || name.length > 25) {
    const cure = 'must be up to 25 letters, digits and single hyphens, starting with a letter';
    throw new SettingsError('stackName', cure);
  }
  if (/aws|amazon|cognito/i.test(name)) {
    throw new SettingsError(
      'stackName',
      'must not contain "aws", "amazon" or "cognito": Cognito reserves them',
    );
  }
  return name;
}

function regionOf(from: Fields): string {
  const region = matching(
    from,
    'region',
    /^[a-z]{2}-[a-z]+-\d$/,
    'must be an AWS Region, such as "eu-west-1"',
  );
  if (region.startsWith('cn-')) {
    const cure = 'must be outside China: there AWS has other addresses (amazonaws.com.cn) than Shoebox knows';
    throw new SettingsError('region', cure);
  }
  return region;
}

function googleOf(value: unknown): NonNullable<Settings['google']> {
  const from = fields(value);
  if (!from) throw new SettingsError('google', 'must be { "clientId": ..., "secretName": ... }, or null');
  refuseUnknown(from, ['clientId', 'secretName'], 'google.');
  return {
    clientId: matching(
      from,
      'clientId',
      /^[\w-]+\.apps\.googleusercontent\.com$/,
      'must be the OAuth client id from the Google console, ending in .apps.googleusercontent.com',
      'google.',
    ),
    secretName: matching(
      from,
      'secretName',
      /^[\w/+=.@-]{1,200}$/,
      'must name the Secrets Manager secret that holds the Google client secret',
      'google.',
    ),
  };
}

function concurrencyOf(value: unknown): number | null {
  if (value === null) return null;
  const found = whole(value, 1, 1000);
  if (found === undefined) {
    throw new SettingsError('processorReservedConcurrency', 'must be a whole number from 1 to 1000, or null');
  }
  return found;
}

/** May be left out, as it was before there was such a thing. */
function friendMailOf(value: unknown): boolean {
  const found = value === undefined ? false : flag(value);
  if (found === undefined) throw new SettingsError('friendMail', 'must be true or false');
  return found;
}

function matching(from: Fields, field: string, pattern: RegExp, cure: string, path = ''): string {
  const found = text(from[field]);
  if (!found || !pattern.test(found)) throw new SettingsError(path + field, cure);
  return found;
}

function refuseUnknown(from: Fields, known: readonly string[], path = ''): void {
  const unknown = Object.keys(from).find((field) => !known.includes(field));
  if (unknown) throw new SettingsError(path + unknown, `is not a setting; there are: ${known.join(', ')}`);
}
