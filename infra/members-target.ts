// Whose user pool `npm run members` asks, and how: that of the deployed stack, by the credentials at hand, or that of a local cloud.
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { userPoolOf, type Ask } from '../src/schema/user-pool.ts';
import { deployed } from './deployed.ts';
import { readOperator } from './operator-file.ts';
import type { Settings } from './settings.ts';
import { poolAsker } from './user-pool.ts';

/** The pool of the stack as deployed. */
export async function deployedPool(
  settings: Pick<Settings, 'stackName' | 'region'>,
  cloudformation: CloudFormationClient,
): Promise<Ask> {
  const { config } = await deployed(settings, cloudformation);
  return poolAsker(userPoolOf(config), () => cloudformation.config.credentials());
}

/** The pool of the local cloud that runs on these data. */
export function localPool(directory: string): Ask {
  const { names, endpoints } = readOperator(directory);
  const pool = { endpoint: endpoints.api, region: names.region, userPoolId: names.userPool };
  // The local cloud renews them.
  return poolAsker(pool, async () => readOperator(directory).credentials);
}
