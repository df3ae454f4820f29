// A Google Takeout export is read in the page: zips as any program writes them, whole and broken, and folders as they are unpacked.
import {
  BlobWriter,
  TextReader,
  Uint8ArrayReader,
  ZipWriter,
  type ZipWriterConstructorOptions,
} from '@zip.js/zip.js';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TakeoutError } from '../../src/takeout/entry.ts';
import { mayBeTakeout } from '../../src/takeout/names.ts';
import { readTakeout, type Takeout, type TakeoutFile } from '../../src/takeout/read.ts';
import { MOST_BYTES } from '../../src/takeout/said.ts';
import { entriesIn } from '../../src/takeout/zip.ts';
import type { Offered } from '../../src/upload/uploads.svelte.ts';
import { foundOf } from '../../src/upload/walk.ts';

const ROOT = 'Takeout/Google Photos';

type Content = string | Uint8Array | object;

async function zipOf(
  files: Record<string, Content>,
  {
    name = 'takeout-20260101T000000Z-001.zip',
    ...options
  }: ZipWriterConstructorOptions & { name?: string } = {},
): Promise<File> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false, ...options });
  for (const [path, content] of Object.entries(files)) await writer.add(path, readerOf(content));
  return new File([await writer.close()], name);
}

const readerOf = (content: Content) => {
  if (content instanceof Uint8Array) return new Uint8ArrayReader(content);
  return new TextReader(typeof content === 'string' ? content : JSON.stringify(content));
};

const sidecar = (title: string, more: object = {}): object => ({
  title,
  description: '',
  imageViews: '3',
  creationTime: { timestamp: '1600000000', formatted: '13 Sept 2020' },
  photoTakenTime: { timestamp: '1559392496', formatted: '1 Jun 2019' },
  geoData: { latitude: 0, longitude: 0, altitude: 0, latitudeSpan: 0, longitudeSpan: 0 },
  people: [{ name: 'Somebody' }],
  url: 'https://photos.google.com/photo/x',
  ...more,
});
const SECONDS = 1_559_392_496;

const read = (...files: File[]): Promise<Takeout> => readTakeout(files.map((file) => foundOf(file)));
const onDisk = (files: Record<string, Content>): Promise<Takeout> =>
  readTakeout(
    Object.entries(files).map(([path, content]) => {
      const parts = path.split('/');
      const bytes = content instanceof Uint8Array ? new Uint8Array(content) : undefined;
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      const file = new File([bytes ?? text], parts.pop() ?? '');
      return foundOf(file, parts.join('/'));
    }),
  );

const pathOf = ({ path, name }: TakeoutFile): string => `${path}/${name}`;
const named = (takeout: Takeout, name: string): TakeoutFile => {
  const found = takeout.files.find((file) => file.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};
const textOf = async (file: TakeoutFile): Promise<string> => (await file.open()).text();

/** Uploads take a DOMException for a file that cannot be read, and go on with the others. */
const reasonOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return error instanceof TakeoutError && error instanceof DOMException ? error.reason : String(error);
};

// What is wrong is said on the console, too.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));
afterEach(() => vi.restoreAllMocks());

