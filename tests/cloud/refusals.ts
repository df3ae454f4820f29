// A cloud with two members, each with a photo, an operator who may do everything, and a picture of all that is stored: so that
// a test can tell that what was refused left no trace.
import { randomUUID } from 'node:crypto';
import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import type { CloudOptions } from '../../infra/local/cloud.ts';
import { synthesise } from '../../infra/local/synth.ts';
import type { Template } from '../../infra/local/template-values.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { friendSharePrefix, indexPrefix, linkSharePrefix, renditionKey } from '../../src/schema/keys.ts';
import { photoIdOf } from '../fixtures.ts';
import { clientsFor, freshCloud, member, type Member } from './people.ts';
import { putOriginal } from './photos.ts';

export const DENIED = '403 AccessDenied';

/** What came of a request of the SDK's: `403 AccessDenied` for a refusal, `ok` for none. */
export const outcome = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => 'ok',
    (error: { $metadata?: { httpStatusCode?: number }; name: string; Code?: string }) =>
      `${error.$metadata?.httpStatusCode} ${error.Code ?? error.name}`,
  );

/** Deletes many at once; fails as a single delete does where one of them is refused. */
export async function deleteAtOnce(client: S3Client, Bucket: string, keys: readonly string[]): Promise<void> {
  const Objects = keys.map((Key) => ({ Key }));
  const { Errors: [refused] = [] } = await client.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
  );
  if (!refused) return;
  const $metadata = { httpStatusCode: refused.Code === 'AccessDenied' ? 403 : 500 };
  throw Object.assign(new Error(refused.Message), { name: refused.Code, $metadata });
}

/** The same of a plain request to S3; a body that is no error is told as it is. */
export async function answerTo(url: string, init?: RequestInit): Promise<string> {
  const response = await fetch(url, init);
  const text = await response.text();
  return `${response.status} ${/<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? text}`;
}

/** The real template and one role more, whose credentials nobody can sign in for. */
export async function withOperator(make: () => Promise<Template> = synthesise): Promise<Template> {
  const template = structuredClone(await make());
  template.Resources['Operator'] = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
      Policies: [
        {
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: ['s3:*', 'dynamodb:*'], Resource: '*' }],
          },
        },
      ],
    },
  };
  return template;
}

export type World = Awaited<ReturnType<typeof openWorld>>;

/** Ada and Ben, each with an original, a row, a rendition, an index, a share of each kind and a profile. */
export async function openWorld(options: Omit<CloudOptions, 'directory'> = {}) {
  const cloud = await freshCloud({ template: withOperator, ...options });
  const { originalsBucket, libraryBucket, photosTable, socialTable } = cloud.config;
  const [ada, ben] = await Promise.all([
    member(cloud, { email: 'ada@example.com' }),
    member(cloud, { email: 'ben@example.com' }),
  ]);
  const operator = clientsFor(cloud, cloud.issueRole('Operator'));
  const processor = clientsFor(cloud, cloud.issueRole(cloud.stack.processor.role));
  const bytes = Buffer.from('the bytes of a photo that both have');
  const photoId: PhotoId = photoIdOf(bytes);

  const furnish = async (who: Member) => {
    const { identityId } = who;
    await putOriginal(cloud, who, bytes);
    const library = [
      renditionKey(identityId, photoId, 'thumb'),
      `${indexPrefix(identityId)}rows`,
      `${friendSharePrefix(identityId)}s/manifest.json`,
      `${linkSharePrefix(identityId, '7d')}s/manifest.json`,
    ];
    for (const Key of library) {
      await operator.s3.library.send(new PutObjectCommand({ Bucket: libraryBucket, Key, Body: identityId }));
    }
    await processor.dynamodb.send(
      new UpdateCommand({
        TableName: photosTable,
        Key: { owner: identityId, photoId },
        UpdateExpression: 'SET #name = :name, #bytes = :bytes, changedAt = :now',
        ExpressionAttributeNames: { '#name': 'name', '#bytes': 'bytes' },
        ExpressionAttributeValues: {
          ':name': 'a photo.jpg',
          ':bytes': bytes.length,
          ':now': '2026-11-20T12:00:00.000Z',
        },
      }),
    );
    await who.dynamodb.send(
      new PutCommand({
        TableName: socialTable,
        Item: { owner: identityId, id: 'profile', name: randomUUID() },
      }),
    );
  };
  await Promise.all([furnish(ada), furnish(ben)]);

  /** Every version of every object and every row, as the operator sees them. */
  const everything = async () => {
    const versions = async (from: keyof Member['s3'], Bucket: string) => {
      const { Versions = [], DeleteMarkers = [] } = await operator.s3[from].send(
        new ListObjectVersionsCommand({ Bucket }),
      );
      return [...Versions, ...DeleteMarkers].map(({ Key, VersionId, IsLatest, ...rest }) =>
        [Key, VersionId, IsLatest, 'ETag' in rest ? rest.ETag : 'marker'].join(' '),
      );
    };
    const rows = async (TableName: string) =>
      (await operator.dynamodb.send(new ScanCommand({ TableName }))).Items;
    return {
      originals: await versions('originals', originalsBucket),
      library: await versions('library', libraryBucket),
      photos: await rows(photosTable),
      social: await rows(socialTable),
    };
  };
  return { cloud, ada, ben, operator, processor, bytes, photoId, everything };
}

/** For tests of many refusals: each attempt is a test, which is answered as expected and leaves everything as it was. */
export const refuser =
  (world: () => World, usual: string) =>
  (attempts: Readonly<Record<string, () => Promise<unknown>>>, expected: string | RegExp = usual): void => {
    const answer = typeof expected === 'string' ? new RegExp(`^${expected}$`) : expected;
    test.each(Object.entries(attempts))('%s', async (_what, attempt) => {
      const before = await world().everything();
      expect(await outcome(attempt())).toMatch(answer);
      expect(await world().everything()).toEqual(before);
    });
  };
