// The functions of the template, each with its role's own credentials: the processor, and the notifier, which finds the push service
// of this machine in place of all others.
import { join } from 'node:path';
import type { Credentials } from './cognito/credentials.ts';
import { Lambda } from './lambda.ts';
import type { LambdaFunction, Stack } from './template.ts';

export interface LambdasOptions {
  directory: string;
  /** See `CloudOptions`. */
  processor?: boolean | { module: string } | undefined;
  notifier?: boolean | undefined;
}

export function startLambdas(
  options: LambdasOptions,
  stack: Stack,
  urls: { s3: string; api: string },
  credentials: Credentials,
): { processor: Lambda; notifier: Lambda } {
  const { processor: wanted = true, notifier: tells = wanted !== false } = options;
  const start = (
    fn: LambdaFunction,
    name: string,
    module: string,
    more: { concurrency?: number; variables?: Record<string, string> } = {},
  ): Lambda => {
    requireTrust(stack, fn);
    return new Lambda({
      module,
      handler: 'handler',
      region: stack.region,
      timeoutSeconds: fn.timeoutSeconds,
      retries: fn.retries,
      ...(more.concurrency !== undefined && { concurrency: more.concurrency }),
      failuresFile: join(
        options.directory,
        name === 'processor' ? 'queue/failures.jsonl' : `queue/${name}.jsonl`,
      ),
      logFile: join(options.directory, `logs/${name}.log`),
      environment: () => {
        const issued = credentials.issueRole(fn.role, { seconds: 3600 });
        return {
          expires: issued.expiration.getTime(),
          variables: {
            ...fn.environment,
            AWS_REGION: stack.region,
            AWS_ACCESS_KEY_ID: issued.accessKeyId,
            AWS_SECRET_ACCESS_KEY: issued.secretAccessKey,
            AWS_SESSION_TOKEN: issued.sessionToken,
            AWS_ENDPOINT_URL_S3: urls.s3,
            AWS_ENDPOINT_URL_DYNAMODB: urls.api,
            ...more.variables,
          },
        };
      },
    });
  };
  const ours = (path: string): string => new URL(path, import.meta.url).href;
  const processor = start(
    stack.processor,
    'processor',
    typeof wanted === 'object' ? wanted.module : ours('../../processor/handler.ts'),
  );
  if (wanted === false) processor.pause();
  else processor.warm();
  const notifier = start(stack.notifier, 'notifier', ours('../notifier/handler.ts'), {
    concurrency: 1,
    variables: {
      AWS_ENDPOINT_URL_SSM: urls.api,
      AWS_ENDPOINT_URL_SNS: urls.api,
      PUSH_STAND_IN: urls.api,
    },
  });
  if (!tells) notifier.pause();
  return { processor, notifier };
}

/** Only a role that lets Lambda assume it is a function's. */
function requireTrust({ roles }: Stack, fn: LambdaFunction): void {
  const trusted = roles
    .find(({ logicalId }) => logicalId === fn.role)
    ?.trust.Statement.some(
      ({ Effect, Principal }) =>
        Effect === 'Allow' &&
        typeof Principal === 'object' &&
        [Principal['Service']].flat().includes('lambda.amazonaws.com'),
    );
  if (!trusted) throw new Error(`The role of ${fn.name} does not let Lambda assume it.`);
}