describe('an export', () => {
  const files = {
    'Takeout/archive_browser.html': '<html>',
    [`${ROOT}/Photos from 2019/IMG_1.jpg`]: 'one',
    [`${ROOT}/Photos from 2019/IMG_1.jpg.supplemental-metadata.json`]: sidecar('IMG_1.jpg', {
      description: ' At the lake ',
      favorited: true,
      archived: true,
      geoData: { latitude: 47.5, longitude: 9.5 },
    }),
    [`${ROOT}/Photos from 2019/IMG_2.png`]: 'two',
    [`${ROOT}/Photos from 2019/.DS_Store`]: 'x',
    [`${ROOT}/Lake/IMG_1.jpg`]: 'one',
    [`${ROOT}/Lake/IMG_1.jpg.supplemental-metadata.json`]: sidecar('IMG_1.jpg'),
    [`${ROOT}/Lake/metadata.json`]: { title: 'Lake: 2019', description: 'Sun', access: 'protected' },
    [`${ROOT}/Lake/notes.txt`]: 'not a photo',
    [`${ROOT}/user-generated-memory-titles.json`]: { title: ['x'] },
  };

  test.each([
    ['a zip', async () => readTakeout([foundOf(await zipOf(files))])],
    ['an uncompressed zip', async () => readTakeout([foundOf(await zipOf(files, { level: 0 }))])],
    ['a Zip64 zip', async () => readTakeout([foundOf(await zipOf(files, { zip64: true }))])],
    ['a folder', () => onDisk(files)],
  ])('comes out of %s', async (_, make) => {
    const takeout = await make();
    expect(takeout.files.map(pathOf).sort()).toEqual([
      `${ROOT}/Lake/IMG_1.jpg`,
      `${ROOT}/Photos from 2019/IMG_1.jpg`,
      `${ROOT}/Photos from 2019/IMG_2.png`,
    ]);
    expect(takeout.files.find(({ path }) => path.endsWith('2019'))?.facts).toEqual({
      caption: 'At the lake',
      favorite: true,
      archived: true,
      takenAt: '2019-06-01T12:34:56.000Z',
      gps: { latitude: 47.5, longitude: 9.5 },
    });
    expect(takeout.albums).toEqual([
      {
        title: 'Lake: 2019',
        description: 'Sun',
        files: takeout.files.filter(({ path }) => path.endsWith('Lake')),
      },
    ]);
    expect(named(takeout, 'IMG_2.png').facts).toBeUndefined();
    expect(await textOf(named(takeout, 'IMG_2.png'))).toBe('two');
    expect(takeout).toMatchObject({ without: 1, problems: [], trashed: [] });
    expect(takeout.passedOver).toEqual({ sidecars: 0, json: 1, html: 1, system: 1, elsewhere: 0, other: 1 });
  });
});

test('a file in a zip has its name, its type, its bytes and the time it was taken', async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i * 7);
  for (const level of [0, 6]) {
    const takeout = await read(
      await zipOf(
        { [`${ROOT}/A/IMG_1.jpg`]: bytes, [`${ROOT}/A/IMG_1.jpg.json`]: sidecar('IMG_1.jpg') },
        { level },
      ),
    );
    const file = await named(takeout, 'IMG_1.jpg').open();
    expect(file).toMatchObject({
      name: 'IMG_1.jpg',
      type: 'image/jpeg',
      size: 100_000,
      lastModified: SECONDS * 1000,
    });
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes);
  }
});

/** A zip that notes what is read of it. */
class Watched extends File {
  readonly reads: [from: number, length: number][] = [];
  override slice(from = 0, to = this.size, type?: string): Blob {
    this.reads.push([from, to - from]);
    return super.slice(from, to, type);
  }
  get bytesRead(): number {
    return this.reads.reduce((sum, [, length]) => sum + length, 0);
  }
}

test('files of an export can be uploaded like any others', async () => {
  const file = new File(['two'], 'IMG_2.jpg', { lastModified: 5 });
  const dropped = foundOf(file, 'A');
  const { files } = await readTakeout([foundOf(await zipOf({ 'A/IMG_1.jpg': 'one' })), dropped]);
  const offered: Offered = { files: files.map((one) => one.dropped ?? one), skipped: 0, unreadable: [] };
  expect(offered.files[1]).toBe(dropped);
  expect(offered.files[0]).toMatchObject({ name: 'IMG_1.jpg', path: 'A', size: 3 });
});

test('of a large zip only directory and sidecars are read until a photo is opened', async () => {
  const zip = await zipOf(
    {
      [`${ROOT}/A/IMG_1.mp4`]: new Uint8Array(20_000_000),
      [`${ROOT}/A/IMG_1.mp4.json`]: sidecar('IMG_1.mp4'),
    },
    { level: 0 },
  );
  const watched = new Watched([zip], zip.name);
  const takeout = await read(watched);
  expect(takeout.files[0]?.facts?.takenAt).toBeDefined();
  expect(watched.bytesRead).toBeLessThan(200_000);
  expect((await takeout.files[0]?.open())?.size).toBe(20_000_000);
});

