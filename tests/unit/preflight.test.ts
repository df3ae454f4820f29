// Before anything is built or changed: whatever is wrong with the account is said in a sentence that names the cure. The real SDK asks;
// a server on this computer answers as AWS would.
import { App } from 'aws-cdk-lib';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { awsClients } from '../../infra/aws.ts';
import { BOOTSTRAP_VERSION, preflight } from '../../infra/preflight.ts';
import { Problem, sentenceFor } from '../../infra/problem.ts';
import { ShoeboxStack } from '../../infra/stack.ts';
import type { Settings } from '../../infra/settings.ts';
import { AwsStandIn, json, jsonError, noStack, s3Error, stacksXml, xml, xmlError } from '../aws-stand-in.ts';
import { SETTINGS } from './synthesised.ts';

const aws = new AwsStandIn();
const ACCOUNT = '111111111111';
const scratch = mkdtempSync(join(tmpdir(), 'shoebox-preflight-'));

beforeAll(async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', await aws.start());
});
afterAll(async () => {
  await aws.stop();
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true });
});

const parameter = (name: string, Value: string, Type = 'String') =>
  json({
    Parameter: { Name: name, Value, Type, ARN: `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter${name}` },
  });

let parameters: Record<string, ReturnType<typeof json>>;

/** An account that was bootstrapped and holds nothing. */
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  aws.reset();
  const version = '/cdk-bootstrap/hnb659fds/version';
  parameters = { [version]: parameter(version, String(BOOTSTRAP_VERSION)) };
  aws
    .answer(
      'ssm:GetParameter',
      ({ fields }) => parameters[String(fields['Name'])] ?? jsonError('ParameterNotFound'),
    )
    .answer('cloudformation:DescribeStacks', noStack)
    .answer(
      'lambda:GetAccountSettings',
      json({
        AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 },
      }),
    );
  holding();
});

/** S3 buckets of the account. */
const holding = (...names: string[]) =>
  aws.answer('s3:GET ', ({ fields }) => {
    const found = names.filter((name) => name.startsWith(String(fields['prefix'])));
    const buckets = found.map((name) => `<Bucket><Name>${name}</Name></Bucket>`);
    return xml(`<ListAllMyBucketsResult><Buckets>${buckets.join('')}</Buckets></ListAllMyBucketsResult>`);
  });

const look = (settings: Partial<Settings> = {}, places: Pick<Settings, 'stackName' | 'region'>[] = []) => {
  const all = { ...SETTINGS, ...settings };
  return preflight(all, awsClients(all.region), [all, ...places]);
};

/** Of a stack that was deployed. */
const outputs = { SiteBucket: 'site', ProcessorFunction: 'fn' };

/** What the person at the keyboard would read. */
const told = async (settings: Partial<Settings> = {}): Promise<string> => {
  const error: unknown = await look(settings).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const sentence = sentenceFor(error, settings.region ?? SETTINGS.region);
  if (sentence === undefined) throw error ?? new Error('nothing was wrong');
  return sentence;
};

test('an account that is ready is found ready, and nothing is changed in looking', async () => {
  expect(await look()).toEqual({ account: ACCOUNT, stack: undefined });
  const changing = aws.names().filter((name) => !/:(?:Get|Describe|GET )/.test(name));
  expect(changing).toEqual([]);
});

test('a stack that is there is found with its outputs, and its own S3 buckets are no obstacle', async () => {
  aws.answer('cloudformation:DescribeStacks', stacksXml({ status: 'UPDATE_COMPLETE', outputs }));
  const { stack } = await look();
  expect(stack?.status).toBe('UPDATE_COMPLETE');
  expect(stack?.outputs.get('SiteBucket')).toBe('site');
  expect(aws.names().filter((name) => name.startsWith('s3:'))).toEqual([]);
});

