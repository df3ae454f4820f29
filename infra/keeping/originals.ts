// Puts originals as the page does: once, with their checksum, large ones in parts.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { partsOf } from '../../src/cloud/parts.ts';
import { checksumOfPhotoId, photoIdOfDigest, type IdentityId, type PhotoId } from '../../src/schema/ids.ts';
import { decodeEventKey, originalKey, originalPrefix, parseOriginalKey } from '../../src/schema/keys.ts';
import type { WrittenClass } from '../../src/schema/keeping.ts';
import { buildOriginalMetadata } from '../../src/schema/original.ts';
import { bytesOf, Unreadable, type Source } from './found.ts';

export interface OriginalsPlace {
  client: S3Client;
  bucket: string;
  owner: IdentityId;
  /** The class that originals are written with here. */
  storageClass: WrittenClass;
}

type Description = Pick<PutObjectCommandInput, 'ContentType' | 'Metadata' | 'StorageClass'>;

export type Stored = 'stored' | 'exists';

export const photoIdOfBytes = (bytes: Uint8Array): PhotoId =>
  photoIdOfDigest(createHash('sha256').update(bytes).digest());

const PARTS_AT_ONCE = 4;
/** S3 says so when two meet at one key; the loser finds out when it asks again. */
const MOST_CONFLICTS = 5;

/** What all originals of somebody say of themselves by their keys. */
export async function* originalsOf({ client, bucket, owner }: OriginalsPlace) {
  const pages = paginateListObjectsV2(
    { client },
    { Bucket: bucket, Prefix: originalPrefix(owner), EncodingType: 'url' },
  );
  for await (const { Contents = [] } of pages) {
    for (const { Key = '', Size = 0, StorageClass } of Contents) {
      const photoId = parseOriginalKey(decodeEventKey(Key) ?? '')?.photoId;
      if (photoId) yield { photoId, bytes: Size, storageClass: StorageClass };
    }
  }
}

const describe = ({ storageClass }: OriginalsPlace, metadata: Source['metadata']): Description => ({
  ContentType: 'application/octet-stream',
  Metadata: buildOriginalMetadata(metadata),
  StorageClass: storageClass,
});

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** What is there already is stored, whoever put it there. */
async function once(put: () => Promise<unknown>): Promise<Stored> {
  for (let conflicts = 0; ; conflicts++) {
    try {
      await put();
      return 'stored';
    } catch (error) {
      if (statusOf(error) === 412) return 'exists';
      if (statusOf(error) !== 409 || conflicts === MOST_CONFLICTS) throw error;
    }
  }
}

/** In one piece; S3 refuses bytes that do not have the checksum. */
export const putWhole = (
  place: OriginalsPlace,
  photoId: PhotoId,
  bytes: Uint8Array,
  metadata: Source['metadata'],
): Promise<Stored> =>
  once(() =>
    place.client.send(
      new PutObjectCommand({
        ...describe(place, metadata),
        Bucket: place.bucket,
        Key: originalKey(place.owner, photoId),
        Body: bytes,
        ChecksumSHA256: checksumOfPhotoId(photoId),
        IfNoneMatch: '*',
      }),
    ),
  );

/** In parts. What is sent is hashed once more: S3 makes an object of it only if it is what the photo id says. */
export async function putInParts(
  place: OriginalsPlace,
  photoId: PhotoId,
  source: Source,
  partBytes?: number,
): Promise<Stored> {
  const { client, bucket, owner } = place;
  const at = { Bucket: bucket, Key: originalKey(owner, photoId) };
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      ...at,
      ...describe(place, source.metadata),
      ChecksumAlgorithm: 'SHA256',
      ChecksumType: 'COMPOSITE',
    }),
  );
  try {
    const hash = createHash('sha256');
    const sending: Promise<CompletedPart>[] = [];
    const done: CompletedPart[] = [];
    const next = async () => done.push(await (sending.shift() as Promise<CompletedPart>));
    for (const { number: PartNumber, start, end } of partsOf(source.size, partBytes)) {
      const Body = await bytesOf(source, start, end);
      hash.update(Body);
      if (sending.length === PARTS_AT_ONCE) await next();
      const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
      const part = client
        .send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ChecksumSHA256 }))
        .then(({ ETag }): CompletedPart => ({ PartNumber, ETag, ChecksumSHA256 }));
      // It is waited for in its turn; until then its failure is nobody's.
      part.catch(() => undefined);
      sending.push(part);
    }
    while (sending.length > 0) await next();
    await source.check();
    if (photoIdOfDigest(hash.digest()) !== photoId)
      throw new Unreadable('It was changed while it was read: run this again when it is done.');
    const MultipartUpload = { Parts: done };
    const stored = await once(() =>
      client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, IfNoneMatch: '*', MultipartUpload })),
    );
    if (stored === 'exists') await giveUp();
    return stored;
  } catch (error) {
    await giveUp();
    throw error;
  }

  /** What cannot be tidied up now, the lifecycle does in some days. */
  async function giveUp(): Promise<void> {
    await client.send(new AbortMultipartUploadCommand({ ...at, UploadId })).catch(() => undefined);
  }
}
