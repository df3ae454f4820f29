// A stack as it is deployed, for the commands that work on one: its config, and what else it puts out.
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { parseConfig, type Config } from '../src/schema/config.ts';
import { Problem } from './problem.ts';
import type { Settings } from './settings.ts';
import { stackState } from './stack-state.ts';

export interface Deployed {
  config: Config;
  /** An output; throws a Problem where the stack is from before it had that. */
  need: (name: string) => string;
  /** All of them. */
  outputs: ReadonlyMap<string, string>;
}

/** Throws a Problem where there is none, or not all of it. */
export async function deployed(
  { stackName, region }: Pick<Settings, 'stackName' | 'region'>,
  cloudformation: CloudFormationClient,
): Promise<Deployed> {
  const stack = await stackState(cloudformation, stackName);
  if (!stack) {
    throw new Problem(
      `This account has no stack ${stackName} in ${region}. Deploy it with "npm run deploy", or sign in to the account that has it.`,
    );
  }
  const need = (name: string): string => {
    const value = stack.outputs.get(name);
    if (value) return value;
    throw new Problem(
      `The stack ${stackName} was deployed by an older Shoebox, or not to its end: run "npm run deploy" first.`,
    );
  };
  return { config: parseConfig(JSON.parse(need('Config'))), need, outputs: stack.outputs };
}
