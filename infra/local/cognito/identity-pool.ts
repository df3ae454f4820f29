// The identity pool: an ID token in, an identity and temporary credentials out. Two operations, unsigned as on AWS; all others refused.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJson, readBody, sendError, sendJson, ServiceError } from '../aws-json.ts';
import type { Context } from '../contract.ts';
import { evaluate } from '../iam.ts';
import type { IdentityPool, Role } from '../template.ts';
import type { Credentials } from './credentials.ts';
import type { CognitoState } from './state.ts';
import type { Tokens } from './tokens.ts';

export interface IdentityPoolOptions {
  pool: IdentityPool;
  /** As `cognito-idp.us-east-1.amazonaws.com/us-east-1_abc`: the only key of `Logins` that is taken. */
  provider: string;
  region: string;
  roles: readonly Role[];
  state: CognitoState;
  tokens: Tokens;
  credentials: Credentials;
  now?: () => number;
}

interface Caller {
  sub: string;
  identityId: string;
  roles: readonly string[];
  preferredRole: string | undefined;
}

const refused = (message: string): ServiceError => new ServiceError('NotAuthorizedException', message);

export class IdentityPoolServer {
  readonly #options: IdentityPoolOptions;
  readonly #now: () => number;

  constructor(options: IdentityPoolOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  async handle(request: IncomingMessage, response: ServerResponse, operation: string): Promise<void> {
    try {
      const input = parseJson(await readBody(request, 128 * 1024));
      sendJson(response, '1.1', 200, await this.#run(operation, input));
    } catch (error) {
      sendError(response, '1.1', error);
    }
  }

  async #run(operation: string, input: Record<string, unknown>): Promise<object> {
    switch (operation) {
      case 'GetId':
        return { IdentityId: (await this.#getId(input)).identityId };
      case 'GetCredentialsForIdentity':
        return this.#getCredentials(input);
      case 'GetOpenIdToken':
        // The way into the classic flow, which the pool has switched off.
        throw new ServiceError(
          'InvalidParameterException',
          'Basic (classic) flow is not enabled, please use enhanced flow.',
        );
      default:
        throw new ServiceError(
          'AccessDeniedException',
          `The local identity pool does not answer ${operation}.`,
        );
    }
  }

  async #getId(input: Record<string, unknown>): Promise<Caller> {
    const { pool, state, region } = this.#options;
    if (input['IdentityPoolId'] !== pool.id) {
      throw new ServiceError(
        'ResourceNotFoundException',
        `IdentityPool '${String(input['IdentityPoolId'])}' not found.`,
      );
    }
    const claims = await this.#checkLogins(input['Logins'], pool.id);
    return { ...claims, identityId: state.identityOf(claims.sub, region) };
  }

  async #getCredentials(input: Record<string, unknown>): Promise<object> {
    const { pool, state, region, credentials } = this.#options;
    const identityId = input['IdentityId'];
    const claims = await this.#checkLogins(input['Logins'], pool.id);
    if (state.identityOf(claims.sub, region) !== identityId) {
      throw refused(
        "Logins don't match. Please include at least one valid login for this identity or identity pool.",
      );
    }
    if (input['CustomRoleArn'] !== undefined && !claims.roles.includes(String(input['CustomRoleArn']))) {
      throw refused('Access to the role is not allowed.');
    }
    const role = this.#roleFor({ ...claims, identityId }, input['CustomRoleArn'] as string | undefined);
    const { provider } = this.#options;
    const context: Context = {
      'cognito-identity.amazonaws.com:sub': identityId,
      'cognito-identity.amazonaws.com:aud': pool.id,
      'cognito-identity.amazonaws.com:amr': [
        'authenticated',
        provider,
        `${provider}:CognitoSignIn:${claims.sub}`,
      ],
    };
    if (!trusts(role, context)) {
      throw new ServiceError(
        'InvalidIdentityPoolConfigurationException',
        'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
      );
    }
    const issued = credentials.issueRole(role.logicalId, {
      sessionName: 'CognitoIdentityCredentials',
      context,
    });
    return {
      IdentityId: identityId,
      Credentials: {
        AccessKeyId: issued.accessKeyId,
        SecretKey: issued.secretAccessKey,
        SessionToken: issued.sessionToken,
        Expiration: Math.floor(issued.expiration.getTime() / 1000),
      },
    };
  }

  /** Who the one login is. Every way in which it can be wrong is a refusal. */
  async #checkLogins(logins: unknown, poolId: string): Promise<Omit<Caller, 'identityId'>> {
    const { pool, provider, tokens, state } = this.#options;
    const entries = Object.entries((logins ?? {}) as Record<string, unknown>);
    if (entries.length === 0) {
      throw refused(`Unauthenticated access is not supported for this identity pool.`);
    }
    const [name, token] = entries[0] ?? [];
    if (entries.length > 1 || name !== provider || typeof token !== 'string') {
      throw new ServiceError(
        'InvalidParameterException',
        `Please provide a valid public provider (${String(name)} is none of ${poolId}).`,
      );
    }
    const now = Math.floor(this.#now() / 1000);
    let claims;
    try {
      claims = await tokens.verify(token, 'id', now);
    } catch (cause) {
      const code = (cause as { code?: string }).code;
      if (code === 'ERR_JWT_EXPIRED') {
        const { exp = 0 } = (cause as { payload?: { exp?: number } }).payload ?? {};
        throw refused(`Invalid login token. Token expired: ${exp} >= ${now}`);
      }
      if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') {
        throw refused('Invalid login token. Token signature invalid.');
      }
      if (cause instanceof TypeError) throw refused('Invalid login token. Not an id token.');
      throw refused('Invalid login token. Not a valid OpenId Connect identity token.');
    }
    if (!pool.clientIds.includes(String(claims.aud)))
      throw refused('Invalid login token. Incorrect token audience.');
    const person = state.person(String(claims.sub));
    if (pool.serverSideTokenCheck) {
      const signedOut = person?.signedOutAt !== undefined && (claims.iat ?? 0) <= person.signedOutAt;
      if (!person || signedOut || state.isRevoked(String(claims['origin_jti']))) {
        throw refused(
          'Token is not from a supported provider of this identity pool, or its user was signed out.',
        );
      }
    }
    return {
      sub: String(claims.sub),
      roles: (claims['cognito:roles'] as string[] | undefined) ?? [],
      preferredRole: claims['cognito:preferred_role'] as string | undefined,
    };
  }