test('what is packed is unpacked one at a time', async () => {
  const zip = await zipOf({
    'a.jpg': 'a'.repeat(9999),
    'b.jpg': 'b'.repeat(9999),
    'c.jpg': 'c'.repeat(9999),
  });
  const watched = new Watched([zip], zip.name);
  const { files } = await read(watched);
  const seen: number[] = [];
  await Promise.all(
    files.map(async (file) => {
      await file.open();
      seen.push(watched.reads.length);
    }),
  );
  // Each had all it needed before the next began to read.
  expect(seen[0]).toBeLessThan(seen[1] as number);
  expect(seen[1]).toBeLessThan(seen[2] as number);
});

test('photos and sidecars in different parts of an export come together', async () => {
  const year = `${ROOT}/Photos from 2019`;
  const takeout = await read(
    await zipOf({ [`${year}/IMG_1.jpg`]: 'one', [`${ROOT}/Lake/IMG_1.jpg`]: 'one' }),
    await zipOf(
      {
        [`${year}/IMG_1.jpg.json`]: sidecar('IMG_1.jpg'),
        [`${ROOT}/Lake/metadata.json`]: { title: 'At the lake' },
      },
      { name: 'takeout-20260101T000000Z-002.zip' },
    ),
  );
  expect(takeout.files.map(({ facts }) => facts?.takenAt)).toEqual(['2019-06-01T12:34:56.000Z', undefined]);
  expect(takeout.albums.map(({ title, files }) => [title, files.length])).toEqual([['At the lake', 1]]);
});

test('a part that was downloaded twice is as good as one', async () => {
  const photo = `${ROOT}/Photos from 2019/IMG_1.jpg`;
  const part = (content: string, name: string) => zipOf({ [photo]: content }, { name });
  const second = await zipOf({ [`${photo}.json`]: sidecar('IMG_1.jpg') }, { name: 'takeout-2.zip' });
  const twice = await read(
    await part('one', 'takeout-1.zip'),
    await part('one', 'takeout-1 (1).zip'),
    second,
  );
  expect(twice.files.map(({ facts }) => facts !== undefined)).toEqual([true, true]);
  const others = await read(await part('one', 'takeout-1.zip'), await part('two', 'takeout-3.zip'), second);
  expect(others.files.map(({ facts }) => facts !== undefined)).toEqual([false, false]);
});

test('photos of the same name in two exports keep to what came with them', async () => {
  const photo = `${ROOT}/Photos from 2019/IMG_1.jpg`;
  const said = (description: string) => sidecar('IMG_1.jpg', { description });
  const takeout = await read(
    await zipOf(
      { [photo]: 'hers', [`${photo}.json`]: said('hers') },
      { name: 'takeout-20250101T000000Z-001.zip' },
    ),
    await zipOf({ [photo]: 'his' }, { name: 'takeout-20260101T000000Z-001.zip' }),
  );
  expect(
    await Promise.all(takeout.files.map(async (file) => [await textOf(file), file.facts?.caption])),
  ).toEqual([
    ['hers', 'hers'],
    ['his', undefined],
  ]);
  // Nobody says which export these are from: both have the photo, and each its own sidecar.
  const unnamed = await read(
    await zipOf({ [photo]: 'hers', [`${photo}.json`]: said('hers') }, { name: 'a.zip' }),
    await zipOf({ [photo]: 'his', [`${photo}.json`]: said('his') }, { name: 'b.zip' }),
    await zipOf({ [photo]: 'theirs' }, { name: 'c.zip' }),
  );
  expect(unnamed.files.map(({ facts }) => facts?.caption)).toEqual(['hers', 'his', undefined]);
});

