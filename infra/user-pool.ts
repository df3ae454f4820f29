// Asks a user pool with somebody's AWS credentials.
import { fields, type Fields } from '../src/schema/parse.ts';
import { refusalOf } from '../src/schema/refusal.ts';
import { signedCall, type Signer } from '../src/schema/signed-json.ts';
import { userPoolCall, type UserPool } from '../src/schema/user-pool.ts';

const TIMEOUT = 20_000;

/** Fails with an Error that has AWS's own name for what was wrong. */
export const poolAsker =
  (pool: UserPool, signer: () => Promise<Signer>) =>
  async (operation: string, input: Fields): Promise<Fields> => {
    const call = userPoolCall(pool, operation, input);
    const { url, ...request } = await signedCall(call, await signer(), Date.now());
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(TIMEOUT) }).catch(
      (error: unknown) => {
        // What went wrong is below: fetch itself only says that it failed.
        throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
      },
    );
    const answer = await response.text();
    if (!response.ok) throw refusalOf('The user pool', response.status, answer);
    return (answer === '' ? undefined : fields(JSON.parse(answer))) ?? {};
  };
