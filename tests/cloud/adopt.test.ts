// `npm run adopt` against a local cloud: a folder, or an S3 bucket, is taken in whole, each photo once, whatever breaks in between; and
// what cannot be taken in is told.
import { appendFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { adopt, noAdoptTally, type Adoption } from '../../infra/keeping/adopt-run.ts';
import { awaitRows } from '../../infra/keeping/await-rows.ts';
import { inBucket } from '../../infra/keeping/bucket.ts';
import { inFolder } from '../../infra/keeping/folder.ts';
import type { Finding } from '../../infra/keeping/found.ts';
import { photosIn, placeIn, type Library } from '../../infra/keeping/library.ts';
import { putWhole } from '../../infra/keeping/originals.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { originalKey, originalPrefix } from '../../src/schema/keys.ts';
import { parseOriginalMetadata } from '../../src/schema/original.ts';
import { pathId } from '../../src/schema/social.ts';
import { jpeg, photoIdOf } from '../fixtures.ts';
import { begin, folderOf, libraryOf, MODIFIED } from './keeping.ts';
import { clientsFor, freshCloud, member, type Member } from './people.ts';
import { photoRow, putOriginal } from './photos.ts';
import { outcome, withOperator } from './refusals.ts';

vi.setConfig({ testTimeout: 90_000 });

let cloud: Awaited<ReturnType<typeof freshCloud>>;
/** Who may do what nobody may but the account's owner. */
let root: ReturnType<typeof clientsFor>;
let people = 0;

beforeAll(async () => {
  cloud = await freshCloud({ template: withOperator, processor: true });
  root = clientsFor(cloud, cloud.issueRole('Operator'));
});
afterAll(() => cloud?.end());

let seed = 9000;
const photo = () => jpeg({ width: 32, height: 24, seed: seed++ });
/** Enough of them that somebody can come between; they are soon looked at. */
const MANY = 400;
const many = () => Array.from({ length: MANY }, () => Buffer.from(`no picture, but number ${seed++}`));
const somebody = () => member(cloud, { email: `somebody-${++people}@example.com` });

/** Takes in what there is; `settings` as a test needs them. */
async function takeIn(library: Library, findings: AsyncIterable<Finding>, settings: Partial<Adoption> = {}) {
  const told: string[] = [];
  const tally = noAdoptTally();
  const adoption: Adoption = {
    library,
    known: await photosIn(library),
    lanes: 4,
    signal: new AbortController().signal,
    tally,
    changed: () => undefined,
    told: (where, what) => told.push(`${where}: ${what}`),
    ...settings,
  };
  const awaited = await adopt(findings, adoption);
  await awaitRows(awaited, adoption, { pause: 50, most: 20_000 });
  return { tally, told };
}

const Bucket = () => cloud.config.originalsBucket;
const versionsOf = async ({ identityId }: Member) => {
  const { Versions = [] } = await root.s3.originals.send(
    new ListObjectVersionsCommand({ Bucket: Bucket(), Prefix: originalPrefix(identityId) }),
  );
  return Versions.map(({ Key }) => Key);
};
const keysOf = (who: Member, photos: readonly Uint8Array[]) =>
  photos.map((bytes) => originalKey(who.identityId, photoIdOf(bytes))).sort();
const head = (who: Member, photoId: PhotoId) =>
  who.s3.originals.send(
    new HeadObjectCommand({
      Bucket: Bucket(),
      Key: originalKey(who.identityId, photoId),
      ChecksumMode: 'ENABLED',
    }),
  );

test('a folder is taken in as the page would: by its bytes, with names, folders and dates, and without system files', async () => {
  const ada = await somebody();
  const photos = await Promise.all([photo(), photo(), photo()]);
  const [first, second, third] = photos as [Buffer, Buffer, Buffer];
  const long = Array.from({ length: 12 }, (_, at) => `${at} ${'ä'.repeat(60)}`).join('/');
  const { folder } = await folderOf({
    'Straße am See.jpg': first,
    '2011/summer/b.jpg': second,
    'again/copy of b.jpg': second,
    [`${long}/c.jpg`]: third,
    '.hidden.jpg': await photo(),
    'Thumbs.db': 'x',
    '.git/d.jpg': await photo(),
    'notes.txt': 'no picture',
    'b.jpg.supplemental-metadata.json': '{}',
    '2011/metadata.json': '{"title":"Photos from 2011"}',
  });
  const { ended } = begin(cloud.directory, 'adopt', folder, '--owner', ada.identityId);
  const { code, said } = await ended;
  expect(said).toMatch(
    /^4 photos stored \(.+\), 1 file has the same bytes as another, 3 hidden or system files left out, 2 JSON files of Google Takeout left out\.$/m,
  );
  expect(said).toContain('notes.txt: It is stored, but is nothing that Shoebox can show.');
  expect(said).toContain('Nothing failed.');
  expect(code).toBe(0);

  expect(await versionsOf(ada)).toEqual(keysOf(ada, [...photos, Buffer.from('no picture')]));
  const { Metadata, StorageClass, ChecksumSHA256, ContentType } = await head(ada, photoIdOf(first));
  expect(parseOriginalMetadata(Metadata)).toEqual({
    name: 'Straße am See.jpg',
    path: 'Pictures',
    lastModified: MODIFIED.toISOString(),
  });
  expect([StorageClass, ContentType]).toEqual(['INTELLIGENT_TIERING', 'application/octet-stream']);
  expect(Buffer.from(ChecksumSHA256 ?? '', 'base64').toString('base64url')).toBe(photoIdOf(first));
  expect(await photoRow(cloud, ada, photoIdOf(second))).toMatchObject({
    status: 'ready',
    path: expect.stringMatching(/^Pictures\/(?:2011\/summer|again)$/) as string,
  });
  const { Item } = await ada.dynamodb.send(
    new GetCommand({
      TableName: cloud.config.socialTable,
      Key: { owner: ada.identityId, id: pathId(photoIdOf(third)) },
    }),
  );
  expect(Item?.['path']).toBe(`Pictures/${long}`);

  const again = await begin(cloud.directory, 'adopt', folder, '--owner', ada.identityId).ended;
  expect(again.said).toMatch(/^0 photos stored \(0 bytes\), 5 photos were there before/m);
  expect(again.code).toBe(0);
  expect(await versionsOf(ada)).toHaveLength(4);
});

test('killed in the middle and started again, all is there, once', async () => {
  const ben = await somebody();
  const photos = many();
  const { folder } = await folderOf(
    Object.fromEntries(photos.map((bytes, at) => [`${at % 3}/${at}.jpg`, bytes])),
  );
  const options = [folder, '--owner', ben.identityId, '--no-wait', '--concurrency', '1'] as const;
  const { child, ended } = begin(cloud.directory, 'adopt', ...options);
  await vi.waitUntil(async () => (await versionsOf(ben)).length > 3, { timeout: 30_000, interval: 5 });
  child.kill('SIGKILL');
  await ended;
  const before = (await versionsOf(ben)).length;
  expect(before).toBeLessThan(MANY);
  const { code, said } = await begin(cloud.directory, 'adopt', ...options).ended;
  expect([code, said]).toEqual([
    0,
    expect.stringMatching(/^\d+ photos stored .* there before\.$/m) as string,
  ]);
  expect(await versionsOf(ben)).toEqual(keysOf(ben, photos));
});

test('told to stop, it ends what it has begun and says how to go on', async () => {
  const cleo = await somebody();
  const photos = many();
  const { folder } = await folderOf(Object.fromEntries(photos.map((bytes, at) => [`${at}.jpg`, bytes])));
  const options = [folder, '--owner', cleo.identityId, '--no-wait', '--concurrency', '1'] as const;
  const { child, ended } = begin(cloud.directory, 'adopt', ...options);
  await vi.waitUntil(async () => (await versionsOf(cleo)).length > 0, { timeout: 30_000, interval: 5 });
  child.kill('SIGINT');
  const { code, said } = await ended;
  expect([code, said]).toEqual([130, expect.stringContaining('Stopped. Run it again to go on.') as string]);
  expect(said).toContain(`${(await versionsOf(cleo)).length} photo`);
});

test('a photo that is in the library already is no second one; one in the trash is told', async () => {
  const dora = await somebody();
  const [here, trashed] = (await Promise.all([photo(), photo()])) as [Buffer, Buffer];
  const [, lying] = await Promise.all([putOriginal(cloud, dora, here), putOriginal(cloud, dora, trashed)]);
  await vi.waitUntil(async () => (await photoRow(cloud, dora, lying))?.['status'] === 'ready', 20_000);
  await dora.dynamodb.send(
    new UpdateCommand({
      TableName: cloud.config.photosTable,
      Key: { owner: dora.identityId, photoId: lying },
      UpdateExpression: 'SET trashedAt = :now, changedAt = :now',
      ExpressionAttributeValues: { ':now': new Date().toISOString() },
    }),
  );
  const { folder } = await folderOf({ 'a.jpg': here, 'b.jpg': trashed });
  const library = await libraryOf(cloud.directory, dora.identityId);
  const { tally, told } = await takeIn(library, inFolder(folder));
  expect(tally).toMatchObject({ stored: 0, there: 1, trashed: 1, failed: 0, awaited: 0 });
  expect(told).toEqual([expect.stringMatching(/b\.jpg: It is in the trash of the library/)]);
  // Even where it did not know: a second writer's 412 is "stored".
  expect((await takeIn(library, inFolder(folder), { known: new Map() })).tally).toMatchObject({
    stored: 0,
    there: 2,
  });
  expect(await versionsOf(dora)).toEqual(keysOf(dora, [here, trashed]));
});

test('what has no bytes, has gone, leads nowhere or round in a circle is told, and keeps nothing else back', async () => {
  const emil = await somebody();
  const good = await photo();
  const { folder } = await folderOf({ 'empty.jpg': '', 'good.jpg': good, 'gone.jpg': await photo() });
  await symlink('nowhere', join(folder, 'link.jpg'));
  await symlink('.', join(folder, 'circle'));
  const library = await libraryOf(cloud.directory, emil.identityId);
  async function* findings() {
    for await (const finding of inFolder(folder)) {
      if (finding.kind === 'file' && finding.found.where.endsWith('gone.jpg')) await rm(finding.found.where);
      yield finding;
    }
  }
  const { tally, told } = await takeIn(library, findings());
  expect(tally).toMatchObject({ stored: 1, failed: 4 });
  expect(told.sort()).toEqual([
    `${folder}/circle: It is a link to a folder, and not followed.`,
    `${folder}/empty.jpg: It has no bytes, and was left out.`,
    `${folder}/gone.jpg: It has gone since the folder was read.`,
    `${folder}/link.jpg: It has gone since the folder was read.`,
  ]);
  expect(await versionsOf(emil)).toEqual(keysOf(emil, [good]));
});

test('a file that is changed while it is read is told and not stored, small or large', async () => {
  const fay = await somebody();
  const { folder } = await folderOf({ 'a.jpg': await photo() });
  const library = await libraryOf(cloud.directory, fay.identityId);
  async function* findings(): AsyncGenerator<Finding> {
    for await (const finding of inFolder(folder)) {
      if (finding.kind !== 'file') continue;
      const { where, open } = finding.found;
      const opened = async () => {
        const source = await open();
        return {
          ...source,
          async *read(start: number, end: number) {
            yield* source.read(start, end);
            await appendFile(where, 'more');
          },
        };
      };
      yield { kind: 'file', found: { where, open: opened } };
    }
  }
  for (const settings of [{}, { partsFrom: 1 }]) {
    const { tally, told } = await takeIn(library, findings(), settings);
    expect(tally).toMatchObject({ stored: 0, failed: 1 });
    expect(told[0]).toContain('a.jpg: It was changed while it was read');
  }
  expect(await versionsOf(fay)).toEqual([]);
});

test('a large file is stored in parts, and never with other bytes than were hashed', async () => {
  const gus = await somebody();
  const library = await libraryOf(cloud.directory, gus.identityId);
  const bytes = Buffer.concat([await photo(), Buffer.alloc(11 * 2 ** 20, 7)]);
  const { folder } = await folderOf({ 'large.jpg': bytes });
  const inParts = { partsFrom: 2 ** 20, partBytes: 5 * 2 ** 20 };
  // Of the same length and date, so that only its bytes tell.
  async function* treacherous(): AsyncGenerator<Finding> {
    for await (const finding of inFolder(folder)) {
      if (finding.kind !== 'file') continue;
      const { where, open } = finding.found;
      const opened = async () => {
        const source = await open();
        let reads = 0;
        return {
          ...source,
          async *read(start: number, end: number) {
            reads++;
            for await (const chunk of source.read(start, end))
              yield reads === 3 ? Buffer.alloc(chunk.length, 8) : chunk;
          },
        };
      };
      yield { kind: 'file', found: { where, open: opened } };
    }
  }
  const broken = await takeIn(library, treacherous(), inParts);
  expect(broken.told[0]).toContain('It was changed while it was read');
  expect(await versionsOf(gus)).toEqual([]);

  const { tally } = await takeIn(library, inFolder(folder), inParts);
  expect(tally).toMatchObject({ stored: 1, failed: 0, awaited: 0, unshowable: 0 });
  expect((await head(gus, photoIdOf(bytes))).ETag).toMatch(/-3"$/);
  expect(await photoRow(cloud, gus, photoIdOf(bytes))).toMatchObject({ status: 'ready', name: 'large.jpg' });
});

test('an S3 bucket of somebody else’s making is taken in with its folders, and another Shoebox’s originals with what they say', async () => {
  const hal = await somebody();
  const ida = await somebody();
  const photos = (await Promise.all([photo(), photo(), photo()])) as [Buffer, Buffer, Buffer];
  const put = (Key: string, Body: Buffer, more = {}) =>
    root.s3.originals.send(new PutObjectCommand({ Bucket: Bucket(), Key, Body, ...more }));
  await put('old/albums/Norway & co/é 1.jpg', photos[0], { Metadata: { mtime: '1296705906.5' } });
  await put('old/albums/.DS_Store', photos[1]);
  await put('old/albums/', Buffer.alloc(0));
  const library = await libraryOf(cloud.directory, hal.identityId);
  const place = { bucket: Bucket(), prefix: 'old/albums' };
  const { tally } = await takeIn(library, inBucket(library.s3, place));
  expect(tally).toMatchObject({ stored: 1, system: 1, failed: 0 });
  expect(parseOriginalMetadata((await head(hal, photoIdOf(photos[0]))).Metadata)).toEqual({
    name: 'é 1.jpg',
    path: 'albums/Norway & co',
    lastModified: '2011-02-03T04:05:06.500Z',
  });

  await putOriginal(cloud, hal, photos[1], 'Ein schöner Name.jpg');
  // As if a disk had lost some bits.
  await put(originalKey(hal.identityId, photoIdOf(photos[2])), photos[1]);
  const other = await libraryOf(cloud.directory, ida.identityId);
  const from = { bucket: Bucket(), prefix: originalPrefix(hal.identityId) };
  for (const settings of [{}, { partsFrom: 1 }]) {
    const { told, tally: second } = await takeIn(other, inBucket(other.s3, from), settings);
    expect(second).toMatchObject({ stored: 'partsFrom' in settings ? 0 : 2, failed: 1 });
    expect(told).toEqual([
      `s3://${Bucket()}/${originalKey(hal.identityId, photoIdOf(photos[2]))}: It is damaged: its bytes are not those that its name was made of.`,
    ]);
  }
  expect(await versionsOf(ida)).toEqual(keysOf(ida, [photos[0], photos[1]]));
  expect(parseOriginalMetadata((await head(ida, photoIdOf(photos[1]))).Metadata).name).toBe(
    'Ein schöner Name.jpg',
  );
  expect(parseOriginalMetadata((await head(ida, photoIdOf(photos[0]))).Metadata).path).toBe(
    'albums/Norway & co',
  );
});

test('a right that is missing stops it at once, in place of failing thousands of files', async () => {
  const [jan, other] = await Promise.all([somebody(), somebody()]);
  const { folder } = await folderOf({ 'a.jpg': await photo(), 'b.jpg': await photo() });
  const library = await libraryOf(cloud.directory, jan.identityId);
  const asOther = { ...library, s3: other.s3.originals };
  await expect(takeIn(asOther, inFolder(folder), { known: new Map() })).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  expect(await versionsOf(jan)).toEqual([]);
});

test('whoever runs it may put originals where there are none, and no more', async () => {
  const kim = await somebody();
  const library = await libraryOf(cloud.directory, kim.identityId);
  const bytes = await photo();
  const place = placeIn(library);
  expect(await putWhole(place, photoIdOf(bytes), bytes, { name: 'a.jpg' })).toBe('stored');
  expect(await putWhole(place, photoIdOf(bytes), bytes, { name: 'a.jpg' })).toBe('exists');
  // Bytes that are not those of the id are refused on arrival.
  await expect(putWhole(place, photoIdOf(Buffer.from('x')), bytes, { name: 'a.jpg' })).rejects.toMatchObject({
    name: 'BadDigest',
  });
  const Key = originalKey(kim.identityId, photoIdOf(bytes));
  const over = new PutObjectCommand({ Bucket: Bucket(), Key, Body: 'overwritten' });
  expect(await outcome(library.s3.send(over))).toBe('403 AccessDenied');
});

test.each([
  [['FOLDER'], 'Whose library? Say it by --owner ID. There are:\n  '],
  [['FOLDER', '--owner', 'me'], '"me" is no id of a library.'],
  [[], 'What is to be taken in?'],
  [['s3://', '--owner', 'OWNER'], 'is no address like s3://bucket/prefix.'],
  [['/nowhere/at/all', '--owner', 'OWNER'], 'The folder /nowhere/at/all cannot be read.'],
  [['s3://not-there-at-all', '--owner', 'OWNER'], 'There is no S3 bucket not-there-at-all.'],
  [['FOLDER', '--concurrency', '0'], '--concurrency is a number from 1 to 50.'],
  [['FOLDER', '--wrong'], "Unknown option '--wrong'"],
])('what is typed wrong is told with its cure: %s', async (typed, told) => {
  const { folder } = await folderOf();
  await writeFile(join(folder, 'x.jpg'), await photo());
  const owner = (await somebody()).identityId;
  const options = typed.map((word) => ({ FOLDER: folder, OWNER: owner })[word] ?? word);
  const { code, said } = await begin(cloud.directory, 'adopt', ...options).ended;
  expect([code, said]).toEqual([1, expect.stringContaining(told) as string]);
});