test('parts that were unpacked beside each other come together, and two exports stay apart', async () => {
  const photo = 'Google Photos/Photos from 2019/IMG_1.jpg';
  const takeout = await onDisk({
    [`Takeout/${photo}`]: 'one',
    [`Takeout 2/${photo}.json`]: sidecar('IMG_1.jpg', { description: 'one' }),
  });
  expect(takeout.files.map(({ facts }) => facts?.caption)).toEqual(['one']);
  const two = await onDisk({
    [`Takeout/${photo}`]: 'hers',
    [`Takeout/${photo}.json`]: sidecar('IMG_1.jpg', { description: 'hers' }),
    [`Takeout(1)/${photo}`]: 'his',
    [`Takeout(1)/${photo}.json`]: sidecar('IMG_1.jpg', { description: 'his' }),
    [`Takeout(2)/${photo}`]: 'theirs',
  });
  expect(two.files.map(({ facts }) => facts?.caption)).toEqual(['hers', 'his', undefined]);
});

test('an album may be called Takeout', async () => {
  const { albums } = await onDisk({ 'takeout/Takeout/Google Photos/Takeout/a.jpg': 'a' });
  expect(albums.map(({ title }) => title)).toEqual(['Takeout']);
});

test('folders of years are no albums in any language', async () => {
  const years = [
    'Photos from 2019',
    'Fotos von 2019',
    "Foto's uit 2019",
    '2019 年の写真',
    'Zdjęcia z 2019',
    'Myndir frá 2019',
  ];
  const takeout = await onDisk(
    Object.fromEntries(
      years.flatMap((year) => [
        [`Takeout/Google Fotos/${year}/a.jpg`, year],
        [`Takeout/Google Fotos/${year}/a.jpg.json`, sidecar('a.jpg')],
      ]),
    ),
  );
  expect(takeout.files).toHaveLength(years.length);
  expect(takeout.albums).toEqual([]);
});

test('an album is called as its file says in any language, or else like its folder', async () => {
  const takeout = await onDisk({
    'Takeout/Google Fotos/Ferien(1)/a.jpg': 'a',
    'Takeout/Google Fotos/Ferien(1)/Metadaten.json': { title: 'Ferien', description: '' },
    'Takeout/Google Fotos/2016/b.jpg': 'b',
    'Takeout/Google Fotos/2016/metadata.json': { albumData: { title: 'Old', description: 'As it was once' } },
    'Takeout/Google Fotos/Untitled/c.jpg': 'c',
    'Takeout/Google Fotos/Untitled/metadata.json': { title: '' },
    'Takeout/Google Fotos/2016-07-04 #2/d.jpg': 'd',
    'Takeout/Google Fotos/Archiv/e.jpg': 'e',
    'Takeout/Google Fotos/Archiv/e.jpg.json': sidecar('e.jpg', { archived: true }),
  });
  expect(takeout.albums.map(({ title, description }) => [title, description])).toEqual([
    ['Ferien', undefined],
    ['Old', 'As it was once'],
    ['Untitled', undefined],
  ]);
});

test('what lay in the trash comes out apart, and in no album', async () => {
  const takeout = await onDisk({
    [`${ROOT}/Bin/a.jpg`]: 'a',
    [`${ROOT}/Bin/a.jpg.json`]: sidecar('a.jpg', { trashed: true }),
    [`${ROOT}/Lake/b.jpg`]: 'b',
    [`${ROOT}/Lake/b.jpg.json`]: sidecar('b.jpg'),
  });
  expect(takeout.trashed.map(({ name }) => name)).toEqual(['a.jpg']);
  expect(takeout.files.map(({ name }) => name)).toEqual(['b.jpg']);
  expect(takeout.albums.map(({ title }) => title)).toEqual(['Lake']);
});

test('other services of the same export are left out and counted', async () => {
  const takeout = await onDisk({
    [`${ROOT}/Lake/b.jpg`]: 'b',
    [`${ROOT}/Lake/b.jpg.json`]: sidecar('b.jpg'),
    'Takeout/Drive/scan.jpg': 'x',
    'Takeout/Keep/note.json': { title: 'To do', color: 'DEFAULT' },
  });
  expect(takeout.files.map(({ name }) => name)).toEqual(['b.jpg']);
  expect(takeout.passedOver).toMatchObject({ elsewhere: 2, other: 0 });
});

