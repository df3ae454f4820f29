// ID and access tokens with the claims Cognito puts into them, and their verification. RS256, keys of this data directory.
import { randomUUID } from 'node:crypto';
import { importJWK, jwtVerify, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import type { UserPool } from '../template.ts';
import type { Keys, Person } from './state.ts';

/** One sign-in, as all its tokens share it. */
export interface SignIn {
  person: Person;
  scope: string;
  /** Epoch seconds. */
  authTime: number;
  originJti: string;
  nonce?: string;
}

export class Tokens {
  readonly issuer: string;
  readonly publicJwk: JWK;
  readonly #pool: UserPool;
  readonly #privateKey: CryptoKey;
  readonly #publicKey: CryptoKey;
  readonly #kid: string;

  private constructor(
    issuer: string,
    pool: UserPool,
    publicJwk: JWK,
    keys: { privateKey: CryptoKey; publicKey: CryptoKey; kid: string },
  ) {
    this.issuer = issuer;
    this.publicJwk = publicJwk;
    this.#pool = pool;
    this.#privateKey = keys.privateKey;
    this.#publicKey = keys.publicKey;
    this.#kid = keys.kid;
  }

  static async create(issuer: string, pool: UserPool, { jwk }: Keys): Promise<Tokens> {
    const { kty, n, e, kid, alg, use } = jwk;
    const publicJwk: JWK = { kty, n, e, kid, alg, use } as JWK;
    const [privateKey, publicKey] = await Promise.all([
      importJWK(jwk, 'RS256') as Promise<CryptoKey>,
      importJWK(publicJwk, 'RS256') as Promise<CryptoKey>,
    ]);
    return new Tokens(issuer, pool, publicJwk, { privateKey, publicKey, kid: jwk.kid });
  }

  idToken({ person, authTime, originJti, nonce }: SignIn, now: number): Promise<string> {
    const groups = this.#pool.groups
      .filter(({ name }) => person.groups.includes(name))
      .sort((a, b) => a.precedence - b.precedence);
    const roles = groups.flatMap(({ roleArn }) => roleArn ?? []);
    // With two roles of equal precedence Cognito names none as preferred; the identity pool then finds it ambiguous.
    const [first, second] = groups.filter(({ roleArn }) => roleArn);
    const preferred = first && first.precedence !== second?.precedence ? first.roleArn : undefined;
    return this.#sign(now, this.#pool.idTokenSeconds, {
      sub: person.sub,
      aud: this.#pool.clientId,
      token_use: 'id',
      'cognito:username': usernameOf(person),
      ...groupClaim(this.#pool, person),
      ...(roles.length > 0 && { 'cognito:roles': roles }),
      ...(preferred && { 'cognito:preferred_role': preferred }),
      email: person.email,
      email_verified: true,
      ...(person.name !== '' && { name: person.name }),
      auth_time: authTime,
      origin_jti: originJti,
      ...(nonce !== undefined && { nonce }),
    });
  }

  accessToken({ person, scope, authTime, originJti }: SignIn, now: number): Promise<string> {
    return this.#sign(now, this.#pool.accessTokenSeconds, {
      sub: person.sub,
      token_use: 'access',
      client_id: this.#pool.clientId,
      username: usernameOf(person),
      ...groupClaim(this.#pool, person),
      scope,
      version: 2,
      auth_time: authTime,
      origin_jti: originJti,
    });
  }

  /** Short-lived proof that a form came from our own page: the request it answers, signed. */
  transaction(request: Record<string, string>, now: number): Promise<string> {
    return this.#sign(now, 600, { token_use: 'transaction', request });
  }

  /** The claims of a token of ours that is in force. Throws jose's error otherwise. */
  async verify(token: string, use: 'id' | 'access' | 'transaction', now: number): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, this.#publicKey, {
      issuer: this.issuer,
      algorithms: ['RS256'],
      currentDate: new Date(now * 1000),
      requiredClaims: ['exp', 'iat', 'token_use'],
    });
    if (payload['token_use'] !== use) throw new TypeError(`This is no ${use} token.`);
    return payload;
  }

  #sign(now: number, seconds: number, claims: JWTPayload): Promise<string> {
    return new SignJWT({ ...claims, jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', kid: this.#kid })
      .setIssuer(this.issuer)
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(this.#privateKey);
  }
}

export const usernameOf = (person: Person): string =>
  person.provider === 'google' ? `Google_${person.sub}` : person.sub;

/** Cognito adds everybody who came through a provider to a group of that provider; it has no role. */
function groupClaim(pool: UserPool, person: Person): { 'cognito:groups'?: string[] } {
  const groups = [...person.groups, ...(person.provider === 'google' ? [`${pool.id}_Google`] : [])];
  return groups.length > 0 ? { 'cognito:groups': groups } : {};
}
