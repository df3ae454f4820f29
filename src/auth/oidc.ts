// Sign-in with the user pool's own pages: authorization code with PKCE. The only importer of oidc-client-ts, loaded on demand.
import { OidcClient, WebStorageStateStore } from 'oidc-client-ts';
import type { Config } from '../schema/config.ts';
import { fields } from '../schema/parse.ts';
import { AuthError, isOffline, type AuthErrorCode } from './error.ts';
import {
  clearSignInState,
  recordOf,
  safePath,
  STATE_PREFIX,
  writeRecord,
  type Browser,
  type SessionRecord,
} from './record.ts';

const SCOPE = 'openid email profile';
const TIMEOUT_SECONDS = 15;

export class SignIn {
  readonly #browser: Browser;
  readonly #client: OidcClient;

  constructor(config: Config, browser: Browser) {
    this.#browser = browser;
    this.#client = new OidcClient({
      authority: config.authority,
      client_id: config.clientId,
      redirect_uri: `${browser.location.origin}/`,
      scope: SCOPE,
      stateStore: new WebStorageStateStore({ prefix: STATE_PREFIX, store: browser.tabStorage }),
      requestTimeoutInSeconds: TIMEOUT_SECONDS,
      // All we want to know is in the id token.
      loadUserInfo: false,
    });
  }

  /** Leaves for the sign-in page; with `google` straight to Google's. Afterwards the person lands on `returnTo`. */
  async signIn({ google = false, returnTo = '/' } = {}): Promise<void> {
    const { location, tabStorage } = this.#browser;
    // A tab signs in once at a time: what an earlier attempt left is of no use.
    clearSignInState(tabStorage);
    const request = await attempt(
      this.#client.createSigninRequest({
        state: { returnTo: safePath(returnTo, location.origin) },
        ...(google && { extraQueryParams: { identity_provider: 'Google' } }),
      }),
    );
    location.assign(request.url);
  }

  /** Trades the code in `url` for tokens and stores them. Resolves with the path to go on to. */
  async completeSignIn(url: string): Promise<{ returnTo: string }> {
    const { location, now, storage, tabStorage } = this.#browser;
    try {
      const { state } = await attempt(this.#client.readSigninResponseState(url));
      // The library would go on without one, and leave it to the sign-in service to notice.
      if (!state.code_verifier) throw new AuthError('stale', 'the code verifier is gone');
      const response = await attempt(this.#client.processSigninResponse(url));
      const record = recordOf(response.id_token, response.refresh_token, now());
      if (!record) throw new AuthError('unexpected', 'the sign-in service gave tokens of an unknown shape');
      writeRecord(storage, record);
      return { returnTo: safePath(fields(response.userState)?.['returnTo'], location.origin) };
    } finally {
      clearSignInState(tabStorage);
    }
  }

  /** New tokens for old ones; stores nothing. Fails with `signed-out` when the refresh token is no longer good. */
  async refresh(record: SessionRecord): Promise<SessionRecord> {
    const response = await attempt(
      this.#client.useRefreshToken({
        state: {
          refresh_token: record.refreshToken,
          id_token: record.idToken,
          session_state: null,
          scope: SCOPE,
          // The library asks for the registered claims but compares tokens, not this.
          profile: { sub: record.claims.sub, iss: '', aud: '', exp: 0, iat: 0 },
        },
        timeoutInSeconds: TIMEOUT_SECONDS,
      }),
      'signed-out',
    );
    // Without rotation the old refresh token stays good, and none is sent.
    const next = recordOf(
      response.id_token,
      response.refresh_token ?? record.refreshToken,
      this.#browser.now(),
    );
    if (!next || next.claims.sub !== record.claims.sub)
      throw new AuthError('unexpected', 'the sign-in service gave tokens of an unknown shape');
    return next;
  }

  /** Makes a refresh token, and all that came from it, worthless. */
  async revoke(refreshToken: string): Promise<void> {
    await attempt(this.#client.revokeToken(refreshToken, 'refresh_token'));
  }
}

/** `spent` is what a code or token that was used up means. */
async function attempt<T>(work: Promise<T>, spent: AuthErrorCode = 'stale'): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new AuthError(codeOf(cause, message, spent), message, { cause });
  }
}

function codeOf(cause: unknown, message: string, spent: AuthErrorCode): AuthErrorCode {
  const answer = fields(cause)?.['error'];
  if (answer === 'access_denied') return 'cancelled';
  if (answer === 'invalid_grant') return spent;
  if (typeof answer === 'string') return 'refused';
  if (isOffline(cause) || (cause instanceof Error && cause.name === 'ErrorTimeout')) return 'offline';
  // The library has no codes for these: nothing of ours, a second use, a missing or altered half.
  return /state|code_verifier|nonce|mismatch/i.test(message) ? 'stale' : 'unexpected';
}
