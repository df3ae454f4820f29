// Originals that somebody has had restored: noted on this device, told once when they are back, learned of from S3 where another device
// has asked, and forgotten when their days are over. And which photos of a selection are held back.
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { standingOf, type Archive } from '../../src/cloud/aws-archive.ts';
import { Clock } from '../../src/cloud/clock.ts';
import { CloudError } from '../../src/cloud/error.ts';
import type { Standing } from '../../src/cloud/requests.ts';
import { openDatabases } from '../../src/library/databases.ts';
import { listOf } from '../../src/library/list.ts';
import { Restores } from '../../src/library/restores.svelte.ts';
import type { PhotoId } from '../../src/schema/ids.ts';
import { archivedFrom, DEFAULT_KEEPING, type Keeping } from '../../src/schema/keeping.ts';
import type { Photo } from '../../src/schema/photo.ts';
import type { Instant } from '../../src/schema/time.ts';
import { heldBack } from '../../src/selection/held-back.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { identity } from '../fixtures.ts';

const UNTIL = '2026-12-01T00:00:00.000Z' as Instant;

/** S3, as far as it matters here. */
class FakeArchive implements Pick<Archive, 'standings' | 'all' | 'restore'> {
  readonly standing = new Map<PhotoId, Standing>();
  readonly refused = new Set<PhotoId>();
  asked = 0;

  standings = (photoIds: readonly PhotoId[]) => {
    this.asked += photoIds.length;
    return Promise.resolve(new Map([...this.standing].filter(([photoId]) => photoIds.includes(photoId))));
  };
  async *all() {
    yield* this.standing;
  }
  restore = async (photoId: PhotoId) => {
    if (this.refused.has(photoId)) throw new CloudError('offline', 'no network');
    this.standing.set(photoId, { state: 'restoring' });
  };
}

let people = 0;
async function start() {
  const archive = new FakeArchive();
  const databases = await openDatabases(identity(++people));
  const open = () =>
    Restores.open({
      cloud: { archive: () => Promise.resolve(archive as unknown as Archive), clock: new Clock() },
      database: databases.replica,
      closing: new AbortController().signal,
    });
  return { archive, open };
}

const photos = [...madeUpPhotos(identity(), 4)];
const [one, two, three] = photos.map(({ photoId }) => photoId) as [PhotoId, PhotoId, PhotoId];
const ids = (restores: Restores) => restores.all.map(({ photoId }) => photoId);

test('what was asked for is waited for, also after a reload, and told once when it is back', async () => {
  const { archive, open } = await start();
  let done = 0;
  await (await open()).ask([one, two], 'Bulk', () => done++);
  expect(done).toBe(2);
  const later = await open();
  expect(ids(later)).toEqual([one, two]);
  expect(await later.look()).toEqual([]);
  archive.standing.set(one, { state: 'restored', until: UNTIL });
  expect(await later.look()).toEqual([{ photoId: one, until: UNTIL, told: true }]);
  expect(await later.look()).toEqual([]);
  expect(await (await open()).look()).toEqual([]);
  expect(ids(await open())).toEqual([one, two]);
});

test('what of several could be asked for is noted, and the others are said', async () => {
  const { archive, open } = await start();
  archive.refused.add(two);
  const restores = await open();
  await expect(restores.ask([one, two, three], 'Bulk', () => {})).rejects.toMatchObject({ code: 'offline' });
  expect(ids(restores).sort()).toEqual([one, three].sort());
});

test('what another device has asked for is learned of from the list of all; what is over is forgotten', async () => {
  const { archive, open } = await start();
  archive.standing
    .set(one, { state: 'restoring' })
    .set(two, { state: 'archived' })
    .set(three, { state: 'here' });
  const restores = await open();
  expect(await restores.look()).toEqual([]);
  expect(archive.asked).toBe(0);
  await restores.lookAtAll();
  expect(ids(restores)).toEqual([one]);
  archive.standing.set(one, { state: 'restored', until: UNTIL });
  expect(await restores.look()).toHaveLength(1);
  archive.standing.set(one, { state: 'archived' });
  expect(await restores.look()).toEqual([]);
  expect(ids(restores)).toEqual([]);
  // Asked for once more, it is told once more.
  await restores.ask([one], 'Standard', () => {});
  archive.standing.set(one, { state: 'restored', until: UNTIL });
  expect(await restores.look()).toHaveLength(1);
});

