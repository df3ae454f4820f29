// Friends' photos among one's own: where each stands, what may be done with it, whose are wanted, and that none stays longer than it may.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { befriend } from '../../src/friends/plan.ts';
import { Selection } from '../../src/grid/selection.svelte.ts';
import { withEdits } from '../../src/library/change.ts';
import { TRASHED, secondsOf } from '../../src/library/chunk.ts';
import { Columns } from '../../src/library/columns.ts';
import { inTimeline, isAccompanied, MOST_SHARES, sharedForTimeline } from '../../src/library/in-timeline.ts';
import { ColumnList } from '../../src/library/list.ts';
import { MergedList, merging } from '../../src/library/merged.ts';
import { bytesOf } from '../../src/library/sizes.ts';
import type { IdentityId, PhotoId, RandomId } from '../../src/schema/ids.ts';
import { MOST_PHOTOS, type Manifest, type SharedPhoto } from '../../src/schema/manifest.ts';
import type { Photo } from '../../src/schema/photo.ts';
import {
  parseSocialRow,
  randomId,
  type Friend,
  type Mute,
  type SharedWith,
  type SocialRow,
} from '../../src/schema/social.ts';
import { tallyOf } from '../../src/selection/actions.ts';
import { FRESH_MS, FriendsPhotos } from '../../src/share/friends-photos.svelte.ts';
import { SharedList } from '../../src/share/list.ts';
import { onceEach } from '../../src/share/once.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { changed, ME, photo } from './search-library.ts';

const person = (digit: number) =>
  `eu-central-1:${String(digit).repeat(8)}-2222-4222-8222-222222222222` as IdentityId;
const [ADA, BEN, EVE] = [2, 3, 4].map(person) as [IdentityId, IdentityId, IdentityId];
const NOW = '2026-11-20T12:00:00.000Z';
const LATER = '2026-11-20T13:00:00.000Z';

const pictured = (takenAt: string, more: Partial<SharedPhoto> = {}): SharedPhoto => ({
  id: randomId(),
  width: 3,
  height: 2,
  takenAt,
  ...more,
});
const manifestOf = (owner: IdentityId, photos: readonly SharedPhoto[], more: Partial<Manifest> = {}) => ({
  version: 1 as const,
  share: randomId(),
  owner,
  source: 'album' as const,
  title: 'Lisbon',
  changedAt: NOW,
  photos: [...photos],
  ...more,
});
const columnsOf = (photos: readonly Photo[]): Columns =>
  changed(
    Columns.none,
    photos.map((one) => [one.photoId, one]),
  );
const timeline = (columns: Columns, before?: ColumnList) => ColumnList.of(columns, TRASHED, 0, before);
const idsOf = (list: Iterable<Photo>) => [...list].map(({ photoId }) => photoId);

const moment = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('0000-01-01T00:00:00', '9999-12-31T23:59:59') },
  // Often the same second, so that it matters who stands first.
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 8 }).map((n) => `2021-06-0${n + 1}T12:00:00`) },
);

