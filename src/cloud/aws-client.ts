// What all SDK clients of the page share: our credentials, our clock, and one more try when the credentials were refused.
import { fromCognitoIdentityPool } from '@aws-sdk/credential-providers';
import { loginProvider, type Config } from '../schema/config.ts';
import type { IdentityId } from '../schema/ids.ts';
import { fields, text } from '../schema/parse.ts';
import type { Clock } from './clock.ts';
import { cognitoUrl, type Mint } from './cognito.ts';
import type { Credentials } from './credentials.ts';
import { CloudError, isStale, toCloudError } from './error.ts';
import { parseCredentials, type AwsCredentials } from './kept.ts';

export interface AwsOptions {
  config: Config;
  credentials: Credentials;
  clock: Clock;
}

/** Milliseconds after which a call that moves no photo is given up; the SDK then tries again. */
export const REQUEST_TIMEOUT = 20_000;

/** Configuration for any SDK client. */
export function clientConfig({ config, credentials, clock }: AwsOptions) {
  return {
    region: config.region,
    systemClockOffset: clock.offset,
    // "memoized": the SDK keeps no copy of its own and asks each time, so that renewed credentials are used at once.
    credentials: Object.assign(async () => forSdk(await credentials.get()), { memoized: true }),
  };
}

const forSdk = ({ accessKeyId, secretAccessKey, sessionToken, expiration }: AwsCredentials) => ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  expiration: new Date(expiration),
});

/** Runs `operation`; if AWS no longer takes the credentials, runs it once more with new ones. Fails with a CloudError. */
export async function withCredentials<T>(credentials: Credentials, operation: () => Promise<T>): Promise<T> {
  try {
    const used = await credentials.get();
    try {
      return await operation();
    } catch (error) {
      if (!isStale(error)) throw error;
      await credentials.get({ refused: used });
      return await operation();
    }
  } catch (error) {
    throw toCloudError(error);
  }
}

interface Stack {
  add(
    middleware: (
      next: (args: never) => Promise<{ response: unknown }>,
    ) => (args: never) => Promise<{ response: unknown }>,
    options: { step: 'deserialize'; name: string; priority: 'low' },
  ): void;
}

/** Lets the clock learn from every answer, refusals included: it sits next to the wire, below the SDK's own error handling. */
export function observeClock(client: { middlewareStack: unknown }, clock: Clock): void {
  (client.middlewareStack as Stack).add(
    (next) => async (args) => {
      const result = await next(args);
      clock.observe(text(fields(fields(result.response)?.['headers'])?.['date']));
      return result;
    },
    { step: 'deserialize', name: 'observeClock', priority: 'low' },
  );
}

/** New credentials by the SDK's own provider. An identity id that is known already is not asked for again. */
export function mintBySdk(config: Config): Mint {
  return async (idToken, known) => {
    const provide = fromCognitoIdentityPool({
      identityPoolId: config.identityPoolId,
      logins: { [loginProvider(config)]: idToken },
      clientConfig: {
        region: config.region,
        endpoint: cognitoUrl(config),
        requestHandler: { requestTimeout: REQUEST_TIMEOUT },
      },
      userIdentifier: 'known',
      cache: { getItem: () => known ?? null, setItem: () => undefined, removeItem: () => undefined },
    });
    const given = await provide();
    const credentials = parseCredentials({
      ...given,
      identityId: given.identityId as IdentityId,
      expiration: given.expiration?.getTime(),
    });
    if (!credentials) throw new CloudError('unexpected', 'Cognito gave credentials of an unknown shape');
    return credentials;
  };
}
