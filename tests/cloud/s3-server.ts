// A local S3 with three S3 buckets and the deployed policies, for tests: in this process, or as a process of its own
// (`tsx s3-server.ts <directory>`) that prints its address, so that it can be killed.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CredentialStore, ObjectEvent, Principal } from '../../infra/local/contract.ts';
import { createS3, type BucketSpec, type S3 } from '../../infra/local/s3/s3.ts';
import type { Keeping } from '../../src/schema/keeping.ts';
import { bucketPolicy, memberPolicy, processorPolicy, type PolicyDocument } from '../../infra/policies.ts';

export const REGION = 'eu-west-1';
export const ORIGIN = 'http://localhost:4444';
export const ME = 'eu-west-1:11111111-2222-3333-4444-555555555555';
export const YOU = 'eu-west-1:99999999-2222-3333-4444-555555555555';

const ACCOUNT = '123456789012';
const arns = {
  originals: 'arn:aws:s3:::originals',
  library: 'arn:aws:s3:::library',
  originalsName: 'originals',
  libraryName: 'library',
  photos: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/photos`,
  social: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/social`,
};

const everything: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'All', Effect: 'Allow', Action: ['s3:*'], Resource: ['*'] }],
};
const role = (name: string, policies: PolicyDocument[], sub?: string): Principal => ({
  arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
  policies,
  context: sub ? { 'cognito-identity.amazonaws.com:sub': sub } : {},
});

const ARCHIVING: Keeping = { storage: 'intelligentTiering', deepArchive: { afterDays: 180 } };

/** Access key ids are names, secrets and tokens are made of them. */
export const PRINCIPALS: Readonly<Record<string, Principal>> = {
  me: role('member', [memberPolicy(arns)], ME),
  you: role('member', [memberPolicy(arns)], YOU),
  // The same two, where originals move into the deep archive.
  meArchiving: role('member', [memberPolicy(arns, ARCHIVING)], ME),
  youArchiving: role('member', [memberPolicy(arns, ARCHIVING)], YOU),
  processor: role('processor', [processorPolicy(arns)]),
  operator: role('operator', [everything]),
};
export const keysOf = (name: string) => ({
  accessKeyId: name,
  secretAccessKey: `${name}-secret`,
  sessionToken: `${name}-token`,
});

const credentials: CredentialStore = {
  resolve: (id, token) => {
    const principal = PRINCIPALS[id];
    if (!principal) return { state: id === 'old' ? 'expired' : 'unknown' };
    const { secretAccessKey, sessionToken } = keysOf(id);
    return token === sessionToken ? { state: 'valid', secretAccessKey, principal } : { state: 'bad-token' };
  },
};

const corsRules = [
  {
    AllowedOrigins: [ORIGIN],
    AllowedMethods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
    AllowedHeaders: ['*'],
    ExposedHeaders: ['ETag', 'Date', 'x-amz-version-id'],
    MaxAge: 3600,
  },
];

const heard = (event: string, prefix = '') => ({ event, target: 'arn:aws:lambda:any', prefix, suffix: '' });

export const BUCKETS: readonly BucketSpec[] = [
  {
    name: 'originals',
    arn: arns.originals,
    versioned: true,
    policy: bucketPolicy(arns.originals),
    corsRules,
    lifecycleRules: [
      {
        Status: 'Enabled',
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        ExpiredObjectDeleteMarker: true,
      },
      { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } },
      { Status: 'Disabled', ExpirationInDays: 1 },
    ],
    notifications: [heard('s3:ObjectCreated:*'), heard('s3:ObjectRemoved:DeleteMarkerCreated')],
  },
  {
    name: 'library',
    arn: arns.library,
    versioned: false,
    policy: bucketPolicy(arns.library),
    corsRules,
    lifecycleRules: [{ Status: 'Enabled', Prefix: 'shares/links/7d/', ExpirationInDays: 7 }],
    notifications: [heard('s3:ObjectCreated:*', 'wishes/')],
  },
  {
    name: 'plain',
    arn: 'arn:aws:s3:::plain',
    versioned: false,
    corsRules: [],
    lifecycleRules: [],
    notifications: [heard('s3:ObjectCreated:*'), heard('s3:ObjectRemoved:Delete')],
  },
];

export interface TestS3 {
  s3: S3;
  endpoint: string;
  /** Answers for `library` only. */
  libraryEndpoint: string;
  events: ObjectEvent[];
  clock: { offset: number };
  stop: () => Promise<void>;
}

export async function startS3(directory: string, buckets = BUCKETS, clock = { offset: 0 }): Promise<TestS3> {
  const events: ObjectEvent[] = [];
  const s3 = await createS3({
    directory,
    buckets,
    credentials,
    region: REGION,
    account: ACCOUNT,
    onEvent: (event) => events.push(event),
    now: () => Date.now() + clock.offset,
  });
  const servers = [createServer(s3.handler()), createServer(s3.handler('library'))];
  const endpoints: string[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoints.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  const [endpoint = '', libraryEndpoint = ''] = endpoints;
  const stop = async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await s3.close();
  };
  return { s3, endpoint, libraryEndpoint, events, clock, stop };
}

const [, script, directory] = process.argv;
if (script === import.meta.filename && directory) console.log((await startS3(directory)).endpoint);
