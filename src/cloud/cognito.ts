// The two Cognito calls that turn an id token into AWS credentials, as plain fetches: the first thumbnails need no SDK.
// https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html
import { loginProvider, type Config } from '../schema/config.ts';
import type { IdentityId } from '../schema/ids.ts';
import { fields, number } from '../schema/parse.ts';
import { refusalOf } from '../schema/refusal.ts';
import { CloudError } from './error.ts';
import type { Clock } from './clock.ts';
import { parseCredentials, type AwsCredentials } from './kept.ts';

/** Trades an id token for credentials; `known` is the identity id where an earlier call told it. */
export type Mint = (idToken: string, known: IdentityId | undefined) => Promise<AwsCredentials>;

const TIMEOUT = 20_000;

export function cognitoUrl(config: Config): string {
  return config.endpoints?.cognitoIdentity ?? `https://cognito-identity.${config.region}.amazonaws.com`;
}

/** `role` is another than their groups give first, of those that they give. */
export function mintByFetch(config: Config, fetcher: typeof fetch, clock: Clock, role?: string): Mint {
  const call = async (operation: string, body: object): Promise<unknown> => {
    const response = await fetcher(`${cognitoUrl(config)}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityService.${operation}`,
      },
      body: JSON.stringify(body),
      // A call without an end would keep the lock, and with it every tab.
      signal: AbortSignal.timeout(TIMEOUT),
    });
    clock.observe(response.headers.get('date'));
    const answer = await response.text();
    if (!response.ok) throw refusalOf('Cognito', response.status, answer);
    return JSON.parse(answer);
  };

  return async (idToken, known) => {
    const Logins = { [loginProvider(config)]: idToken };
    const IdentityId =
      known ?? fields(await call('GetId', { IdentityPoolId: config.identityPoolId, Logins }))?.['IdentityId'];
    const answer = fields(
      await call('GetCredentialsForIdentity', { IdentityId, Logins, ...(role && { CustomRoleArn: role }) }),
    );
    const given = fields(answer?.['Credentials']);
    const expiration = number(given?.['Expiration'], 0, 1e11);
    const credentials = parseCredentials({
      identityId: answer?.['IdentityId'],
      accessKeyId: given?.['AccessKeyId'],
      secretAccessKey: given?.['SecretKey'],
      sessionToken: given?.['SessionToken'],
      expiration: expiration === undefined ? undefined : expiration * 1000,
    });
    if (!credentials) throw new CloudError('unexpected', 'Cognito gave credentials of an unknown shape');
    return credentials;
  };
}
