// The user pool as an administrator asks it, signed and sent by the real SDK: a client of its JSON services, under another name.
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Ask } from '../../src/schema/user-pool.ts';
import type { AwsCredentials, Reachable } from './people.ts';

interface Outgoing {
  request: { headers: Record<string, string>; body: string };
}

/** Any operation, by its name. Only whether it was done is told: the SDK reads the answer as that of another. */
export const askAs =
  (
    { config, urls }: Pick<Reachable, 'config' | 'urls'>,
    credentials: Omit<AwsCredentials, 'expiration'>,
    pool = config.userPoolId,
  ): ((...asked: [operation: string, input: Parameters<Ask>[1]]) => Promise<void>) =>
  async (operation, input) => {
    const client = new SSMClient({
      region: config.region,
      endpoint: urls.api,
      credentials,
      maxAttempts: 1,
      httpAuthSchemeProvider: () => [
        {
          schemeId: 'aws.auth#sigv4',
          signingProperties: { signingName: 'cognito-idp', signingRegion: config.region },
          propertiesExtractor: (used: object, context: object) => ({
            signingProperties: { config: used, context },
          }),
        },
      ],
    });
    client.middlewareStack.add(
      (next) => (args) => {
        const { request } = args as unknown as Outgoing;
        request.headers['x-amz-target'] = `AWSCognitoIdentityProviderService.${operation}`;
        request.body = JSON.stringify({ UserPoolId: pool, ...input });
        request.headers['content-length'] = String(Buffer.byteLength(request.body));
        return next(args);
      },
      // Before it is signed.
      { step: 'build', priority: 'low' },
    );
    await client.send(new GetParameterCommand({ Name: 'never sent' }));
  };
