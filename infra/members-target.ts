// Whose user pool `npm run members` asks, and how: that of the deployed stack, by the credentials at hand, or that of a local cloud.
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../src/schema/config.ts';
import { fields, text } from '../src/schema/parse.ts';
import { signedCall, type Signer } from '../src/schema/signed-json.ts';
import type { Ask } from '../src/schema/user-pool.ts';
import { Problem } from './problem.ts';
import { OPERATOR_FILE, parseOperator, type LocalOperator } from './operator.ts';
import type { Settings } from './settings.ts';
import { stackState } from './stack-state.ts';

interface Pool {
  endpoint: string;
  region: string;
  userPoolId: string;
  signer: () => Promise<Signer>;
}

const TIMEOUT = 20_000;

/** Asks a pool; fails with AWS's own name for what was wrong. */
export const asking =
  ({ endpoint, region, userPoolId, signer }: Pool): Ask =>
  async (operation, input) => {
    const { url, ...request } = await signedCall(
      {
        endpoint,
        region,
        service: 'cognito-idp',
        target: `AWSCognitoIdentityProviderService.${operation}`,
        input: { UserPoolId: userPoolId, ...input },
      },
      await signer(),
      Date.now(),
    );
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(TIMEOUT) }).catch(
      (error: unknown) => {
        // What went wrong is below: fetch itself only says that it failed.
        throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
      },
    );
    const answer = await response.text();
    if (response.ok) return answer === '' ? {} : (JSON.parse(answer) as unknown);
    throw refusal(response.status, answer);
  };

function refusal(status: number, answer: string): Error {
  const from = answer.startsWith('{') ? fields(JSON.parse(answer)) : undefined;
  const name = text(from?.['__type'], 200)?.replace(/^.*#/, '') ?? 'Error';
  const message = text(from?.['message'] ?? from?.['Message'], 2000) ?? `the user pool answered ${status}`;
  return Object.assign(new Error(message), { name });
}

/** The pool of the stack as deployed. */
export async function deployedPool(
  { stackName, region }: Pick<Settings, 'stackName' | 'region'>,
  cloudformation: CloudFormationClient,
): Promise<Ask> {
  const stack = await stackState(cloudformation, stackName);
  if (!stack) {
    throw new Problem(
      `This account has no stack ${stackName} in ${region}. Deploy it with "npm run deploy", or sign in to the account that has it.`,
    );
  }
  const config = stack.outputs.get('Config');
  if (config === undefined) {
    throw new Problem(`The stack ${stackName} is not deployed to its end: run "npm run deploy" first.`);
  }
  const { authority, userPoolId } = parseConfig(JSON.parse(config));
  return asking({
    endpoint: new URL(authority).origin,
    region,
    userPoolId,
    signer: () => cloudformation.config.credentials(),
  });
}

/** The pool of the local cloud that runs on these data. */
export function localPool(directory: string): Ask {
  const read = (): LocalOperator => {
    try {
      return parseOperator(JSON.parse(readFileSync(join(directory, OPERATOR_FILE), 'utf8')));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw cause;
      throw new Problem(
        `No local Shoebox is running on ${directory}. Start it with "npm start" and leave it running, then run this in another terminal.`,
        { cause },
      );
    }
  };
  const { names, endpoints } = read();
  return asking({
    endpoint: endpoints.api,
    region: names.region,
    userPoolId: names.userPool,
    // The local cloud renews them.
    signer: async () => read().credentials,
  });
}
