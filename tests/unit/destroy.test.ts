// `npm run destroy` keeps what people have put there unless its owner says twice that it is to go. The real SDK asks; a server on this
// computer answers as AWS would, and notes all that it was asked to delete.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { awsClients } from '../../infra/aws.ts';
import { destroy, PHRASE } from '../../infra/destroy-run.ts';
import { AwsStandIn, json, jsonError, noStack, stacksXml, xml, type StackShape } from '../aws-stand-in.ts';
import { SETTINGS } from './synthesised.ts';

vi.setConfig({ testTimeout: 60_000 });

const aws = new AwsStandIn();
let address: string;
beforeAll(async () => {
  address = await aws.start();
  vi.stubEnv('AWS_ENDPOINT_URL', address);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterAll(async () => {
  await aws.stop();
  vi.unstubAllEnvs();
});

const RESOURCES = [
  ['AWS::S3::Bucket', 'SiteBucket1', 'site'],
  ['AWS::S3::Bucket', 'StorageOriginals1', 'originals'],
  ['AWS::S3::Bucket', 'StorageLibrary1', 'library'],
  ['AWS::DynamoDB::Table', 'StoragePhotos1', 'photos-table'],
  ['AWS::DynamoDB::Table', 'StorageSocial1', 'social-table'],
  ['AWS::Cognito::UserPool', 'SignInUserPool1', 'us-east-1_pool'],
  ['AWS::Cognito::IdentityPool', 'SignInIdentityPool1', 'us-east-1:identity'],
  ['AWS::Lambda::Function', 'ProcessorFunction1', 'fn'],
];

/** What each S3 bucket still holds. */
let objects: Record<string, string[]>;
let stacks: Record<string, StackShape | undefined>;
/** What becomes of the stack once it is to be deleted. */
let afterwards: StackShape | undefined;

beforeEach(() => {
  aws.reset();
  objects = { site: ['index.html'], originals: ['me/photo', 'me/other'], library: ['renditions/me/photo'] };
  stacks = { Shoebox: { status: 'UPDATE_COMPLETE' } };
  afterwards = undefined;
  aws
    .answer('cloudformation:DescribeStacks', ({ fields }) => {
      const state = stacks[String(fields['StackName'])];
      return state ? stacksXml(state) : noStack;
    })
    .answer(
      'cloudformation:ListStackResources',
      xml(
        `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>${RESOURCES.map(
          ([type, logical, id]) =>
            `<member><ResourceType>${type}</ResourceType><LogicalResourceId>${logical}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
        ).join('')}</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`,
      ),
    )
    .answer('cloudformation:DeleteStack', ({ fields }) => {
      stacks[String(fields['StackName'])] = afterwards;
      return xml('<DeleteStackResponse/>');
    })
    .answer('dynamodb:UpdateTable', json({}))
    .answer('dynamodb:DescribeTable', json({ Table: { TableStatus: 'ACTIVE' } }))
    .answer('dynamodb:DeleteTable', json({}))
    .answer('ssm:DeleteParameter', jsonError('ParameterNotFound'));
  for (const bucket of Object.keys(objects)) {
    aws
      .answer(`s3:GET /${bucket}?versions`, () =>
        xml(
          `<ListVersionsResult>${(objects[bucket] ?? [])
            .map((key) => `<Version><Key>${key}</Key><VersionId>v1</VersionId></Version>`)
            .join('')}</ListVersionsResult>`,
        ),
      )
      .answer(`s3:POST /${bucket}?delete`, ({ body }) => {
        objects[bucket] = (objects[bucket] ?? []).filter((key) => !body.includes(`<Key>${key}</Key>`));
        return xml('<DeleteResult/>');
      })
      .answer(`s3:GET /${bucket}?uploads`, xml('<ListMultipartUploadsResult/>'))
      .answer(`s3:DELETE /${bucket}`, { status: 204 });
  }
});

async function run(withPhotos: boolean, answers: string[]) {
  const said: string[] = [];
  const problem = await destroy(SETTINGS, awsClients('us-east-1'), {
    withPhotos,
    say: (line) => said.push(line),
    ask: () => Promise.resolve(answers.shift() ?? ''),
    pause: () => Promise.resolve(),
  }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { said: said.join('\n'), problem };
}

const deletions = () => aws.names().filter((name) => /Delete|DELETE|\?delete/.test(name));

test('whoever types nothing, or something else, changes nothing', async () => {
  for (const answers of [[], ['yes'], ['shoebox']]) {
    expect((await run(false, answers)).problem).toBe('Nothing was changed.');
  }
  for (const answers of [['Shoebox'], ['Shoebox', 'yes'], ['Shoebox', 'Shoebox'], [PHRASE, 'Shoebox']]) {
    expect((await run(true, answers)).problem).toBe('Nothing was changed.');
  }
  expect(deletions()).toEqual([]);
});

test('told once, it removes the stack and the page, and keeps originals, tables and pools', async () => {
  const { said, problem } = await run(false, ['Shoebox', PHRASE]);
  expect(problem).toBeUndefined();
  expect(objects).toMatchObject({
    site: [],
    originals: ['me/photo', 'me/other'],
    library: ['renditions/me/photo'],
  });
  expect(deletions()).toEqual(['cloudformation:DeleteStack', 's3:POST /site?delete', 's3:DELETE /site']);
  for (const kept of [
    'originals',
    'library',
    'photos-table',
    'social-table',
    'us-east-1_pool',
    'us-east-1:identity',
  ]) {
    expect(said.split('is gone. Kept')[1]).toContain(kept);
  }
});

test('told twice, it deletes every version of every photo and both tables, and says how the pools go', async () => {
  const { said, problem } = await run(true, ['Shoebox', PHRASE]);
  expect(problem).toBeUndefined();
  expect(objects).toEqual({ site: [], originals: [], library: [] });
  expect(aws.of('dynamodb:UpdateTable').map(({ fields }) => fields)).toEqual(
    ['photos-table', 'social-table'].map((TableName) => ({ TableName, DeletionProtectionEnabled: false })),
  );
  expect(aws.of('dynamodb:DeleteTable')).toHaveLength(2);
  expect(said).toContain('delete-user-pool --region us-east-1 --user-pool-id us-east-1_pool');
  expect(said).toContain('delete-identity-pool --region us-east-1 --identity-pool-id us-east-1:identity');
});

test('while the stack does not go, nothing that it keeps is touched', async () => {
  afterwards = { status: 'DELETE_FAILED', reason: 'in use' };
  expect((await run(true, ['Shoebox', PHRASE])).problem).toMatch(/could not be removed.*in use/);
  expect(deletions()).toEqual(['cloudformation:DeleteStack']);
});

test('certificate and firewall go with it, and a stack that is not there is named', async () => {
  stacks['Shoebox-edge-us-east-1'] = { status: 'CREATE_COMPLETE' };
  await run(false, ['Shoebox']);
  expect(aws.of('cloudformation:DeleteStack').map(({ fields }) => fields['StackName'])).toEqual([
    'Shoebox',
    'Shoebox-edge-us-east-1',
  ]);
  expect((await run(false, ['Shoebox'])).problem).toMatch(/no stack Shoebox in us-east-1/);
});

test('what S3 does not delete ends it, and is named', async () => {
  aws.answer(
    's3:POST /originals?delete',
    xml(
      '<DeleteResult><Error><Key>me/photo</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>',
    ),
  );
  expect((await run(true, ['Shoebox', PHRASE])).problem).toMatch(/did not delete me\/photo from originals/);
  expect(aws.of('dynamodb:DeleteTable')).toEqual([]);
});

test('as a command without anybody at the keyboard it does nothing', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'infra/destroy.ts', '--with-photos'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  const [out, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  expect(code).toBe(1);
  expect(out).toMatch(/DELETES, FOR GOOD[^]*originals[^]*Type Shoebox to go on/);
  expect(errors).toMatch(/Nothing was changed/);
  expect(deletions()).toEqual([]);
});
