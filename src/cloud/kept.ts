// AWS credentials as this browser keeps them: what a visit begins with, before anybody is asked.
import { isIdentityId, type IdentityId } from '../schema/ids.ts';
import { fields, number, text } from '../schema/parse.ts';

/** Temporary AWS credentials and whose they are. */
export interface AwsCredentials {
  identityId: IdentityId;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** Epoch milliseconds, server time. */
  expiration: number;
}

export const STORAGE_KEY = 'shoebox.credentials';
/** Credentials are renewed this long before they end, so that no request goes out with dying ones. */
const MARGIN = 5 * 60_000;

/** Reads credentials from storage or from the SDK; undefined when anything is missing. */
export function parseCredentials(value: unknown): AwsCredentials | undefined {
  const from = fields(value) ?? {};
  const accessKeyId = text(from['accessKeyId'], 128);
  const secretAccessKey = text(from['secretAccessKey'], 256);
  const sessionToken = text(from['sessionToken'], 8192);
  const expiration = number(from['expiration'], 0, 8.64e15);
  const identityId = from['identityId'];
  if (!isIdentityId(identityId) || !accessKeyId || !secretAccessKey || !sessionToken || !expiration)
    return undefined;
  return { identityId, accessKeyId, secretAccessKey, sessionToken, expiration };
}

/** The credentials, if they are good for a while yet. */
export const good = (credentials: AwsCredentials | undefined, now: number): AwsCredentials | undefined =>
  credentials && credentials.expiration - MARGIN > now ? credentials : undefined;

function recordIn(storage: Storage): unknown {
  try {
    return JSON.parse(storage.getItem(STORAGE_KEY) ?? 'null');
  } catch {
    // Not JSON, so not ours: new credentials will overwrite it.
    return undefined;
  }
}

/** Whose credentials are stored. */
export const subjectOf = (storage: Storage): string | undefined =>
  text(fields(recordIn(storage))?.['subject']);

/** Those kept for this person, expired or not; nobody else's. */
export const keptCredentials = (storage: Storage, subject: string): AwsCredentials | undefined =>
  subjectOf(storage) === subject ? parseCredentials(recordIn(storage)) : undefined;
