// `npm run export` against a local cloud: a library comes out whole, under names that every system takes, every byte checked; and what
// is in the folder says enough for the page to take it all in again.
import { openAsBlob } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { PhotoId, RandomId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { buildOriginalMetadata } from '../../src/schema/original.ts';
import { parsePhotoRow, type Photo } from '../../src/schema/photo.ts';
import { albumId, entryId, randomId } from '../../src/schema/social.ts';
import { factsToEdits } from '../../src/takeout/edits.ts';
import type { Dropped } from '../../src/takeout/entry.ts';
import { readTakeout } from '../../src/takeout/read.ts';
import { worldClocks } from '../../src/takeout/zones.ts';
import { jpeg, photoIdOf, type PhotoOptions } from '../fixtures.ts';
import { begin, folderOf, MODIFIED } from './keeping.ts';
import { clientsFor, freshCloud, member, type Member } from './people.ts';
import { originalOf, photoRow } from './photos.ts';
import { withOperator } from './refusals.ts';

vi.setConfig({ testTimeout: 90_000 });

let cloud: Awaited<ReturnType<typeof freshCloud>>;
/** Who may do what nobody may but the account's owner. */
let root: ReturnType<typeof clientsFor>;
let people = 0;
let seed = 12_000;

beforeAll(async () => {
  cloud = await freshCloud({ template: withOperator, processor: true });
  root = clientsFor(cloud, cloud.issueRole('Operator'));
});
afterAll(() => cloud?.end());

const somebody = () => member(cloud, { email: `somebody-${++people}@example.com` });

/** A photo in somebody's library, with a row. */
async function photoOf(who: Member, name: string, options: PhotoOptions = {}, after = '' as PhotoId) {
  const draw = () => jpeg({ width: 32, height: 24, seed: seed++, ...options });
  let bytes = await draw();
  // Of two that came in the same second, the one with the greater id comes second.
  while (photoIdOf(bytes) <= after) bytes = await draw();
  const Metadata = buildOriginalMetadata({ name, path: 'from here', lastModified: MODIFIED.getTime() });
  await who.s3.originals.send(originalOf(cloud.config.originalsBucket, who, bytes, { Metadata }));
  const photoId = photoIdOf(bytes);
  await vi.waitUntil(async () => (await photoRow(cloud, who, photoId))?.['status'] === 'ready', 20_000);
  return { photoId, bytes };
}

const edit = (who: Member, photoId: PhotoId, values: Record<string, unknown>) => {
  const named = Object.entries({ ...values, changedAt: new Date().toISOString() });
  return who.dynamodb.send(
    new UpdateCommand({
      TableName: cloud.config.photosTable,
      Key: { owner: who.identityId, photoId },
      UpdateExpression: `SET ${named.map(([name]) => `${name} = :${name}`).join(', ')}`,
      ExpressionAttributeValues: Object.fromEntries(named.map(([name, value]) => [`:${name}`, value])),
    }),
  );
};

async function albumOf(who: Member, title: string, photos: readonly PhotoId[], more: object = {}) {
  const album: RandomId = randomId();
  const put = (id: string, values: object) =>
    who.dynamodb.send(
      new PutCommand({
        TableName: cloud.config.socialTable,
        Item: { owner: who.identityId, id, changedAt: new Date().toISOString(), ...values },
      }),
    );
  await put(albumId(album), { title, ...more });
  for (const photoId of photos) await put(entryId(album, photoId), {});
}

const bringOut = (who: Member, folder: string, ...options: string[]) =>
  begin(cloud.directory, 'export', folder, '--owner', who.identityId, ...options);

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

const json = async (...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8')) as object;

/** As the page is given a folder that was dropped. */
async function dropped(folder: string): Promise<Dropped[]> {
  const files = await filesIn(folder);
  return Promise.all(
    files.map(async (file): Promise<Dropped> => {
      const { size, mtimeMs: lastModified } = await stat(join(folder, file));
      const name = basename(file);
      const path = join(basename(folder), dirname(file));
      const open = async () => new File([await openAsBlob(join(folder, file))], name, { lastModified });
      return { name, size, lastModified, path, open };
    }),
  );
}

test('a library comes out by year and month, with what it knows beside each photo, and is taken in again as it was', async () => {
  const ada = await somebody();
  const dated = await photoOf(ada, 'IMG_1.jpg', { takenAt: '2019:06:01 12:34:56', offset: '+02:00' });
  const guessed = await photoOf(ada, 'scan.jpg');
  const later = { takenAt: '2019:06:03 10:00:00', offset: '+02:00' };
  const alike = await photoOf(ada, 'img_1.JPG', later, dated.photoId);
  const away = await photoOf(ada, 'away.jpg', { takenAt: '2019:07:01 10:00:00', offset: '+02:00' });
  await edit(ada, dated.photoId, { caption: 'By the sea “é”', favorite: true, tags: ['sea', 'us'] });
  await edit(ada, guessed.photoId, {
    takenAtOverride: '1987-08-09T10:11:12+02:00',
    placeOverride: { name: 'At home', gps: { latitude: 52.5, longitude: 13.4 } },
    archived: true,
  });
  await edit(ada, away.photoId, { trashedAt: new Date().toISOString() });
  await albumOf(ada, 'Summer: 2019?', [dated.photoId, guessed.photoId, away.photoId], {
    description: 'All of us',
    folder: 'Holidays/North',
  });
  await albumOf(ada, 'CON', [alike.photoId]);

  const { folder } = await folderOf();
  const { code, said } = await bringOut(ada, folder).ended;
  expect(said).toMatch(/^3 photos brought out \(.+\), 1 photo in the trash left out; 2 albums\.$/m);
  expect([code, said]).toEqual([0, expect.stringContaining('Nothing failed.') as string]);
  const again = (await filesIn(join(folder, '2019/06'))).find((file) =>
    /^img_1-[0-9a-f]{8}\.JPG$/.test(file),
  );
  expect(await filesIn(folder)).toEqual(
    [
      '1987/08/metadata.json',
      '1987/08/scan.jpg',
      '1987/08/scan.jpg.json',
      '2019/06/IMG_1.jpg',
      '2019/06/IMG_1.jpg.json',
      `2019/06/${again}`,
      `2019/06/${again}.json`,
      '2019/06/metadata.json',
      'Albums/Holidays/North/Summer_ 2019_/IMG_1.jpg',
      'Albums/Holidays/North/Summer_ 2019_/IMG_1.jpg.json',
      'Albums/Holidays/North/Summer_ 2019_/metadata.json',
      'Albums/Holidays/North/Summer_ 2019_/scan.jpg',
      'Albums/Holidays/North/Summer_ 2019_/scan.jpg.json',
      'Albums/_CON/img_1.JPG',
      'Albums/_CON/img_1.JPG.json',
      'Albums/_CON/metadata.json',
    ].sort(),
  );
  expect(await readFile(join(folder, '2019/06/IMG_1.jpg'))).toEqual(dated.bytes);
  const [one, two] = await Promise.all(
    ['2019/06/IMG_1.jpg', 'Albums/Holidays/North/Summer_ 2019_/IMG_1.jpg'].map((file) =>
      stat(join(folder, file)),
    ),
  );
  // The disk keeps its bytes once.
  expect([one?.ino, one?.mtime]).toEqual([two?.ino, MODIFIED]);
  expect(await json(folder, '2019/06/IMG_1.jpg.json')).toMatchObject({
    title: 'IMG_1.jpg',
    description: 'By the sea “é”',
    favorited: true,
    photoTakenTime: { timestamp: String(Date.UTC(2019, 5, 1, 10, 34, 56) / 1000) },
    shoebox: { photoId: dated.photoId, tags: ['sea', 'us'], path: 'from here' },
  });
  expect(await json(folder, '1987/08/scan.jpg.json')).toMatchObject({
    geoData: { latitude: 52.5, longitude: 13.4 },
    archived: true,
    shoebox: { takenAt: '1987-08-09T10:11:12+02:00', place: { name: 'At home' } },
  });

  // The page reads it as it reads an export of Google's, into a library that knows no more than the files.
  const takeout = await readTakeout(await dropped(folder));
  expect(takeout).toMatchObject({ without: 0, problems: [], trashed: [] });
  expect(takeout.albums.map(({ title, description, files }) => [title, description, files.length])).toEqual([
    ['Summer: 2019?', 'All of us', 2],
    ['CON', undefined, 1],
  ]);
  const clocks = await worldClocks('Europe/Berlin');
  const edits = async ({ photoId }: { photoId: PhotoId }, file: string) => {
    const {
      takenAtOverride: _date,
      placeOverride: _place,
      ...measured
    } = parsePhotoRow(await photoRow(cloud, ada, photoId)) as Photo;
    const fresh = { ...measured, caption: undefined, favorite: undefined, archived: undefined };
    const facts = takeout.files.find(({ name, path }) => name === file && !path.includes('Albums'))?.facts;
    return factsToEdits(fresh as unknown as Photo, facts ?? {}, clocks);
  };
  expect(await edits(dated, 'IMG_1.jpg')).toEqual({ caption: 'By the sea “é”', favorite: true });
  expect(await edits(guessed, 'scan.jpg')).toEqual({
    takenAtOverride: '1987-08-09T10:11:12+02:00',
    placeOverride: { gps: { latitude: 52.5, longitude: 13.4 } },
    archived: true,
  });

  const all = await bringOut(ada, folder, '--with-trash').ended;
  expect(all.said).toMatch(/^1 photo brought out \(.+\), 3 were there before; 2 albums\.$/m);
  expect(await json(folder, '2019/07/away.jpg.json')).toMatchObject({ trashed: true });
  expect((await readTakeout(await dropped(folder))).trashed.map(({ name }) => name)).toContain('away.jpg');
});

test('killed in the middle and started again, it is whole; and what was broken on disk meanwhile is told, not overwritten', async () => {
  const ben = await somebody();
  const photos = await Promise.all(
    Array.from({ length: 40 }, (_, at) => photoOf(ben, `${at}.jpg`, { takenAt: '2020:01:02 03:04:05' })),
  );
  const { folder, put } = await folderOf({ '2020/01/3.jpg': 'somebody else’s' });
  const { child, ended } = bringOut(ben, folder, '--concurrency', '1');
  await vi.waitUntil(async () => (await filesIn(folder)).length > 5, { timeout: 30_000, interval: 2 });
  child.kill('SIGKILL');
  await ended;
  expect((await filesIn(folder)).filter((file) => /\d\.jpg$/.test(file)).length).toBeLessThan(40);
  const { code, said } = await bringOut(ben, folder).ended;
  expect([code, said]).toEqual([
    0,
    expect.stringMatching(/^\d+ photos brought out .+ there before/m) as string,
  ]);
  expect(await readFile(join(folder, '2020/01/3.jpg'), 'utf8')).toBe('somebody else’s');
  const written = await Promise.all(
    (await filesIn(folder))
      .filter((file) => file.endsWith('.jpg'))
      .map((file) => readFile(join(folder, file))),
  );
  for (const { bytes } of photos) expect(written.some((one) => one.equals(bytes))).toBe(true);
  expect(written).toHaveLength(41);

  await put('2020/01/5.jpg', 'edited here');
  await put('2020/01/7.jpg.json', '{"not":"ours"}');
  const third = await bringOut(ben, folder).ended;
  expect(third.said).toMatch(/^1 photo brought out .+ 39 were there before/m);
  expect(third.said).toContain('2020/01/7.jpg: Another file is there already');
  expect(third.code).toBe(1);
  expect(await readFile(join(folder, '2020/01/5.jpg'), 'utf8')).toBe('edited here');
});

test('an original that is missing, archived, damaged or without a row is told, and keeps no other back', async () => {
  const cleo = await somebody();
  const [missing, archived, damaged, good] = (await Promise.all(
    ['missing', 'archived', 'damaged', 'good'].map((name) =>
      photoOf(cleo, `${name}.jpg`, { takenAt: '2021:02:03 04:05:06' }),
    ),
  )) as [Here, Here, Here, Here];
  const at = ({ photoId }: { photoId: PhotoId }) => ({
    Bucket: cloud.config.originalsBucket,
    Key: originalKey(cleo.identityId, photoId),
  });
  const versions = await root.s3.originals.send(
    new ListObjectVersionsCommand({ Bucket: at(missing).Bucket, Prefix: at(missing).Key }),
  );
  for (const { VersionId } of versions.Versions ?? [])
    await root.s3.originals.send(new DeleteObjectCommand({ ...at(missing), VersionId }));
  cloud.pauseProcessor();
  await root.s3.originals.send(
    new PutObjectCommand({ ...at(archived), Body: archived.bytes, StorageClass: 'DEEP_ARCHIVE' }),
  );
  const bad = Buffer.from(damaged.bytes);
  bad[bad.length - 5] = (bad[bad.length - 5] ?? 0) ^ 1;
  await root.s3.originals.send(new PutObjectCommand({ ...at(damaged), Body: bad }));
  const rowless = await jpeg({ width: 32, height: 24, seed: seed++ });
  await cleo.s3.originals.send(originalOf(cloud.config.originalsBucket, cleo, rowless));

  const { folder } = await folderOf();
  const { code, said } = await bringOut(cleo, folder).ended;
  cloud.resumeProcessor();
  expect(said).toContain('2021/02/missing.jpg: Its original is missing in S3.');
  expect(said).toContain('2021/02/archived.jpg: It is archived: restore it in the page first');
  expect(said).toContain('2021/02/damaged.jpg: It did not arrive as it was uploaded');
  expect(said).toContain(`${photoIdOf(rowless)}: It has no row yet: "npm run reprocess`);
  expect(said).toContain('4 are NOT in the folder, each with the reason above.');
  expect(code).toBe(1);
  expect(await filesIn(folder)).toEqual([
    '2021/02/good.jpg',
    '2021/02/good.jpg.json',
    '2021/02/metadata.json',
  ]);
  expect(await readFile(join(folder, '2021/02/good.jpg'))).toEqual(good.bytes);
});
type Here = Awaited<ReturnType<typeof photoOf>>;

test('a folder that cannot be one is told', async () => {
  const dora = await somebody();
  await photoOf(dora, 'a.jpg');
  const { folder } = await folderOf();
  await writeFile(join(folder, 'file'), 'x');
  const { code, said } = await bringOut(dora, join(folder, 'file')).ended;
  expect([code, said]).toEqual([1, expect.stringMatching(/is in the way: it is no folder\./) as string]);
  expect((await begin(cloud.directory, 'export').ended).said).toContain('Where to? Name a folder.');
});
