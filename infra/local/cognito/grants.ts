// What the token endpoint gives: tokens for a code, once, and for a refresh token, with rotation; and the end of a sign-in.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { UserPool } from '../template.ts';
import type { CognitoState, Person } from './state.ts';
import type { SignIn, Tokens } from './tokens.ts';

interface Code {
  signIn: SignIn;
  redirectUri: string;
  challenge: string;
  expires: number;
}

const CODE_SECONDS = 300;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** The caller's mistake at /oauth2/token: an error word of RFC 6749. */
export class OAuthError extends Error {}

export interface GrantsOptions {
  pool: UserPool;
  state: CognitoState;
  tokens: Tokens;
  /** Epoch seconds. */
  now: () => number;
}

export class Grants {
  readonly #pool: UserPool;
  readonly #state: CognitoState;
  readonly #tokens: Tokens;
  readonly #now: () => number;
  /** In memory: a code lives for minutes and dies with the process. */
  readonly #codes = new Map<string, Code>();

  constructor({ pool, state, tokens, now }: GrantsOptions) {
    this.#pool = pool;
    this.#state = state;
    this.#tokens = tokens;
    this.#now = now;
  }

  /** A code for the person who signed in, bound to the checked request that asked for it. */
  issueCode(request: Record<string, string>, person: Person): string {
    const now = this.#now();
    for (const [code, { expires }] of this.#codes) if (expires < now) this.#codes.delete(code);
    const code = randomUUID();
    this.#codes.set(code, {
      signIn: {
        person,
        scope: request['scope'] ?? this.#pool.scopes.join(' '),
        authTime: now,
        originJti: randomUUID(),
        ...(request['nonce'] !== undefined && { nonce: request['nonce'] }),
      },
      redirectUri: request['redirect_uri'] ?? '',
      challenge: request['code_challenge'] ?? '',
      expires: now + CODE_SECONDS,
    });
    return code;
  }

  /** The answer of /oauth2/token. */
  async token(form: URLSearchParams): Promise<object> {
    this.#checkClient(form);
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#grantCode(form);
      case 'refresh_token':
        return this.#grantRefresh(form);
      default:
        throw new OAuthError('unsupported_grant_type');
    }
  }

  #checkClient(form: URLSearchParams): void {
    if (form.get('client_id') !== this.#pool.clientId) throw new OAuthError('invalid_client');
  }

  async #grantCode(form: URLSearchParams): Promise<object> {
    const code = form.get('code') ?? '';
    const found = this.#codes.get(code);
    // A code is good for one try, right or wrong.
    this.#codes.delete(code);
    const now = this.#now();
    if (
      !found ||
      found.expires < now ||
      found.redirectUri !== form.get('redirect_uri') ||
      found.challenge !== sha256(form.get('code_verifier') ?? '')
    ) {
      throw new OAuthError('invalid_grant');
    }
    const { signIn } = found;
    const person = this.#state.person(signIn.person.sub);
    // Removed or disabled since they chose who they are.
    if (!person || person.disabled) throw new OAuthError('invalid_grant');
    const refreshToken = randomBytes(48).toString('base64url');
    this.#state.putRefreshToken(
      sha256(refreshToken),
      {
        sub: signIn.person.sub,
        originJti: signIn.originJti,
        authTime: signIn.authTime,
        scope: signIn.scope,
        expires: now + this.#pool.refreshTokenSeconds,
      },
      now,
    );
    return { ...(await this.#issue(signIn, now)), refresh_token: refreshToken };
  }

  async #grantRefresh(form: URLSearchParams): Promise<object> {
    const now = this.#now();
    const hash = sha256(form.get('refresh_token') ?? '');
    const found = this.#state.refreshToken(hash);
    const person = found && this.#state.person(found.sub);
    if (
      !found ||
      !person ||
      person.disabled ||
      found.expires < now ||
      (found.rotatedUntil ?? Infinity) < now
    ) {
      throw new OAuthError('invalid_grant');
    }
    const signIn = { person, scope: found.scope, authTime: found.authTime, originJti: found.originJti };
    const issued = await this.#issue(signIn, now);
    const grace = this.#pool.rotationGraceSeconds;
    if (grace === undefined) return issued;
    const next = randomBytes(48).toString('base64url');
    this.#state.putRefreshToken(hash, { ...found, rotatedUntil: found.rotatedUntil ?? now + grace }, now);
    const { rotatedUntil: _, ...fresh } = found;
    this.#state.putRefreshToken(sha256(next), fresh, now);
    return { ...issued, refresh_token: next };
  }

  async #issue(signIn: SignIn, now: number): Promise<object> {
    const openid = signIn.scope.split(' ').includes('openid');
    return {
      ...(openid && { id_token: await this.#tokens.idToken(signIn, now) }),
      access_token: await this.#tokens.accessToken(signIn, now),
      expires_in: this.#pool.accessTokenSeconds,
      token_type: 'Bearer',
    };
  }

  /** The answer of /oauth2/revoke. Also ends the sign-in the token came from. An unknown token is no error (RFC 7009). */
  revoke(form: URLSearchParams): object {
    this.#checkClient(form);
    const found = this.#state.refreshToken(sha256(form.get('token') ?? ''));
    const now = this.#now();
    if (found) this.#state.revoke(found.originJti, now + this.#pool.idTokenSeconds, now);
    return {};
  }
}