describe('one list of both', () => {
  test('every photo stands where sorting all of them would put it, and is found there', () => {
    fc.assert(
      fc.property(
        fc.array(moment, { maxLength: 30 }),
        fc.array(moment, { maxLength: 15 }),
        (mine, others) => {
          const own = timeline(columnsOf(mine.map((takenAt) => photo({ takenAt }))));
          const guests = new SharedList([
            manifestOf(
              ADA,
              others.map((one) => pictured(one)),
            ),
          ]);
          const list = new MergedList(own, guests);
          const plain = [...own, ...guests].toSorted((a, b) => secondsOf(b) - secondsOf(a));
          expect(idsOf(list)).toEqual(plain.map(({ photoId }) => photoId));
          expect(list.length).toBe(plain.length);
          plain.forEach(({ photoId, owner, width, height, ...one }, i) => {
            expect([list.idAt(i), list.indexOf(photoId)]).toEqual([photoId, i]);
            expect(list.days[i]).toBe(Math.floor(Date.parse(`${one.takenAt}Z`) / 86_400_000));
            expect(list.ratios[i]).toBeCloseTo(width / height);
            expect(list.theirs[i]).toBe(owner === ME ? 0 : 1);
            expect(list.ownIndex(i)).toBe(own.indexOf(photoId));
          });
          expect([list.at(-1), list.at(plain.length), list.indexOf(randomId() as string as PhotoId)]).toEqual(
            [undefined, undefined, -1],
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a favorite lays nothing out again, another photo does', () => {
    const [first, second] = [photo({ takenAt: '2021-06-01T12:00:00' }), photo()];
    const columns = columnsOf([first, second]);
    const guests = new SharedList([manifestOf(ADA, [pictured('2021-06-02T12:00:00')])]);
    const merge = merging();
    const own = timeline(columns);
    const before = merge(own, guests);
    expect(merge(own, guests)).toBe(before);
    const liked = timeline(
      withEdits(
        columns,
        new Map([[first.photoId, [{ attribute: 'favorite' as const, value: true, at: LATER }]]]),
      ),
      own,
    );
    const after = merge(liked, guests);
    expect(after.at(after.indexOf(first.photoId))?.favorite).toBe(true);
    expect([after.days === before.days, after.ratios === before.ratios]).toEqual([true, true]);
    const more = merge(timeline(changed(columns, [[second.photoId, undefined]]), own), guests);
    expect([more.length, more.days.length]).toEqual([2, 2]);
  });

  test('five thousand of friends stand among a hundred thousand of one’s own in milliseconds', () => {
    const columns = columnsOf([...madeUpPhotos(ME, 100_000)]);
    const photos = Array.from({ length: 5000 }, (_, i) =>
      pictured(new Date(Date.UTC(2006, 0, 1) + i * 125_000_000).toISOString().slice(0, 19)),
    );
    const guests = new SharedList([manifestOf(ADA, photos)]);
    const own = timeline(columns);
    void own.days;
    const times = Array.from({ length: 7 }, () => {
      const begin = performance.now();
      expect(new MergedList(own, guests).days.length).toBe(105_000);
      return performance.now() - begin;
    });
    // About 10 ms on a machine with nothing else to do.
    expect(Math.min(...times)).toBeLessThan(40);
  });
});

describe('selecting among both', () => {
  const own = ['2021-06-05', '2021-06-03', '2021-06-01'].map((day) =>
    photo({ takenAt: `${day}T12:00:00`, bytes: 7 }),
  );
  const columns = columnsOf(own);
  const guests = new SharedList([
    manifestOf(
      ADA,
      ['2021-06-04', '2021-06-02'].map((day) => pictured(`${day}T12:00:00`)),
    ),
  ]);
  const begun = () => new Selection(new MergedList(timeline(columns), guests));

  test('a friend’s photo is not taken by a click, a range, a drag or all at once, and alone it says so', async () => {
    const selection = begun();
    selection.toggle(1);
    expect([selection.count, selection.refused]).toEqual([0, 1]);
    selection.begin(3, true);
    selection.drawn();
    expect([selection.count, selection.refused]).toEqual([0, 2]);
    selection.all();
    expect([selection.ids(), selection.most]).toEqual([own.map(({ photoId }) => photoId), 3]);
    expect(selection.refused).toBe(2);
    selection.clear();
    selection.toggle(0);
    selection.extend(3);
    expect([...selection.indexes()]).toEqual([0, 2]);
    expect([selection.share([0, 3]), selection.share([1, 2]), selection.share([0, 5])]).toEqual([
      'all',
      'none',
      'some',
    ]);
    expect([selection.takesAny([1, 2]), selection.takesAny([1, 3])]).toEqual([false, true]);
    const { list } = selection;
    expect(tallyOf(list, selection.indexes()).count).toBe(2);
    expect(await bytesOf(list, selection.indexes(), new AbortController().signal)).toBe(14);
  });

  test('what is selected stays so when friends’ photos come and go', () => {
    const selection = new Selection(timeline(columns));
    selection.toggle(1);
    const [id] = selection.ids();
    selection.follow(new MergedList(timeline(columns), guests));
    expect(selection.ids()).toEqual([id]);
    const synced = changed(columns, [[own[0]?.photoId as PhotoId, undefined]]);
    selection.follow(new MergedList(timeline(synced), guests));
    expect(selection.ids()).toEqual([id]);
    selection.follow(timeline(synced));
    expect(selection.ids()).toEqual([id]);
  });
});

const row = (owner: IdentityId, id: string, more: object = {}): SocialRow => {
  const parsed = parseSocialRow({ owner, id, changedAt: NOW, ...more });
  if (!parsed) throw new Error(`${id} is no row`);
  return parsed;
};
const friendRow = (owner: IdentityId, other: IdentityId) =>
  row(owner, `friend#${other}`, { recipient: other }) as Friend;
const sharedRow = (owner: IdentityId, share: RandomId, more: object = {}) =>
  row(owner, `share#${share}#${ME}`, {
    recipient: ME,
    source: 'album',
    title: 'L',
    count: 1,
    ...more,
  }) as SharedWith;
const muteRow = (other: IdentityId, more: object) => row(ME, `mute#${other}`, more) as Mute;

/** Somebody whose friends are Ada and Ben. */
const circle = (inbox: readonly SocialRow[], ...mutes: Mute[]) => ({
  identityId: ME,
  friends: [friendRow(ME, ADA), friendRow(ME, BEN)],
  inbox: [friendRow(ADA, ME), friendRow(BEN, ME), friendRow(EVE, ME), ...inbox],
  mutes: new Map(mutes.map((mute) => [mute.person, mute])),
});

describe('whose photos are wanted', () => {
  test('those of friends that were switched on, and of nobody else', () => {
    const [one, added, other, strange] = [randomId(), randomId(), randomId(), randomId()];
    const inbox = [
      sharedRow(ADA, one),
      sharedRow(ADA, added, { album: randomId(), albumOwner: BEN }),
      sharedRow(BEN, other),
      sharedRow(EVE, strange),
    ];
    expect(isAccompanied(circle(inbox))).toBe(false);
    expect(sharedForTimeline(circle(inbox))).toEqual([]);
    const on = circle(inbox, muteRow(ADA, { inTimeline: true }), muteRow(EVE, { inTimeline: true }));
    expect(isAccompanied(on)).toBe(true);
    expect(new Set(sharedForTimeline(on).map(({ share }) => share))).toEqual(new Set([one, added]));
    for (const off of [
      muteRow(ADA, { inTimeline: false }),
      muteRow(ADA, { inTimeline: 'yes' }),
      muteRow(ADA, { inTimeline: true, blocked: true }),
    ]) {
      expect(isAccompanied(circle(inbox, off))).toBe(false);
      expect(sharedForTimeline(circle(inbox, off))).toEqual([]);
    }
    expect(inTimeline(ADA, true)).toEqual({
      id: `mute#${ADA}`,
      attributes: { inTimeline: true, deletedAt: null },
    });
  });

  test('a friend with ten thousand shares keeps nobody waiting', () => {
    const rows = Array.from({ length: 10_000 }, () => sharedRow(ADA, randomId()));
    const latest = sharedRow(ADA, randomId(), { changedAt: LATER });
    const found = sharedForTimeline(circle([...rows, latest], muteRow(ADA, { inTimeline: true })));
    expect(found).toHaveLength(MOST_SHARES);
    expect(found).toContainEqual(latest);
  });

  test('friends who parted and are friends anew are asked about anew', () => {
    const parted = circle([], muteRow(ADA, { inTimeline: true, dismissed: true }));
    const { put } = befriend(parted, ADA, undefined, undefined);
    expect(put.find(({ id }) => id === `mute#${ADA}`)?.attributes).toMatchObject({ inTimeline: null });
  });
});

describe('photos that are shared more than once', () => {
  const twice = (more: Partial<SharedPhoto> = {}) =>
    pictured('2021-06-01T12:00:00', { placeholder: 'AAAAAAAAAA==', ...more });

  test('are shown once, unless they only look alike', () => {
    const shown = (...manifests: readonly Manifest[]) =>
      onceEach(manifests).flatMap(({ photos }) => photos).length;
    expect(shown(manifestOf(ADA, [twice()]), manifestOf(ADA, [twice()]))).toBe(1);
    expect(shown(manifestOf(ADA, [twice(), twice()]))).toBe(2);
    expect(shown(manifestOf(ADA, [twice()]), manifestOf(BEN, [twice()]))).toBe(2);
    expect(shown(manifestOf(ADA, [twice()]), manifestOf(ADA, [twice({ width: 9 })]))).toBe(2);
    const plain = () => pictured('2021-06-01T12:00:00');
    expect(shown(manifestOf(ADA, [plain()]), manifestOf(ADA, [plain()]))).toBe(2);
  });

  test('a friend who shares millions fills no more than one share could', () => {
    const full = () =>
      manifestOf(
        ADA,
        Array.from({ length: MOST_PHOTOS - 1 }, () => pictured('2021-06-01T12:00:00')),
      );
    const found = onceEach([full(), full(), manifestOf(BEN, [twice()])]);
    expect(found.map(({ photos }) => photos.length)).toEqual([MOST_PHOTOS - 1, 1, 1]);
  });

  test('somebody who calls a photo as a friend’s is called hides nothing', () => {
    const same = twice();
    const list = new SharedList([manifestOf(ADA, [same]), manifestOf(EVE, [same])]);
    const ids = idsOf(list);
    expect(new Set(ids).size).toBe(2);
    expect(ids.map((id) => list.originOf(id)?.address.owner).toSorted()).toEqual([ADA, EVE]);
    expect(ids.map((id) => list.indexOf(id))).toEqual([0, 1]);
  });
});

describe('reading them', () => {
  /** Shares that count what is asked of them, and a clock. */
  function reading(...manifests: Manifest[]) {
    const heard = { asked: [] as RandomId[], now: 0, lie: new Map(manifests.map((one) => [one.share, one])) };
    const answers: { wait?: Promise<void>; fail?: Error } = {};
    const photos = new FriendsPhotos(
      {
        manifest: async ({ share }) => {
          heard.asked.push(share);
          await answers.wait;
          if (answers.fail) throw answers.fail;
          return heard.lie.get(share);
        },
      },
      () => heard.now,
    );
    return { heard, answers, photos };
  }
  const wanted = ({ owner, share }: Manifest, changedAt = NOW) => ({ owner, share, changedAt });
  const one = manifestOf(ADA, [pictured('2021-06-01T12:00:00')]);
  const two = manifestOf(BEN, [pictured('2021-06-02T12:00:00')]);

  test('what is wanted is read once, and again when it changes or was read long ago', async () => {
    const { heard, photos } = reading(one, two);
    photos.want([wanted(one), wanted(two)]);
    await photos.load();
    expect([photos.list.length, heard.asked.length]).toEqual([2, 2]);
    const { list } = photos;
    await photos.load();
    expect(heard.asked).toHaveLength(2);
    heard.now += FRESH_MS + 1;
    await photos.load();
    // Nothing has changed: nothing is laid out again.
    expect([heard.asked.length, photos.list === list]).toEqual([4, true]);
    const more = [...one.photos, pictured('2021-06-03T12:00:00')];
    heard.lie.set(one.share, { ...one, changedAt: LATER, photos: more });
    photos.want([wanted(one, LATER), wanted(two)]);
    await photos.load();
    expect([heard.asked.length, photos.list.length]).toEqual([5, 3]);
  });

  test('what is taken back is gone at once, also when it is just being read, or when only its manifest is gone', async () => {
    const { heard, answers, photos } = reading(one, two);
    photos.want([wanted(one), wanted(two)]);
    await photos.load();
    photos.want([wanted(two)]);
    expect(photos.list.length).toBe(1);
    let resolve = (): void => {};
    answers.wait = new Promise((done) => (resolve = done));
    photos.want([wanted(one), wanted(two)]);
    const loading = photos.load();
    photos.want([wanted(two)]);
    resolve();
    await loading;
    expect(photos.list.length).toBe(1);
    heard.lie.delete(two.share);
    heard.now += FRESH_MS + 1;
    await photos.load();
    expect(photos.list.length).toBe(0);
  });

  test('what cannot be read keeps nobody from the others, and is tried again', async () => {
    const { answers, photos } = reading(one);
    answers.fail = new Error('the connection broke');
    photos.want([wanted(one)]);
    await photos.load();
    expect(photos.list.length).toBe(0);
    delete answers.fail;
    await photos.load();
    expect(photos.list.length).toBe(1);
  });

  test('a manifest that says it is of somebody else shows nothing, and nothing comes after leaving', async () => {
    const { heard, photos } = reading(one);
    heard.lie.set(one.share, { ...one, owner: EVE });
    photos.want([wanted(one)]);
    await photos.load();
    expect(photos.list.length).toBe(0);
    photos.close();
    heard.lie.set(one.share, one);
    photos.want([wanted(one, LATER)]);
    await photos.load();
    expect([photos.list.length, heard.asked.length]).toEqual([0, 1]);
  });
});