test('without credentials it says how to sign in, and asks AWS nothing', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
  vi.stubEnv('AWS_PROFILE', '');
  vi.stubEnv('AWS_CONFIG_FILE', join(scratch, 'none'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(scratch, 'none'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  expect(await told()).toMatch(/no AWS credentials.*aws sso login/);
  expect(aws.asked).toEqual([]);
});

test.each([
  ['ExpiredTokenException', /expired.*aws sso login/],
  ['UnrecognizedClientException', /does not know these credentials/],
  ['InvalidSignatureException', /secret key is wrong, or this computer’s clock/],
  ['AccessDeniedException', /lack a right.*ssm:GetParameter/],
])('credentials that AWS answers with %s are told of in a sentence', async (type, sentence) => {
  aws.answer('ssm:GetParameter', jsonError(type, 'not authorized to perform: ssm:GetParameter'));
  expect(await told()).toMatch(sentence);
});

test('a Region that has to be turned on first is named as the other reason why AWS may know nobody', async () => {
  aws.answer('ssm:GetParameter', jsonError('UnrecognizedClientException'));
  expect(await told({ region: 'eu-south-1' })).toMatch(/eu-south-1 is not turned on/);
  expect(await told()).not.toMatch(/turned on/);
});

test('a Region that does not exist, or no network, is told as that', async () => {
  const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
  expect(sentenceFor(missing, 'eu-west-9')).toMatch(/cannot be reached in eu-west-9.*"region"/);
});

test('an account without bootstrap, or with an old one, is told the command', async () => {
  parameters = {};
  expect(await told()).toMatch(/npx cdk bootstrap aws:\/\/ACCOUNT\/us-east-1/);
  vi.stubEnv('AWS_ACCOUNT_ID', '222222222222');
  expect(await told()).toMatch(/npx cdk bootstrap aws:\/\/222222222222\/us-east-1/);
  const version = '/cdk-bootstrap/hnb659fds/version';
  parameters = { [version]: parameter(version, '5') };
  expect(await told()).toMatch(
    /too old \(version 5, and 6 is needed\)[^]*npx cdk bootstrap aws:\/\/111111111111/,
  );
});

test('the bootstrap that is asked for is the one that the stack needs', () => {
  const app = new App({ outdir: scratch, context: { 'aws:cdk:bundling-stacks': [] } });
  const { artifactId } = new ShoeboxStack(app, SETTINGS);
  const { requiresBootstrapStackVersion } = app.synth().getStackArtifact(artifactId);
  expect(BOOTSTRAP_VERSION).toBe(requiresBootstrapStackVersion);
});

test.each([
  ['CREATE_IN_PROGRESS', /being changed right now/],
  ['UPDATE_ROLLBACK_IN_PROGRESS', /being changed right now/],
  ['ROLLBACK_COMPLETE', /aws cloudformation delete-stack --stack-name Shoebox/],
  ['UPDATE_ROLLBACK_FAILED', /continue-update-rollback/],
  ['DELETE_FAILED', /removed, and that failed/],
])('a stack in state %s is told with what to do', async (status, sentence) => {
  aws.answer('cloudformation:DescribeStacks', stacksXml({ status, reason: 'because' }));
  expect(await told()).toMatch(sentence);
});

test('a state from which a deployment goes on is none to speak of', async () => {
  for (const status of [
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
    'IMPORT_COMPLETE',
  ]) {
    aws.answer('cloudformation:DescribeStacks', stacksXml({ status, outputs }));
    expect((await look()).stack?.status).toBe(status);
  }
});

test('a stack of the same name that is something else is left alone', async () => {
  aws.answer(
    'cloudformation:DescribeStacks',
    stacksXml({ status: 'UPDATE_COMPLETE', outputs: { Url: 'a' } }),
  );
  expect(await told()).toMatch(/not a Shoebox, and is left alone.*another "stackName"/);
});

test('a stack that was only thought of is none yet', async () => {
  aws.answer('cloudformation:DescribeStacks', stacksXml({ status: 'REVIEW_IN_PROGRESS' }));
  expect(await look()).toEqual({ account: ACCOUNT, stack: undefined });
});

const quota = (ConcurrentExecutions: number, UnreservedConcurrentExecutions: number) =>
  aws.answer(
    'lambda:GetAccountSettings',
    json({
      AccountLimit: { ConcurrentExecutions, UnreservedConcurrentExecutions },
    }),
  );

test('a new account’s ten calls at once cannot be reserved; of more, what is beyond a hundred can', async () => {
  quota(10, 10);
  expect(await told({ processorReservedConcurrency: 3 })).toMatch(
    /10 Lambda calls.*nothing can be reserved.*null/,
  );
  quota(1000, 150);
  expect(await told({ processorReservedConcurrency: 60 })).toMatch(/at most 50/);
  expect(await look({ processorReservedConcurrency: 50 })).toMatchObject({ account: ACCOUNT });
});

test('what the processor has reserved already counts for it', async () => {
  aws
    .answer('cloudformation:DescribeStacks', stacksXml({ status: 'UPDATE_COMPLETE', outputs }))
    .answer('lambda:GetFunctionConcurrency', json({ ReservedConcurrentExecutions: 50 }));
  quota(1000, 100);
  expect(await look({ processorReservedConcurrency: 50 })).toMatchObject({ account: ACCOUNT });
  expect(await told({ processorReservedConcurrency: 51 })).toMatch(/at most 50/);
});

test('Google’s secret is looked for where the settings say, and has to be what CloudFormation can read', async () => {
  const google = { clientId: '1-a.apps.googleusercontent.com', secretParameter: '/shoebox/google' };
  expect(await told({ google })).toMatch(
    /no such parameter[^]*put-parameter.*\/shoebox\/google --type String/,
  );
  parameters['/shoebox/google'] = parameter('/shoebox/google', 'cipher', 'SecureString');
  expect(await told({ google })).toMatch(/SecureString, which CloudFormation cannot/);
  parameters['/shoebox/google'] = parameter('/shoebox/google', 'secret');
  expect(await look({ google })).toMatchObject({ account: ACCOUNT });
  // Never decrypted for that.
  for (const { fields } of aws.of('ssm:GetParameter'))
    expect(fields).not.toHaveProperty('WithDecryption', true);
});

test('S3 buckets that a removed stack has left are named before anything is tried', async () => {
  const left = ['originals', 'site'].map((kind) => `shoebox-${kind}-${ACCOUNT}-us-east-1`);
  holding('shoebox-holidays', `shoebox2-originals-${ACCOUNT}-us-east-1`, ...left);
  expect(await told()).toMatch(/shoebox-originals-111111111111-us-east-1, shoebox-site.*another "stackName"/);
});

test('a Region that is not the one where the photos are is taken for the slip that it is', async () => {
  holding(`shoebox-originals-${ACCOUNT}-eu-west-1`);
  expect(await told()).toMatch(
    /a Shoebox in eu-west-1, and "region" says us-east-1.*Set "region" to eu-west-1/,
  );
  // Unless the settings say that there is one, too.
  const places = [{ stackName: 'Shoebox', region: 'eu-west-1' }];
  expect(await look({}, places)).toMatchObject({ account: ACCOUNT });
  expect(await look({ stackName: 'Second' })).toMatchObject({ account: ACCOUNT });
});

test('all that is wrong is said at once', async () => {
  quota(10, 10);
  holding(`shoebox-originals-${ACCOUNT}-us-east-1`);
  expect(await told({ processorReservedConcurrency: 3 })).toMatch(/reserved[^]*\n\n[^]*stackName/);
});

test('what nobody has thought of is not swallowed', async () => {
  aws.answer('cloudformation:DescribeStacks', xmlError('SomethingElse', 'odd'));
  await expect(look()).rejects.toThrow('odd');
  await expect(look()).rejects.not.toBeInstanceOf(Problem);
  aws.answer('cloudformation:DescribeStacks', noStack);
  aws.answer('s3:GET ', s3Error('NotImplemented', 501));
  await expect(look()).rejects.not.toBeInstanceOf(Problem);
});
