// Brings the small stack in CloudFront's own Region to what the settings want, and gives what the other stack is to know of it. A
// certificate waits there until DNS says that the names are the owner's: with another provider than Route 53 that is for the owner to do.
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  UpdateStackCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import { isDeepStrictEqual } from 'node:util';
import type { Settings } from './settings.ts';
import { EDGE_REGION, edgeStackName, namesOf, needsEdge } from './edge-names.ts';
import { Problem } from './problem.ts';
import { deployedTemplate, refuseUnready, stackState, type StackState } from './stack-state.ts';
import type { Template } from './stateful.ts';

interface EdgeTemplate extends Template {
  Outputs?: Readonly<Record<string, unknown>>;
}

export interface Waiting {
  say: (line: string) => void;
  /** Resolves when it is time to look again. */
  pause: () => Promise<void>;
}

export interface DnsRecord {
  name: string;
  value: string;
}

/** As often as is looked for a stack to be done: half an hour, five seconds each. */
const LOOKS = 360;
/** As often as is looked for what a certificate waits for. */
const LOOKS_FOR_RECORDS = 60;

/** Before anything is built: a certificate that still waits for DNS is told at once. One that waits for other names is met later. */
export async function refuseUnvalidated(settings: Settings, client: CloudFormationClient): Promise<void> {
  const { domain } = settings;
  if (!domain || domain.zone !== null) return;
  const stackName = edgeStackName(settings);
  const state = await stackState(client, stackName);
  if (!state || !/^(?:CREATE|UPDATE)_IN_PROGRESS$/.test(state.status)) return;
  const template = await deployedTemplate(client, stackName);
  const names = Object.values(template?.Resources ?? {}).map(({ Properties }) => Properties?.['DomainName']);
  const records = names.includes(domain.page) ? await awaitedRecords(client, stackName) : [];
  if (records.length > 0) throw new Problem(recordsToSet(records));
}

/** Before the other stack: adds what that needs, and takes nothing away that it may still use. */
export async function prepareEdge(
  settings: Settings,
  client: CloudFormationClient,
  wanted: EdgeTemplate | undefined,
  waiting: Waiting,
): Promise<ReadonlyMap<string, string>> {
  if (!wanted) return new Map();
  const stackName = edgeStackName(settings);
  const before = (await deployedTemplate(client, stackName)) as EdgeTemplate | undefined;
  const union: EdgeTemplate = {
    ...wanted,
    Resources: { ...before?.Resources, ...wanted.Resources },
    Outputs: { ...before?.Outputs, ...wanted.Outputs },
  };
  return bringTo(settings, client, union, waiting);
}

/** After it: what is not wanted any more goes, and costs nothing any more. */
export async function tidyEdge(
  settings: Settings,
  client: CloudFormationClient,
  wanted: EdgeTemplate | undefined,
  waiting: Waiting,
): Promise<void> {
  if (wanted && needsEdge(settings)) {
    await bringTo(settings, client, wanted, waiting);
    return;
  }
  const stackName = edgeStackName(settings);
  const state = await stackState(client, stackName);
  if (!state || state.status.startsWith('DELETE_')) return;
  waiting.say(`The stack ${stackName} in ${EDGE_REGION} is of no more use, and is removed.`);
  await client.send(new DeleteStackCommand({ StackName: stackName }));
}

async function bringTo(
  settings: Settings,
  client: CloudFormationClient,
  template: EdgeTemplate,
  waiting: Waiting,
): Promise<ReadonlyMap<string, string>> {
  const stackName = edgeStackName(settings);
  const found = await stackState(client, stackName);
  const busy = found?.status === 'CREATE_IN_PROGRESS' || found?.status === 'UPDATE_IN_PROGRESS';
  if (found && !busy && !isDone(found)) refuseUnready(stackName, EDGE_REGION, found);
  const there = found && ((await deployedTemplate(client, stackName)) as EdgeTemplate | undefined);
  const same = isDeepStrictEqual(there, JSON.parse(JSON.stringify(template)));
  // What waits for DNS is waited for, unless it is not what is wanted any more.
  if (found && isDone(found) && same) return found.outputs;
  if (busy && !same) {
    throw new Problem(
      `The stack ${stackName} in ${EDGE_REGION} still waits for what the settings said before. Remove it, then run this again:\n  aws cloudformation delete-stack --stack-name ${stackName} --region ${EDGE_REGION}`,
    );
  }
  if (!busy) await change(client, stackName, template, found !== undefined);
  waiting.say(`Waiting for ${stackName} in ${EDGE_REGION} ...`);
  return finished(settings, client, waiting);
}

