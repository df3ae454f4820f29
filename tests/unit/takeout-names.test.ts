// Sidecars of a Google Takeout export find their photos by names that Google has cut, numbered and translated.
import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { looksLikePhoto, split } from '../../src/takeout/endings.ts';
import { sidecarsOf } from '../../src/takeout/match.ts';

afterEach(() => vi.restoreAllMocks());

/** The sidecar of each photo, where none has a title. */
const matched = (photos: readonly string[], sidecars: readonly string[] | Record<string, string>) =>
  sidecarsOf(
    photos,
    new Map(Array.isArray(sidecars) ? sidecars.map((name) => [name, undefined]) : Object.entries(sidecars)),
  ).then((found) => Object.fromEntries(found));

describe('a sidecar finds its photo', () => {
  test.each([
    ['as it was until 2024', 'IMG_1.jpg', 'IMG_1.jpg.json'],
    ['as it is now', 'IMG_1.jpg', 'IMG_1.jpg.supplemental-metadata.json'],
    ['cut', 'MVIMG_20191230_232926.jpg', 'MVIMG_20191230_232926.jpg.supplemental-metadat.json'],
    [
      'cut to a few letters',
      'Screenshot_20231027_123303_Facebook.jpg',
      'Screenshot_20231027_123303_Facebook.jpg.supple.json',
    ],
    ['cut to the dot', 'IMG_1.jpg', 'IMG_1.jpg..json'],
    ['not cut, though long', `${'x'.repeat(70)}.mp4`, `${'x'.repeat(70)}.mp4.supplemental-metadata.json`],
    ['with a number that moved', 'IMG_1(2).jpg', 'IMG_1.jpg(2).json'],
    [
      'with a number after the cut',
      'Screenshot_20231027_123303_Facebook(1).jpg',
      'Screenshot_20231027_123303_Facebook.jpg.supple(1).json',
    ],
    ['with a number that is part of its name', 'IMG_1(2).jpg', 'IMG_1(2).jpg.json'],
    ['of a photo whose ending was written otherwise', 'IMG_4081(1).jpg', 'IMG_4081.JPG(1).json'],
    [
      'cut in the ending',
      '05yqt21kruxwwlhhgrwrdyb6chhwszi9bqmzu16w0 2.jpg',
      '05yqt21kruxwwlhhgrwrdyb6chhwszi9bqmzu16w0 2.jp.json',
    ],
    [
      'cut in the name',
      'PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGINA.jpg',
      'PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGIN.json',
    ],
    [
      'cut after a number in the name',
      'Urlaub in Knaufspesch in der Schneifel (38).JPG',
      'Urlaub in Knaufspesch in der Schneifel (38).JP.json',
    ],
    [
      'cut in emoji',
      '😀😃😄😁😆😅😂🤣🥲☺️😊😇🙂🙃😉😌😍🥰😘😗😙😚😋😛.jpg',
      '😀😃😄😁😆😅😂🤣🥲☺️😊😇🙂🙃😉😌😍🥰😘😗😙😚😋.json',
    ],
    [
      'of a photo without an ending in its title',
      '2234089303984509579.jpg',
      '2234089303984509579.supplemental-metadata.json',
    ],
    ['of an edited copy alone', 'IMAG0061-edited.JPG', 'IMAG0061.JPG.supplemental-metadata.json'],
    ['of the film of a photo in motion', 'PXL_20210102_221126856.MP', 'PXL_20210102_221126856.MP.jpg.json'],
    [
      'of a photo with accents, unpacked on a Mac',
      'Été.jpg'.normalize('NFD'),
      'Été.jpg.json'.normalize('NFC'),
    ],
  ])('%s', async (_, photo, sidecar) => {
    expect(await matched([photo], [sidecar])).toEqual({ [photo]: sidecar });
  });

  test.each([
    ['another number', 'DSC_0102(1).JPG', 'DSC_0102.JPG(2).json'],
    ['a number too many', 'DSC_0103.JPG', 'DSC_0103.JPG(1).json'],
    ['a number too few', 'DSC_0104(1).JPG', 'DSC_0104.JPG.json'],
    ['a name that only begins like it', 'IMG_12.jpg', 'IMG_1.jpg.json'],
    ['a short name that is cut', 'IMG_1234.jpg', 'IMG_12.json'],
    ['a cut name with a number after a gap', `${'x'.repeat(46)}m(185).jpg`, `${'x'.repeat(46)}(494).json`],
    [
      'another photo that was edited',
      'PXL_20220405_090123741-modifié.jpg',
      'PXL_20220405_090123740.jpg.json',
    ],
    ['a prototype', 'constructor', '__proto__.json'],
  ])('but none with %s', async (_, photo, sidecar) => {
    expect(await matched([photo], [sidecar])).toEqual({});
  });
});