test('a part without sidecars still gives its photos', async () => {
  const takeout = await read(
    await zipOf({ [`${ROOT}/Photos from 2019/a.jpg`]: 'a', 'Takeout/Drive/b.jpg': 'b' }),
  );
  expect(takeout.files.map(({ name }) => name)).toEqual(['a.jpg', 'b.jpg']);
});

test('sidecars whose photos are not there are counted', async () => {
  const takeout = await onDisk({
    [`${ROOT}/A/a.jpg.json`]: sidecar('a.jpg'),
    [`${ROOT}/B/b.jpg`]: 'b',
    [`${ROOT}/B/c.jpg.json`]: sidecar('c.jpg'),
  });
  expect(takeout.passedOver).toMatchObject({ sidecars: 2, json: 0 });
});

test('a photo of a kind nobody knows is one when a sidecar says so', async () => {
  const takeout = await onDisk({
    [`${ROOT}/A/a.xyz`]: 'a',
    [`${ROOT}/A/a.xyz.json`]: sidecar('a.xyz'),
    [`${ROOT}/A/b.xyz`]: 'b',
  });
  expect(takeout.files.map(({ name }) => name)).toEqual(['a.xyz']);
  expect(takeout.passedOver.other).toBe(1);
});

test('sidecars are read alike, small or large, deflated or not, and as they were written', async () => {
  for (const level of [0, 6])
    for (const length of [0, 1, 1000, 70_000, 200_000]) {
      const text = 'é'.repeat(length);
      const [entry] = await entriesIn(await zipOf({ 'a.json': text }, { level }));
      expect(await entry?.text()).toBe(text);
    }
});

