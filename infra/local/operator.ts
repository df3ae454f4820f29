// Who runs the local cloud may also operate it: principals of their own, which nobody can sign in as, and whose credentials lie
// in the data directory for as long as the cloud runs.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATOR_FILE, type LocalOperator } from '../operator.ts';
import { doctorPolicy } from '../policies-doctor.ts';
import { keepingPolicy } from '../policies-keeping.ts';
import { operatorPolicy, ownerPolicy } from '../policies.ts';
import type { Credentials } from './cognito/credentials.ts';
import type { Role, Stack } from './template.ts';

const OPERATOR = 'LocalOperator';
const KEEPER = 'LocalKeeper';
const LIFE_SECONDS = 12 * 3600;
const RENEWAL_MILLISECONDS = 3600_000;

/** Beside the roles of the template, and in no role mapping. */
export function operatorRoles({
  account,
  buckets,
  config,
  processor,
  region,
  userPool,
}: Omit<Stack, 'roles'>): Role[] {
  const originals = buckets.find(({ name }) => name === config.originalsBucket);
  if (!originals) throw new Error('The template has no S3 bucket for originals.');
  const library = buckets.find(({ name }) => name === config.libraryBucket);
  if (!library) throw new Error('The template has no S3 bucket for renditions.');
  const table = (name: string) => `arn:aws:dynamodb:${region}:${account}:table/${name}`;
  const [photos, social] = [table(config.photosTable), table(config.socialTable)];
  const role = (logicalId: string, ...policies: Role['policies']): Role => ({
    logicalId,
    name: logicalId,
    arn: `arn:aws:iam::${account}:role/${logicalId}`,
    policies,
    trust: { Version: '2012-10-17', Statement: [] },
  });
  return [
    role(
      OPERATOR,
      operatorPolicy({
        originals: originals.arn,
        photos,
        processor: processor.arn,
        failures: processor.failureQueue.arn,
      }),
      ownerPolicy(userPool.arn),
      doctorPolicy({ userPool: userPool.arn, originals: originals.arn, photos, social }),
    ),
    role(KEEPER, keepingPolicy({ originals: originals.arn, library: library.arn, photos, social })),
  ];
}

/** Leaves operator.json in the directory and keeps its credentials fresh; gives the way to take it back. */
export function admitOperator(
  directory: string,
  { region, config, processor, userPool }: Stack,
  endpoints: LocalOperator['endpoints'],
  credentials: Credentials,
): () => void {
  const file = join(directory, OPERATOR_FILE);
  const write = () => {
    const keysOf = (role: string) => {
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials.issueRole(role, {
        seconds: LIFE_SECONDS,
      });
      return { accessKeyId, secretAccessKey, sessionToken, expiration: expiration.toISOString() };
    };
    const operator: LocalOperator = {
      names: {
        region,
        originalsBucket: config.originalsBucket,
        photosTable: config.photosTable,
        processor: processor.name,
        failureQueue: processor.failureQueue.url,
        userPool: userPool.id,
      },
      endpoints,
      credentials: keysOf(OPERATOR),
      keeping: keysOf(KEEPER),
    };
    // Never half written, and never another user's to read: not even for a moment, under the mode of an older file.
    rmSync(`${file}.new`, { force: true });
    writeFileSync(`${file}.new`, JSON.stringify(operator), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  write();
  const renewal = setInterval(write, RENEWAL_MILLISECONDS).unref();
  return () => {
    clearInterval(renewal);
    rmSync(file, { force: true });
  };
}
