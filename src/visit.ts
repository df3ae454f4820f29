// The beginning of a visit, before there is a page: what it waits for longest is asked for side by side, and the page fetched meanwhile.
import { isCallback, readRecord } from './auth/record.ts';
import { fetchFirst, type Answer } from './cloud/first.ts';
import { good, keptCredentials, type AwsCredentials } from './cloud/kept.ts';
import type { Early } from './home.svelte.ts';
import { openDatabases } from './library/databases.ts';
import { parseConfig, type Config } from './schema/config.ts';

/** The snapshot's first part is of no use when it takes longer. */
const FIRST_MS = 10_000;

export interface Visit {
  config: Config;
  early?: Early | undefined;
}

const readConfig = async (): Promise<Config> => parseConfig(await (await fetch('/config.json')).json());

export async function beginVisit(): Promise<Visit> {
  const config = readConfig();
  const returning = isCallback(location.href);
  const record = readRecord(localStorage);
  const held = record && good(keptCredentials(localStorage, record.claims.sub), Date.now());
  if (record || returning) fetched(import('./home.svelte.ts'));
  if (returning) fetched(import('./auth/oidc.ts'));
  if (returning || (record && !held)) fetched(import('./cloud/cognito.ts'));
  const early = held && !returning ? earlyFor(held, config) : undefined;
  return { config: await config, early };
}

function earlyFor(held: AwsCredentials, config: Promise<Config>): Early {
  const { identityId } = held;
  const blank = Promise.withResolvers<boolean>();
  const databases = openDatabases(identityId, () => {
    fetched(import('./library/snapshot-read.ts'));
    blank.resolve(true);
  });
  databases.then(() => blank.resolve(false), blank.reject);
  const first = async (): Promise<Answer | undefined> =>
    (await blank.promise) ? fetchFirst(await config, held, AbortSignal.timeout(FIRST_MS)) : undefined;
  // Whatever went wrong, the library meets it again when it asks itself.
  return { identityId, databases, first: first().catch(() => undefined) };
}

/** Only so that it is there when it is needed; should that fail, it is fetched then. */
const fetched = (code: Promise<unknown>): void => void code.catch(console.warn);
