// What album pages show: photos in the album's order without those in the trash, folders, and albums of dropped folders.
import { expect, test } from 'vitest';
import { Arranging } from '../../src/albums/arranging.svelte.ts';
import { albumsIn } from '../../src/albums/dropped.ts';
import { cleanFolder, foldersOf, inFolder, pathOf } from '../../src/albums/folders.ts';
import { albumAddress, albumHere, folderAddress } from '../../src/albums/here.ts';
import { sweep } from '../../src/albums/leftovers.ts';
import { spanOf } from '../../src/albums/span.ts';
import { albumList, glanceAt } from '../../src/library/album-list.ts';
import type { PhotoId, RandomId } from '../../src/schema/ids.ts';
import { TITLE_LENGTH, type Album, type Entry } from '../../src/schema/social.ts';
import { columnsOf, ME, photo } from './search-library.ts';
import { foundOf } from '../../src/upload/walk.ts';

const LISBON = 'AAAAAAAAAAAAAAAAAAAAAA' as RandomId;
const id = (n: number) => `${String.fromCodePoint(65 + n)}${'x'.repeat(41)}A` as PhotoId;
const entry = (n: number, position?: string): Entry => ({
  kind: 'entry',
  owner: ME,
  id: `entry#${LISBON}#${id(n)}`,
  album: LISBON,
  photoId: id(n),
  changedAt: '2026-01-01T00:00:00.000Z',
  editedAt: {},
  ...(position !== undefined && { position }),
});
const taken = (n: number, more: object = {}) =>
  photo({ photoId: id(n), takenAt: `2021-0${n + 1}-01T12:00:00`, ...more });

test('an album shows its photos in its order; one in the trash, or not here yet, is left out and comes back', () => {
  const entries = [entry(2), entry(0), entry(1), entry(7)];
  const all = columnsOf([taken(0), taken(1), taken(2), taken(3)]);
  const ids = (list: ReturnType<typeof albumList>) =>
    Array.from({ length: list.length }, (_, i) => list.idAt(i));
  expect(ids(albumList(all, entries, 'oldest'))).toEqual([id(0), id(1), id(2)]);
  expect(ids(albumList(all, entries, 'newest'))).toEqual([id(2), id(1), id(0)]);
  const byHand = albumList(all, [entry(0, 'z'), entry(1, 'b'), entry(2, 'a')], 'hand');
  expect(ids(byHand)).toEqual([id(2), id(1), id(0)]);
  expect([...byHand].map(({ photoId }) => photoId)).toEqual(ids(byHand));
  expect(byHand.indexOf(id(1))).toBe(1);
  expect(byHand.indexOf(id(3))).toBe(-1);
  // Of one day all, so that no heading is between them.
  expect(new Set(byHand.days).size).toBe(1);

  const trashed = columnsOf([taken(0, { trashedAt: '2026-01-01T00:00:00.000Z' }), taken(1), taken(2)]);
  expect(ids(albumList(trashed, entries, 'oldest'))).toEqual([id(1), id(2)]);
  expect(glanceAt(trashed, { sort: 'oldest' }, entries)).toMatchObject({ count: 2, cover: id(1) });
});

test('the cover is the chosen one as long as it is there, and else the first photo', () => {
  const columns = columnsOf([taken(0), taken(1), taken(2)]);
  const entries = [entry(0), entry(1), entry(2)];
  const cover = (album: Pick<Album, 'sort' | 'cover'>, of = entries) => glanceAt(columns, album, of).cover;
  expect(cover({ sort: 'oldest' })).toBe(id(0));
  expect(cover({ sort: 'newest' })).toBe(id(2));
  expect(cover({ sort: 'hand' }, [entry(0), entry(1, '-'), entry(2)])).toBe(id(1));
  expect(cover({ sort: 'oldest', cover: id(1) })).toBe(id(1));
  expect(cover({ sort: 'oldest', cover: id(1) }, [entry(0)])).toBe(id(0));
  expect(cover({ sort: 'oldest' }, [])).toBeUndefined();
});

test('folders are there because albums say so, one in another', () => {
  const albums = [
    { folder: 'Trips/2021' },
    { folder: 'Trips' },
    { folder: 'Trips/2022' },
    {},
    { folder: 'Tripsy' },
  ];
  const top = inFolder(albums, '');
  expect(top.albums).toEqual([{}]);
  expect(top.folders.map(({ path, albums: inside }) => [path, inside.length])).toEqual([
    ['Trips', 3],
    ['Tripsy', 1],
  ]);
  const trips = inFolder(albums, 'Trips');
  expect(trips.albums).toEqual([{ folder: 'Trips' }]);
  expect(trips.folders.map(({ name }) => name)).toEqual(['2021', '2022']);
  expect(pathOf('Trips/2021').map(({ path }) => path)).toEqual(['Trips', 'Trips/2021']);
  expect(foldersOf(albums)).toEqual(['Trips', 'Trips/2021', 'Trips/2022', 'Tripsy']);
  expect(cleanFolder(' /Trips / 2021//')).toBe('Trips/2021');
  expect(cleanFolder(' / ')).toBeUndefined();
});

