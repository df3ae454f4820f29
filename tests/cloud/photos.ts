// What owners do with their photos, as their pages do it, through the real SDK; and the rows they then have.
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { checksumOfPhotoId, type PhotoId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { buildOriginalMetadata } from '../../src/schema/original.ts';
import { photoIdOf } from '../fixtures.ts';
import type { Member, Reachable } from './people.ts';

type Cloud = Pick<Reachable, 'config'>;

/** As the page puts an original. */
export const originalOf = (
  Bucket: string,
  { identityId }: Pick<Member, 'identityId'>,
  bytes: Uint8Array,
  more: Partial<PutObjectCommand['input']> = {},
): PutObjectCommand => {
  const photoId = photoIdOf(bytes);
  return new PutObjectCommand({
    Bucket,
    Key: originalKey(identityId, photoId),
    Body: bytes,
    IfNoneMatch: '*',
    ChecksumSHA256: checksumOfPhotoId(photoId),
    StorageClass: 'INTELLIGENT_TIERING',
    Metadata: buildOriginalMetadata({ name: 'a photo.jpg' }),
    ...more,
  });
};

export async function putOriginal(
  { config }: Cloud,
  who: Member,
  bytes: Uint8Array,
  name = 'a photo.jpg',
): Promise<PhotoId> {
  const Metadata = buildOriginalMetadata({ name });
  await who.s3.originals.send(originalOf(config.originalsBucket, who, bytes, { Metadata }));
  return photoIdOf(bytes);
}

export const deleteOriginal = ({ config }: Cloud, who: Member, photoId: PhotoId): Promise<unknown> =>
  who.s3.originals.send(
    new DeleteObjectCommand({ Bucket: config.originalsBucket, Key: originalKey(who.identityId, photoId) }),
  );

export async function photoRow({ config }: Cloud, { identityId: owner, dynamodb }: Member, photoId: PhotoId) {
  const { Item } = await dynamodb.send(
    new GetCommand({ TableName: config.photosTable, Key: { owner, photoId }, ConsistentRead: true }),
  );
  return Item;
}