test('names that were cut keep their numbers', async () => {
  const start = '13039_327707840323_537645323_9470255_27214_n';
  const found = await matched([`${start}.jpg`, `${start}(1).jpg`], {
    [`${start}.j.json`]: `${start}.jpg`,
    [`${start}.j(1).json`]: `${start}.jpg`,
  });
  expect(found).toEqual({ [`${start}.jpg`]: `${start}.j.json`, [`${start}(1).jpg`]: `${start}.j(1).json` });
});

test('an edited copy has what its original has, in whatever language it is called so', async () => {
  const photos = [
    '-edited',
    '-bearbeitet',
    '-modifié',
    '-editado',
    '-modificato',
    '-編集済み',
    '-HA EDITADO',
  ].map((word) => `IMG_1${word.normalize('NFD')}.jpg`);
  const found = await matched(['IMG_1.jpg', ...photos, 'IMG_1-holiday.jpg'], ['IMG_1.jpg.json']);
  expect(Object.keys(found)).toEqual(['IMG_1.jpg', ...photos]);
});

test('an edited copy with a number has what the original with that number has', async () => {
  const found = await matched(
    ['IMG_1.jpg', 'IMG_1(1).jpg', 'IMG_1-edited(1).jpg', 'IMG_1(1)-edited.jpg'],
    ['IMG_1.jpg.json', 'IMG_1.jpg(1).json'],
  );
  expect(found['IMG_1-edited(1).jpg']).toBe('IMG_1.jpg(1).json');
  expect(found['IMG_1(1)-edited.jpg']).toBe('IMG_1.jpg(1).json');
});

test('an edited copy whose name was cut has what its original has', async () => {
  const original = `${'x'.repeat(43)}.jpg`;
  const found = await matched([original, `${'x'.repeat(43)}-edi.jpg`], [`${original}.json`]);
  expect(found[`${'x'.repeat(43)}-edi.jpg`]).toBe(`${original}.json`);
});

test('still and film of a live photo share a sidecar', async () => {
  expect(await matched(['IMG_1.HEIC', 'IMG_1.MP4'], ['IMG_1.HEIC.json'])).toEqual({
    'IMG_1.HEIC': 'IMG_1.HEIC.json',
    'IMG_1.MP4': 'IMG_1.HEIC.json',
  });
  expect(
    await matched(['IMG_1(1).HEIC', 'IMG_1(1).MOV'], ['IMG_1.HEIC.supplemental-metadata(1).json']),
  ).toEqual({
    'IMG_1(1).HEIC': 'IMG_1.HEIC.supplemental-metadata(1).json',
    'IMG_1(1).MOV': 'IMG_1.HEIC.supplemental-metadata(1).json',
  });
  expect(await matched(['IMG_1.jpg', 'IMG_1.mp4'], { 'IMG_1.json': 'IMG_1' })).toEqual({
    'IMG_1.jpg': 'IMG_1.json',
    'IMG_1.mp4': 'IMG_1.json',
  });
});