describe('what is broken', () => {
  test('a zip that was cut short is told, and the others are read', async () => {
    const whole = await zipOf({ 'a.jpg': 'a' }, { name: 'a.zip' });
    const cut = new File([whole.slice(0, whole.size - 10)], 'cut.zip');
    const text = new File(['not a zip at all'], 'text.zip');
    const empty = new File([], 'empty.zip');
    const takeout = await read(cut, text, empty, whole);
    expect(takeout.files.map(({ name }) => name)).toEqual(['a.jpg']);
    expect(takeout.problems).toEqual(
      ['cut.zip', 'text.zip', 'empty.zip'].map((name) => ({ name, reason: 'damaged' })),
    );
  });

  test.each([0, 6])('a photo that is not as it was packed is never given out (level %i)', async (level) => {
    const zip = await zipOf({ 'a.jpg': 'lake '.repeat(300), 'b.jpg': 'fine' }, { level });
    const bytes = new Uint8Array(await zip.arrayBuffer());
    // In the middle of the content.
    const at = 30 + 'a.jpg'.length + 12;
    bytes[at] = (bytes[at] ?? 0) ^ 255;
    const takeout = await read(new File([bytes], 'a.zip'));
    expect(await reasonOf(named(takeout, 'a.jpg').open())).toBe('damaged');
    expect(await textOf(named(takeout, 'b.jpg'))).toBe('fine');
  });

  test.each([0, 6])(
    'a sidecar that is damaged costs its photo what it says, no more (level %i)',
    async (level) => {
      const said = JSON.stringify(sidecar('a.jpg'));
      const zip = await zipOf({ 'a.jpg.json': said, 'a.jpg': 'a' }, { level });
      const bytes = new Uint8Array(await zip.arrayBuffer());
      bytes[60] = (bytes[60] ?? 0) ^ 1;
      const takeout = await read(new File([bytes], 'a.zip'));
      expect(takeout.problems).toEqual([{ name: 'a.jpg.json', reason: 'damaged' }]);
      expect(await textOf(named(takeout, 'a.jpg'))).toBe('a');
    },
  );

  test('a zip with a password says so', async () => {
    const takeout = await read(
      await zipOf({ 'a.jpg': 'a', 'a.jpg.json': sidecar('a.jpg') }, { password: 'secret' }),
    );
    expect(takeout.problems).toEqual([{ name: 'a.jpg.json', reason: 'encrypted' }]);
    expect(await reasonOf(named(takeout, 'a.jpg').open())).toBe('encrypted');
  });

  test('a zip packed in a way not known here says so', async () => {
    const zip = await zipOf({ 'a.jpg': 'a'.repeat(100) });
    const bytes = new Uint8Array(await zip.arrayBuffer());
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(bytes.length - 6, true);
    for (const at of [8, directory + 10]) view.setUint16(at, 14, true);
    expect(await reasonOf(named(await read(new File([bytes], 'a.zip')), 'a.jpg').open())).toBe('unsupported');
    expect((await read(new File(['x'], 'takeout-1.tgz'))).problems).toEqual([
      { name: 'takeout-1.tgz', reason: 'unsupported' },
    ]);
  });

  test('a zip that was deleted meanwhile says so', async () => {
    const zip = await zipOf({ 'a.jpg': 'a' }, { level: 0 });
    const [entry] = await entriesIn(zip);
    vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(new DOMException('gone', 'NotReadableError'));
    expect(await reasonOf(entry?.open() ?? Promise.resolve())).toBe('unreadable');
  });

  test('a file that unpacks to more than it says is stopped', async () => {
    const zip = await zipOf({ 'a.jpg': new Uint8Array(5_000_000) });
    const bytes = new Uint8Array(await zip.arrayBuffer());
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(bytes.length - 6, true);
    view.setUint32(directory + 24, 10, true);
    const [file] = (await read(new File([bytes], 'a.zip'))).files;
    expect(file?.size).toBe(10);
    expect(await reasonOf(file?.open() ?? Promise.resolve())).toBe('damaged');
  });

  test('so is a sidecar', async () => {
    const zip = await zipOf({ 'a.json': ' '.repeat(50_000) });
    const bytes = new Uint8Array(await zip.arrayBuffer());
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(bytes.length - 6, true);
    view.setUint32(directory + 24, 10, true);
    const [entry] = await entriesIn(new Blob([bytes]));
    expect(await reasonOf(entry?.text() ?? Promise.resolve())).toBe('damaged');
  });

  test('names that would lead out of a folder lead nowhere', async () => {
    const takeout = await read(
      await zipOf({ '../../etc/a.jpg': 'a', '/b.jpg': 'b', 'C:\\x\\c.jpg': 'c', './/d/./e.jpg': 'e' }),
    );
    expect(takeout.files.map(pathOf)).toEqual(['etc/a.jpg', '/b.jpg', 'C:/x/c.jpg', 'd/e.jpg']);
  });

  test('whatever bytes are called a zip end in a problem', async () => {
    const went = ['a', JSON.stringify(sidecar('a.jpg'))];
    const whole = new Uint8Array(
      await (await zipOf({ 'a.jpg': 'a', 'a.jpg.json': sidecar('a.jpg') })).arrayBuffer(),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 }),
        async (changes) => {
          const bytes = whole.slice();
          for (const [at, value] of changes) bytes[at] = value;
          const takeout = await read(new File([bytes], 'a.zip'));
          const opened = await Promise.all(
            takeout.files.map((file) => file.open().catch((error: unknown) => error)),
          );
          const given = opened.filter((one) => one instanceof File);
          expect(opened.filter((one) => !(one instanceof File || one instanceof TakeoutError))).toEqual([]);
          // Whatever comes out is as it went in.
          for (const text of await Promise.all(given.map((file) => file.text())))
            expect(went).toContain(text);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('what a sidecar says', () => {
  const factsIn = async (more: object): Promise<object | undefined> =>
    (await onDisk({ 'A/a.jpg': 'a', 'A/a.jpg.json': sidecar('a.jpg', more) })).files[0]?.facts;
  const taken = { takenAt: '2019-06-01T12:34:56.000Z' };

  test.each<[string, object, object]>([
    ['nothing much', {}, taken],
    [
      'a time before 1970',
      { photoTakenTime: { timestamp: '-86400' } },
      { takenAt: '1969-12-31T00:00:00.000Z' },
    ],
    ['a time as a number', { photoTakenTime: { timestamp: 1.5 } }, { takenAt: '1970-01-01T00:00:01.000Z' }],
    ['no time', { photoTakenTime: { timestamp: '0' } }, {}],
    ['a time that is none', { photoTakenTime: { timestamp: '9'.repeat(400) } }, {}],
    ['a time far away', { photoTakenTime: { timestamp: 1e300 } }, {}],
    ['a time of the wrong kind', { photoTakenTime: '1559392496' }, {}],
    [
      'a place in the file only',
      { geoDataExif: { latitude: -33.9, longitude: 151.2 } },
      { ...taken, gps: { latitude: -33.9, longitude: 151.2 } },
    ],
    ['a place that is none on earth', { geoData: { latitude: 147.5, longitude: 9 } }, taken],
    ['a place in words', { geoData: { latitude: '47.5', longitude: '9.5' } }, taken],
    ['flags in words', { favorited: 'true', archived: 1, trashed: 'yes' }, taken],
    ['a description of nothing', { description: ' \n ' }, taken],
    ['a description of the wrong kind', { description: ['x'] }, taken],
  ])('%s', async (_, more, facts) => {
    expect(await factsIn(more)).toEqual(facts);
  });

  test('a description without end is cut, and a title without end is none', async () => {
    const facts = await factsIn({ description: '😀'.repeat(500_000), title: 'x'.repeat(1_000_000) });
    expect(facts).toMatchObject(taken);
    expect(facts).toHaveProperty('caption.length', 10_000);
  });

  test('prototypes are names like any other', async () => {
    const json =
      '{"__proto__":{"favorited":true,"trashed":true},"constructor":1,"title":"a.jpg","photoTakenTime":{"__proto__":{"timestamp":"5"}}}';
    const takeout = await onDisk({ 'A/a.jpg': 'a', 'A/a.jpg.json': json });
    expect(takeout.files[0]?.facts).toEqual({});
    expect({}).not.toHaveProperty('favorited');
  });

  test.each(['', '{', 'null', '[]', '"x"', '1e999', '{"title":7}', '\0'.repeat(50), '['.repeat(100_000)])(
    'is nothing where it is no sidecar: %.20j',
    async (json) => {
      const takeout = await onDisk({ 'A/a.jpg': 'a', 'A/a.jpg.json': json });
      expect(takeout.files.map(({ facts }) => facts)).toEqual([undefined]);
      expect(takeout).toMatchObject({ albums: [], problems: [], without: 1, passedOver: { json: 1 } });
    },
  );

  test('is not even read where it is far too large', async () => {
    const file = new File([' '.repeat(MOST_BYTES + 1)], 'a.jpg.json');
    const text = vi.spyOn(file, 'text');
    await readTakeout([foundOf(file, 'A'), foundOf(new File(['a'], 'a.jpg'), 'A')]);
    expect(text).not.toHaveBeenCalled();
  });
});

test('what may be an export is known by its names', () => {
  const may = (name: string, path?: string) => mayBeTakeout([{ name, path }]);
  expect(may('takeout-20260101T000000Z-001.zip')).toBe(true);
  expect(may('a.jpg', 'Takeout/Google Photos/A')).toBe(true);
  expect(may('a.jpg.supplemental-meta.json', 'A')).toBe(true);
  expect(may('a.jpg', 'A/B')).toBe(false);
  expect(may('package.json', 'A')).toBe(false);
});

test('progress is told, and whoever leaves is not kept', async () => {
  const files = [1, 2, 3].flatMap((n) => [
    foundOf(new File(['a'], `${n}.jpg`), 'A'),
    foundOf(new File([JSON.stringify(sidecar(`${n}.jpg`))], `${n}.jpg.json`), 'A'),
  ]);
  const told: [number, number][] = [];
  await readTakeout(files, { onprogress: (done, all) => told.push([done, all]) });
  expect(told).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  const signal = AbortSignal.abort(new Error('gone'));
  await expect(readTakeout(files, { signal })).rejects.toThrow('gone');
  const [entry] = await entriesIn(await zipOf({ 'a.jpg': 'a' }));
  await expect(entry?.open(signal)).rejects.toThrow('gone');
});
