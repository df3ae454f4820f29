// The user pool, as an owner asks it: in the owners' role, whose credentials are in memory only, and only for as long as somebody looks
// after people. Its few calls are signed here; a client of the SDK would weigh more than the whole page they are for.
import { refusalOf } from '../schema/refusal.ts';
import { signedCall } from '../schema/signed-json.ts';
import { userPoolCall, userPoolOf, type Ask } from '../schema/user-pool.ts';
import type { AwsOptions } from './aws-client.ts';
import { mintByFetch } from './cognito.ts';
import { mintedWith } from './credentials.ts';
import { CloudError, isStale, toCloudError, type CloudErrorCode } from './error.ts';
import { good, type AwsCredentials } from './kept.ts';

const TIMEOUT = 20_000;

/** What only the user pool says. */
const REFUSALS = new Map<string, CloudErrorCode>([
  ['UsernameExistsException', 'exists'],
  ['UserNotFoundException', 'missing'],
  // Asked to invite again somebody who has come in meanwhile.
  ['UnsupportedUserStateException', 'missing'],
  // Of mails, above all: Cognito's own way of sending them has a limit for each day.
  ['LimitExceededException', 'throttled'],
  ['CodeDeliveryFailureException', 'throttled'],
]);

const known = (error: unknown): Error => {
  const code = error instanceof Error ? REFUSALS.get(error.name) : undefined;
  return code ? new CloudError(code, (error as Error).message, { cause: error }) : toCloudError(error);
};

/** The way to ask. Fails with a CloudError: `forbidden` for whoever is no owner. */
export function asOwner(
  { config, credentials, clock }: AwsOptions,
  fetcher: typeof fetch = (...request) => fetch(...request),
): Ask {
  const { ownersRole } = config;
  const pool = userPoolOf(config);
  let held: AwsCredentials | undefined;

  const minted = async (): Promise<AwsCredentials> => {
    if (!ownersRole) throw new CloudError('forbidden', 'this deployment has no role for owners');
    const mint = mintByFetch(config, fetcher, clock, ownersRole);
    const { identityId, idToken } = credentials;
    return mintedWith(
      idToken,
      (token) => mint(token, identityId),
      (code) => code === 'signed-out',
    );
  };

  const call: Ask = async (operation, input) => {
    const signer = good(held, clock.now()) ?? (held = await minted());
    const { url, ...request } = await signedCall(userPoolCall(pool, operation, input), signer, clock.now());
    const response = await fetcher(url, { ...request, signal: AbortSignal.timeout(TIMEOUT) });
    clock.observe(response.headers.get('date'));
    const answer = await response.text();
    if (!response.ok) throw refusalOf('The user pool', response.status, answer);
    return answer === '' ? {} : JSON.parse(answer);
  };

  return async (operation, input) => {
    try {
      return await call(operation, input).catch((error: unknown) => {
        if (!isStale(error)) throw error;
        held = undefined;
        return call(operation, input);
      });
    } catch (error) {
      throw known(error);
    }
  };
}