test('a film with a sidecar of its own keeps to it', async () => {
  const sidecars = ['IMG_1.HEIC.json', 'IMG_1.MP4.json'];
  expect(await matched(['IMG_1.HEIC', 'IMG_1.MP4'], sidecars)).toEqual({
    'IMG_1.HEIC': 'IMG_1.HEIC.json',
    'IMG_1.MP4': 'IMG_1.MP4.json',
  });
});

test('photos whose names are cut to the same are told apart by their titles', async () => {
  const start = 'Backyard_ceremony_wedding_photography_xxxxxxx_';
  const found = await matched([`${start}a.jpg`, `${start}b.jpg`, `${start}b(1).jpg`], {
    [`${start}.json`]: `${start}aaa-1.jpg`,
    [`${start}(1).json`]: `${start}bbb-1.jpg`,
    [`${start}(2).json`]: `${start}bbb-2.jpg`,
  });
  expect(found).toEqual({
    [`${start}a.jpg`]: `${start}.json`,
    [`${start}b.jpg`]: `${start}(1).json`,
    [`${start}b(1).jpg`]: `${start}(2).json`,
  });
});

test('what might be either is neither', async () => {
  expect(await matched(['IMG_1(1).jpg'], ['IMG_1.jpg(1).json', 'IMG_1(1).jpg.json'])).toEqual({});
  expect(await matched(['a.jpg', 'a.png'], ['a.json'])).toEqual({});
  const start = 'x'.repeat(46);
  expect(await matched([`${start}a.jpg`, `${start}b.jpg`], [`${start}.json`])).toEqual({});
});

test('a title says which of two photos is meant', async () => {
  expect(await matched(['a.jpg'], { 'a.json': 'a.png' })).toEqual({});
  // "com.sup" was cut, and is no "supplemental".
  const cut = `${'x'.repeat(40)}com`;
  expect(await matched([`${cut}.jpg`], { [`${cut}.su.json`]: `${cut}.support.jpg` })).toEqual({});
});

test('of an export that was unpacked over an older one the newer sidecar counts', async () => {
  const sidecars = ['IMG_1.jpg.json', 'IMG_1.jpg.supplemental-metadata.json'];
  expect(await matched(['IMG_1.jpg'], sidecars)).toEqual({
    'IMG_1.jpg': 'IMG_1.jpg.supplemental-metadata.json',
  });
});

test('a folder of 20,000 photos lets the page breathe, and can be left', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now++);
  const names = Array.from({ length: 20_000 }, (_, i) => `IMG_${i}.jpg`);
  let turns = 0;
  const timer = setInterval(() => turns++);
  const found = await matched(
    names,
    names.map((name) => `${name}.supplemental-metadata.json`),
  );
  clearInterval(timer);
  expect(Object.keys(found)).toHaveLength(20_000);
  expect(turns).toBeGreaterThan(20);
  const leaving = AbortSignal.abort(new Error('gone'));
  await expect(sidecarsOf(names, new Map(), leaving)).rejects.toThrow('gone');
});

interface Exported {
  title: string;
  /** The photo's own file, and its edited copy. */
  photos: string[];
  sidecar: string;
}

/** Names as Google gives them: cut, then numbered where another has them already. */
function exported(titles: readonly { title: string; edited: boolean }[], supplement: string): Exported[] {
  const taken = new Set<string>();
  const free = (nameOf: (number: string) => string): [name: string, number: string] => {
    for (let i = 0; ; i++) {
      const number = i === 0 ? '' : `(${i})`;
      const name = nameOf(number);
      if (taken.has(name)) continue;
      taken.add(name);
      return [name, number];
    }
  };
  const cut = (base: string, ending: string): string => base.slice(0, 50 - ending.length);
  return titles.map(({ title, edited }) => {
    const { base, ending } = split(title);
    const [photo, number] = free((n) => `${cut(base, ending)}${n}.${ending}`);
    const [sidecar] = free((n) => `${(title + supplement).slice(0, 46)}${n}.json`);
    const copy = `${cut(`${base}-edited`, ending)}${number}.${ending}`;
    const photos = [photo];
    if (edited && !taken.has(copy)) {
      taken.add(copy);
      photos.push(copy);
    }
    return { title, photos, sidecar };
  });
}