  /** Token role mapping: the role that the groups give; without a clear one, what the pool says about ambiguity. */
  #roleFor(caller: Caller, customRole: string | undefined): Role {
    const { pool, roles } = this.#options;
    const only = caller.roles.length === 1 ? caller.roles[0] : undefined;
    const arn = pool.tokenMapping
      ? (customRole ??
        caller.preferredRole ??
        only ??
        (pool.ambiguousRole === 'AuthenticatedRole' ? pool.authenticatedRole : undefined))
      : pool.authenticatedRole;
    const role = roles.find((one) => one.arn === arn);
    if (!role) throw refused("Access to Identity '" + caller.identityId + "' is forbidden.");
    return role;
  }
}

/** Whether the role's own trust policy lets this identity pool's session in. */
export function trusts(role: Role, context: Context): boolean {
  const statements = role.trust.Statement.filter(
    ({ Principal }) =>
      typeof Principal === 'object' &&
      [Principal['Federated']].flat().includes('cognito-identity.amazonaws.com'),
  ).map(({ Sid, Effect, Action, Condition = {} }) => ({
    Sid,
    Effect,
    Action,
    Condition,
    Resource: [role.arn],
  }));
  const action = 'sts:AssumeRoleWithWebIdentity';
  return (
    evaluate({
      identityPolicies: [{ Version: '2012-10-17', Statement: statements }],
      resourcePolicies: [],
      action,
      resource: role.arn,
      context,
    }) === 'allow'
  );
}