test('the address tells which album is open, and takes nothing else for one', () => {
  const at = (address: string) => albumHere(new URL(address, 'https://photos.example'));
  expect(at(albumAddress(LISBON))).toBe(LISBON);
  expect(at(`/albums?album=${LISBON}&photo=${id(1)}`)).toBe(LISBON);
  expect(at('/albums?album=__proto__')).toBeUndefined();
  expect(at(`/?album=${LISBON}`)).toBeUndefined();
  expect(folderAddress('A & B/ü')).toBe('/albums?folder=A%20%26%20B%2F%C3%BC');
});

const file = (name: string, text = 'x') => new File([text], name);

test('each dropped folder with photos of its own makes an album, in the folders it was in', async () => {
  const found = await albumsIn([
    foundOf(file('single.jpg')),
    foundOf(file('a.jpg'), 'Trips/Lisbon'),
    foundOf(file('b.jpg'), 'Trips/Rome'),
    foundOf(file('c.jpg'), 'Trips/Lisbon'),
    foundOf(file('notes.json', '{}'), 'Trips'),
  ]);
  expect(found).toEqual([
    { title: 'Lisbon', folder: 'Trips', files: [1, 3] },
    { title: 'Rome', folder: 'Trips', files: [2] },
  ]);
  expect(await albumsIn([foundOf(file('single.jpg'))])).toEqual([]);
});

test('an album of Google Takeout has the name and the words it had there; what is said of one photo names none', async () => {
  const path = 'Takeout/Google Photos/Lisbon 2';
  const said = JSON.stringify({ title: 'Lisbon & Porto', description: 'In May', access: 'protected' });
  const sidecar = JSON.stringify({ title: 'a.jpg', photoTakenTime: { timestamp: '1' } });
  expect(
    await albumsIn([
      foundOf(file('a.jpg'), path),
      foundOf(file('a.json', sidecar), path),
      foundOf(file('Metadaten.json', said), path),
      foundOf(file('b.jpg'), 'Takeout/Google Photos/Photos from 2023'),
    ]),
  ).toEqual([{ title: 'Lisbon & Porto', description: 'In May', files: [0] }]);
  const beside = async (text: string) =>
    (await albumsIn([foundOf(file('a.jpg'), path), foundOf(file('metadata.json', text), path)]))[0];
  // Whatever else lies there is no album's name; a name without end is cut.
  for (const text of ['', '[', '[]', '"x"', '{"title":7}'])
    expect(await beside(text)).toMatchObject({ title: 'Lisbon 2' });
  expect(await beside(`{"title":"${'x'.repeat(300)}"}`)).toMatchObject({ title: 'x'.repeat(TITLE_LENGTH) });
});

test('what is carried is put down where it is, or put back, and nothing is changed before', () => {
  const photos = [0, 1, 2].map((n) => ({ photoId: id(n), seconds: n }));
  const moves: (readonly PhotoId[])[] = [];
  const arranging = new Arranging(
    () => photos,
    (places) => moves.push([...places.keys()]),
  );
  arranging.carry(2);
  arranging.put();
  arranging.pick(0);
  arranging.carry(9);
  expect([arranging.target, arranging.order]).toEqual([2, [1, 2, 0]]);
  expect(arranging.said).toEqual({ what: 'moved', place: 2 });
  arranging.back();
  expect([arranging.order, moves]).toEqual([[0, 1, 2], []]);
  arranging.pick(0);
  arranging.put();
  expect(moves).toEqual([]);
  arranging.pick(2);
  arranging.carry(0);
  arranging.put();
  expect(moves).toEqual([[id(2)]]);
});

test('entries of a deleted album stay as long as it may be brought back, and then go too', async () => {
  const now = Date.UTC(2026, 10, 20);
  const removed: (readonly string[])[] = [];
  const social = (deletedAt: string, complete = true) => ({
    complete,
    goneAlbums: [{ album: LISBON, deletedAt } as Album],
    entriesOf: () => [entry(0), entry(1)],
    remove: async (ids: readonly string[]) => {
      removed.push(ids);
      return 'sent' as const;
    },
  });
  await sweep(social('2026-11-19T23:00:00.000Z'), now);
  await sweep(social('2026-11-01T00:00:00.000Z', false), now);
  expect(removed.flat()).toEqual([]);
  await sweep(social('2026-11-01T00:00:00.000Z'), now);
  expect(removed.flat()).toEqual([entry(0).id, entry(1).id]);
});

test('an album says from when to when its photos are', () => {
  expect(spanOf([])).toEqual(['', '']);
  const at = (iso: string) => ({ seconds: Date.parse(iso) / 1000 });
  const [from, to] = spanOf([at('2021-07-15T00:00:00Z'), at('2021-06-03T00:00:00Z')]);
  expect([from, to]).toEqual(['June 2021', 'July 2021']);
});