const START = 'Backyard_ceremony_wedding_photography_xxxxxxx_';
const letters = fc.string({ unit: fc.constantFrom('a', 'b', '_', '1'), maxLength: 4 });
const bases = fc.oneof(
  fc.constantFrom('IMG_1', 'IMG_2', 'IMG_12', 'PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGINAL'),
  letters.map((end) => START + end),
  letters.map((end) => `${START.slice(0, -4)}${end}`),
  letters.map((end) => `IMG${end}`),
);
const titles = (base: fc.Arbitrary<string>) =>
  fc.array(
    fc.record({
      title: fc.tuple(base, fc.constantFrom('jpg', 'HEIC', 'MP4')).map((parts) => parts.join('.')),
      edited: fc.boolean(),
    }),
    { maxLength: 12 },
  );
const supplements = fc.constantFrom('', '.supplemental-metadata');

/** Photos that got another's sidecar; without `part` also those that got none. */
async function wronged(
  all: readonly Exported[],
  { isHere = () => true, part = false }: { isHere?: (name: string) => boolean; part?: boolean } = {},
): Promise<string[]> {
  const sidecars = new Map(all.map(({ sidecar, title }) => [sidecar, title]));
  const photos = all.flatMap((one) => one.photos).filter(isHere);
  const found = await sidecarsOf(photos, new Map([...sidecars].filter(([name]) => isHere(name))));
  /** Photos that are called alike but for their ending are taken for still and film of one. */
  const isLent = (given: string, photo: string): boolean =>
    all.some((other) => other.sidecar === given && split(other.photos[0] ?? '').base === split(photo).base);
  return all.flatMap(({ photos: [original = '', ...copies], sidecar }) =>
    [original, ...copies].filter((photo) => {
      const given = found.get(photo);
      if (given === sidecar || !isHere(photo)) return false;
      return !part || (given !== undefined && !isLent(given, original));
    }),
  );
}

test('in a whole export every photo gets its own sidecar', async () => {
  await fc.assert(
    fc.asyncProperty(titles(bases), supplements, async (all, supplement) => {
      expect(await wronged(exported(all, supplement))).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('in a part of an export no photo gets another’s sidecar', async () => {
  await fc.assert(
    fc.asyncProperty(titles(bases), supplements, fc.func(fc.boolean()), async (all, supplement, isHere) => {
      expect(await wronged(exported(all, supplement), { isHere, part: true })).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('titles that look like Google’s own numbers give no photo another’s sidecar', async () => {
  const numbered = fc.constantFrom('IMG', 'IMG(1)', 'IMG(2)', 'IMG(1)(1)', 'IMG(2)(1)', 'IMG (1)');
  await fc.assert(
    fc.asyncProperty(titles(numbered), supplements, async (all, supplement) => {
      const plain = all.map(({ title }) => ({ title, edited: false }));
      expect(await wronged(exported(plain, supplement), { part: true })).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('names of any kind are borne', async () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((text) => `${text}.jpg`),
    fc.constant('x'.repeat(1e5)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(name),
      fc.array(fc.tuple(name, fc.option(name, { nil: undefined }))),
      async (photos, sidecars) => {
        const known = new Map(sidecars);
        const found = await sidecarsOf(photos, known);
        for (const [photo, sidecar] of found) {
          expect(photos).toContain(photo);
          expect(known.has(sidecar)).toBe(true);
        }
      },
    ),
  );
  expect(looksLikePhoto('.jpg')).toBe(false);
  expect(looksLikePhoto('__proto__')).toBe(false);
});
