// What CloudFormation says of a stack: whether it is there, in which state, and what is known of it.
import {
  DescribeStacksCommand,
  GetTemplateCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import { Problem } from './problem.ts';
import type { Template } from './stateful.ts';

export interface StackState {
  status: string;
  reason: string;
  outputs: ReadonlyMap<string, string>;
}

/** CloudFormation's way of saying that there is none. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist');

export async function stackState(
  client: CloudFormationClient,
  stackName: string,
): Promise<StackState | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const [stack] = Stacks;
    // In review, it has only been thought of: a change set that nobody carried out.
    if (!stack || /^(?:DELETE_COMPLETE|REVIEW_IN_PROGRESS)$/.test(stack.StackStatus ?? '')) return undefined;
    return {
      status: stack.StackStatus ?? '',
      reason: stack.StackStatusReason ?? '',
      outputs: new Map(
        (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      ),
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** As it was deployed; undefined where there is none. */
export async function deployedTemplate(
  client: CloudFormationClient,
  stackName: string,
): Promise<Template | undefined> {
  try {
    const { TemplateBody } = await client.send(
      new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
    );
    return templateOf(stackName, TemplateBody ?? '');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function templateOf(stackName: string, body: string): Template {
  try {
    const { Resources = {}, ...others } = JSON.parse(body) as Partial<Template>;
    return { ...others, Resources };
  } catch (cause) {
    throw new Problem(`The template of the stack ${stackName} is not one of Shoebox: it is no JSON.`, {
      cause,
    });
  }
}

/** Throws where a deployment would not even be taken. */
export function refuseUnready(stackName: string, region: string, { status, reason }: StackState): void {
  const remove = `aws cloudformation delete-stack --stack-name ${stackName} --region ${region}`;
  if (status.endsWith('_IN_PROGRESS')) {
    throw new Problem(
      `The stack ${stackName} is being changed right now (${status}). Wait until that is done, then run this again.`,
    );
  }
  if (status === 'ROLLBACK_COMPLETE' || status === 'ROLLBACK_FAILED' || status === 'CREATE_FAILED') {
    throw new Problem(
      `The first deployment of ${stackName} failed and left an empty stack (${status}${reason && `: ${reason}`}). Remove it, then run this again:\n  ${remove}`,
    );
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    throw new Problem(
      `An earlier deployment of ${stackName} could neither go on nor back${reason && ` (${reason})`}. Nothing stored was touched. Have it go back, then run this again:\n  aws cloudformation continue-update-rollback --stack-name ${stackName} --region ${region}`,
    );
  }
  if (status === 'DELETE_FAILED') {
    throw new Problem(
      `The stack ${stackName} was to be removed, and that failed${reason && ` (${reason})`}. Remove it to its end first:\n  ${remove}`,
    );
  }
}
