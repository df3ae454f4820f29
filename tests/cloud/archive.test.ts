// Originals in the deep archive, as the page meets them: told apart from those that are gone, restored, and nobody else's. By the page's
// own code against the local cloud with the deployed policies.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HeadObjectCommand, PutObjectCommand, RestoreObjectCommand } from '@aws-sdk/client-s3';
import { ROOT, synthesise } from '../../infra/local/synth.ts';
import { Archive } from '../../src/cloud/aws-archive.ts';
import { ShareStore } from '../../src/cloud/aws-shares.ts';
import { Clock } from '../../src/cloud/clock.ts';
import { Cloud } from '../../src/cloud/cloud.ts';
import { problemCodeOf } from '../../src/cloud/error.ts';
import { checksumOfPhotoId, type PhotoId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { randomId } from '../../src/schema/social.ts';
import { photoIdOf } from '../fixtures.ts';
import { signInAs } from './page-person.ts';
import { freshCloud, member, type Member } from './people.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let cloud: Awaited<ReturnType<typeof freshCloud>>;
let ada: Member;
let bob: Member;
let page: Cloud;
let archive: Archive;
let shares: ShareStore;
/** Photos of Ada's: two large ones and a small one, and what nobody has. */
let [first, second, small, never]: PhotoId[] = [];

async function put({ s3, identityId }: Member, bytes: number): Promise<PhotoId> {
  const Body = randomBytes(bytes);
  const photoId = photoIdOf(Body);
  await s3.originals.send(
    new PutObjectCommand({
      Bucket: cloud.config.originalsBucket,
      Key: originalKey(identityId, photoId),
      Body,
      IfNoneMatch: '*',
      ChecksumSHA256: checksumOfPhotoId(photoId),
      StorageClass: 'INTELLIGENT_TIERING',
    }),
  );
  return photoId;
}

beforeAll(async () => {
  cloud = await freshCloud({
    template: () => synthesise(join(ROOT, '.shoebox/cache/archiving'), { deepArchive: { afterDays: 180 } }),
  });
  ada = await member(cloud, { email: 'ada@example.com' });
  bob = await member(cloud, { email: 'bob@example.com', name: 'Bob Autumn' });
  const { credentials } = await signInAs(cloud, 'ada@example.com');
  const options = { config: cloud.config, credentials, clock: new Clock() };
  page = new Cloud(options, ada.identityId);
  archive = new Archive(options, ada.identityId);
  shares = new ShareStore(options, ada.identityId);
  first = await put(ada, 200_000);
  second = await put(ada, 200_000);
  small = await put(ada, 1000);
  never = photoIdOf(Buffer.from('never'));
  await cloud.s3.passTime(181 * DAY);
});
afterAll(() => cloud.end());

const states = async (...photoIds: (PhotoId | undefined)[]) => {
  const found = await archive.standings(photoIds.filter((id) => id !== undefined));
  return photoIds.map((photoId) => photoId && found.get(photoId)?.state);
};
const listed = async () => {
  const all = new Map<PhotoId, string>();
  for await (const [photoId, { state }] of archive.all()) all.set(photoId, state);
  return [first, second, small, never].map((photoId) => photoId && all.get(photoId));
};
const whyNot = (sent: Promise<unknown>) => sent.then(() => 'given', problemCodeOf);
const download = (photoId: PhotoId | undefined) =>
  whyNot(page.originalUrl({ photoId: photoId as PhotoId, name: 'a.jpg' }));

test('who wants an original is told that it is archived, and of one that is gone, that it is gone', async () => {
  expect(await states(first, second, small, never)).toEqual(['archived', 'archived', 'here', undefined]);
  expect(await listed()).toEqual(['archived', 'archived', 'here', undefined]);
  expect([await download(first), await download(small), await download(never)]).toEqual([
    'archived',
    'given',
    'missing',
  ]);
});

test('a link with originals leaves out those that are archived, and is made all the same', async () => {
  const at = { home: '7d', share: randomId() } as const;
  const copies = [first, small].map((photoId) => ({
    photoId: photoId as PhotoId,
    id: randomId(),
    of: 'original' as const,
  }));
  const lacking = await shares.copy(at, copies);
  expect([...lacking].map(({ photoId }) => photoId)).toEqual([first]);
});

test('one that is asked for comes in its time, can be had until its day, and the other stays where it is', async () => {
  await archive.restore(first as PhotoId, 'Standard', 7);
  expect(await states(first, second)).toEqual(['restoring', 'archived']);
  expect(await download(first)).toBe('archived');
  // Asked once more, by somebody who did not know.
  await archive.restore(first as PhotoId, 'Bulk', 7);
  await cloud.s3.passTime(13 * HOUR);
  expect(await states(first, second)).toEqual(['restored', 'archived']);
  expect(await listed()).toEqual(['restored', 'archived', 'here', undefined]);
  expect(await download(first)).toBe('given');
  expect((await archive.standings([first as PhotoId])).get(first as PhotoId)).toMatchObject({
    until: expect.stringMatching(/T00:00:00.000Z$/) as unknown,
  });
  await cloud.s3.passTime(9 * DAY);
  expect(await states(first)).toEqual(['archived']);
});

test('nobody has another member’s original restored, nor learns how it stands', async () => {
  const theirs = {
    Bucket: cloud.config.originalsBucket,
    Key: originalKey(ada.identityId, second as PhotoId),
  };
  const { originals } = bob.s3;
  const refused = { $metadata: { httpStatusCode: 403 } };
  const restore = new RestoreObjectCommand({ ...theirs, RestoreRequest: { Days: 1 } });
  await expect(originals.send(restore)).rejects.toMatchObject(refused);
  await expect(originals.send(new HeadObjectCommand(theirs))).rejects.toMatchObject(refused);
  expect(await states(second)).toEqual(['archived']);
});

test('what cannot be restored, because it is not archived or not there, fails and is not taken for done', async () => {
  expect(await whyNot(archive.restore(small as PhotoId, 'Bulk', 7))).toBe('archived');
  expect(await whyNot(archive.restore(never as PhotoId, 'Bulk', 7))).toBe('forbidden');
});

test('many are looked up in the list of all, by the same answer', async () => {
  const many = Array.from({ length: 300 }, (_, i) => photoIdOf(Buffer.from(`none ${i}`)));
  const found = await archive.standings([...many, first as PhotoId, small as PhotoId]);
  expect([...found].map(([photoId, { state }]) => [photoId, state]).sort()).toEqual(
    [
      [first, 'archived'],
      [small, 'here'],
    ].sort(),
  );
});