async function change(
  client: CloudFormationClient,
  StackName: string,
  template: EdgeTemplate,
  exists: boolean,
): Promise<void> {
  const TemplateBody = JSON.stringify(template);
  if (!exists) {
    // One that fails leaves nothing behind that would be in the way of the next.
    await client.send(new CreateStackCommand({ StackName, TemplateBody, OnFailure: 'DELETE' }));
    return;
  }
  await client.send(new UpdateStackCommand({ StackName, TemplateBody })).catch((error: unknown) => {
    if (!(error instanceof Error && /No updates are to be performed/.test(error.message))) throw error;
  });
}

/** What is cleared away afterwards need not be waited for. */
const isDone = ({ status }: StackState): boolean =>
  /^(?:CREATE|UPDATE)_COMPLETE(?:_CLEANUP_IN_PROGRESS)?$|^UPDATE_ROLLBACK_COMPLETE$/.test(status);

async function finished(
  settings: Settings,
  client: CloudFormationClient,
  { pause }: Waiting,
): Promise<ReadonlyMap<string, string>> {
  const stackName = edgeStackName(settings);
  const { domain } = settings;
  for (let look = 0; look < LOOKS; look++) {
    const state = await stackState(client, stackName);
    if (state && /^(?:CREATE|UPDATE)_COMPLETE/.test(state.status)) return state.outputs;
    if (!state || !/^(?:CREATE|UPDATE)_IN_PROGRESS$/.test(state.status)) {
      const why = state?.reason ? `: ${state.reason}` : '';
      throw new Problem(
        `The stack ${stackName} in ${EDGE_REGION} could not be deployed${why}. Its events, in the AWS console under CloudFormation, say why; nothing else was changed.`,
      );
    }
    if (domain?.zone === null) {
      const records = await awaitedRecords(client, stackName);
      if (records.length >= namesOf(settings).length) throw new Problem(recordsToSet(records));
      if (look >= LOOKS_FOR_RECORDS) {
        throw new Problem(
          'The certificate waits for its names to be validated. Which DNS records to set, the AWS console says: Certificate Manager, in us-east-1. Set them, then run this again.',
        );
      }
    }
    await pause();
  }
  throw new Problem(
    `The stack ${stackName} in ${EDGE_REGION} is still not done. Run this again: it goes on where it was.`,
  );
}

/** CloudFormation says them in an event of the certificate, for each name. */
async function awaitedRecords(client: CloudFormationClient, StackName: string): Promise<DnsRecord[]> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  const records = new Map<string, DnsRecord>();
  for (const {
    ResourceType,
    LogicalResourceId,
    ResourceStatus = '',
    ResourceStatusReason = '',
  } of StackEvents) {
    const asked = /\{Name:\s*([^,\s]+?)\.?,\s*Type:\s*CNAME,\s*Value:\s*([^}\s]+?)\.?\}/.exec(
      ResourceStatusReason,
    );
    const [, name, value] = asked ?? [];
    if (name !== undefined && value !== undefined) records.set(name, { name, value });
    // Newest first: what is older is of an earlier deployment.
    if (
      ResourceType === 'AWS::CloudFormation::Stack' &&
      LogicalResourceId === StackName &&
      /^(?:CREATE|UPDATE)_IN_PROGRESS$/.test(ResourceStatus)
    )
      break;
  }
  return [...records.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

const recordsToSet = (records: readonly DnsRecord[]): string =>
  `The names in "domain" are not validated yet. Set these records at your DNS provider, and leave them there for good (the certificate is renewed by them):

${records.map(({ name, value }) => `  ${name}  CNAME  ${value}`).join('\n')}

Validation takes some minutes after they are seen, half an hour at most. Then run this again.`;
