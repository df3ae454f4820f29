// Takes away all that an examination has made. First as the people themselves do it, so that the processor clears up behind them; then what
// only an operator can: versions, rows, accounts.
import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import {
  friendSharePrefix,
  LINK_CLASSES,
  linkSharePrefix,
  originalPrefix,
  renditionPrefix,
} from '../../src/schema/keys.ts';
import { eventually, Finding, type Examination } from './findings.ts';
import type { Waiting } from './photos.ts';
import type { Target } from './target.ts';
import type { Account, Visitor } from './visitor.ts';

export async function cleanUp(
  examination: Examination,
  target: Target,
  { accounts, visitors }: { accounts: readonly Account[]; visitors: readonly Visitor[] },
  waiting: Waiting,
): Promise<void> {
  examination.chapter('Afterwards');
  for (const visitor of visitors) {
    await examination.look(
      'a member deletes all that is theirs, and the processor its pictures',
      async () => {
        await deleteOwn(target, visitor);
        await eventually(async () => {
          const left = await keysOf(
            visitor.library,
            target.config.libraryBucket,
            renditionPrefix(visitor.identityId),
          );
          if (left.length > 0) throw new Finding(`${left.length} pictures are still there.`);
        }, waiting);
      },
    );
    await examination.look('no version and no row is left of it', () => removeTraces(target, visitor));
  }
  for (const { username, email } of accounts) {
    await examination.look(`the account ${email} is removed`, () =>
      target.askPool('AdminDeleteUser', { Username: username }),
    );
  }
}

async function deleteOwn({ config }: Target, { identityId, originals, library }: Visitor): Promise<void> {
  const { originalsBucket, libraryBucket } = config;
  for (const Key of await keysOf(originals, originalsBucket, originalPrefix(identityId)))
    await originals.send(new DeleteObjectCommand({ Bucket: originalsBucket, Key }));
  const shares = [
    friendSharePrefix(identityId),
    ...LINK_CLASSES.map((kind) => linkSharePrefix(identityId, kind)),
  ];
  for (const prefix of shares) {
    for (const Key of await keysOf(library, libraryBucket, prefix))
      await library.send(new DeleteObjectCommand({ Bucket: libraryBucket, Key }));
  }
}

/** Few enough for one page. */
async function keysOf(s3: S3Client, Bucket: string, Prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

async function removeTraces({ config, s3, dynamodb }: Target, { identityId }: Visitor): Promise<void> {
  const { originalsBucket: Bucket } = config;
  const Prefix = originalPrefix(identityId);
  const { Versions = [], DeleteMarkers = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket, Prefix }),
  );
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  for (const [TableName, sortKey] of [
    [config.photosTable, 'photoId'],
    [config.socialTable, 'id'],
  ] as const) {
    const { Items = [] } = await dynamodb.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: '#owner = :them',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':them': identityId },
      }),
    );
    for (const { owner, [sortKey]: id } of Items)
      await dynamodb.send(new DeleteCommand({ TableName, Key: { owner, [sortKey]: id } }));
  }
}