test.each([
  [undefined, undefined, 'here'],
  ['INTELLIGENT_TIERING', undefined, 'here'],
  ['GLACIER_IR', undefined, 'here'],
  ['DEEP_ARCHIVE', undefined, 'archived'],
  ['DEEP_ARCHIVE', {}, 'archived'],
  ['DEEP_ARCHIVE', { IsRestoreInProgress: true }, 'restoring'],
  ['DEEP_ARCHIVE', { IsRestoreInProgress: false, RestoreExpiryDate: new Date(UNTIL) }, 'restored'],
  ['DEEP_ARCHIVE', { IsRestoreInProgress: false }, 'archived'],
] as const)('of the class %s with the restore %j an original is %s', (StorageClass, RestoreStatus, state) => {
  const listed = { ...(StorageClass && { StorageClass }), ...(RestoreStatus && { RestoreStatus }) };
  expect(standingOf(listed)).toMatchObject({ state });
  const { until } = standingOf(listed) as { until?: Instant };
  expect(until).toBe(state === 'restored' ? UNTIL : undefined);
});

test('an original gets into cold storage its days after the upload, a small one never', () => {
  const uploadedAt = '2026-01-01T00:00:00.000Z';
  const archiving: Keeping = { ...DEFAULT_KEEPING, deepArchive: { afterDays: 10 } };
  expect(archivedFrom(archiving, { bytes: 200_000, uploadedAt })).toBe(Date.parse('2026-01-11T00:00:00Z'));
  expect(archivedFrom(archiving, { bytes: 1000, uploadedAt })).toBeUndefined();
  expect(archivedFrom(DEFAULT_KEEPING, { bytes: 200_000, uploadedAt })).toBeUndefined();
});

test('of a selection only those are asked about that are old enough, and those held back that cannot be read', async () => {
  const archive = new FakeArchive();
  archive.standing
    .set(one, { state: 'archived' })
    .set(two, { state: 'restoring' })
    .set(three, { state: 'restored', until: UNTIL });
  const uploaded = (i: number, uploadedAt: string): Photo =>
    ({ ...photos[i], bytes: 200_000, uploadedAt }) as Photo;
  const list = listOf([
    uploaded(0, '2020-01-01T00:00:00.000Z'),
    uploaded(1, '2020-01-01T00:00:00.000Z'),
    uploaded(2, '2020-01-01T00:00:00.000Z'),
    uploaded(3, new Date().toISOString()),
  ]);
  const held = (keeping: Keeping, cloud: Pick<FakeArchive, 'standings'> = archive) =>
    heldBack({
      list,
      indexes: [0, 1, 2, 3],
      cloud: { archive: () => Promise.resolve(cloud as unknown as Archive), clock: new Clock() },
      keeping,
      signal: new AbortController().signal,
    }).then((indexes) => indexes.map((index) => list.idAt(index)).sort());
  const cold = [one, two].sort();
  expect(await held({ ...DEFAULT_KEEPING, deepArchive: { afterDays: 180 } })).toEqual(cold);
  expect(archive.asked).toBe(3);
  // Where nothing is moved any more, nobody can tell by the date.
  expect(await held({ ...DEFAULT_KEEPING, deepArchive: { afterDays: null } })).toEqual(cold);
  expect(archive.asked).toBe(7);
  expect(await held({ ...DEFAULT_KEEPING, deepArchive: { afterDays: 3650 } })).toEqual([]);
  expect(archive.asked).toBe(7);
  const broken = { standings: () => Promise.reject(new CloudError('offline', 'no network')) };
  expect(await held({ ...DEFAULT_KEEPING, deepArchive: { afterDays: 180 } }, broken)).toEqual([]);
});
