// What the processor learns from a photo's metadata: words, ratings, flags and dates, from every format and every standard, and what
// it makes of metadata that is broken, contradictory, wrongly encoded or meant to hurt.
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { lazily } from '../../processor/metadata/lazily.ts';
import { readMetadata, type Told } from '../../processor/metadata/read.ts';
import { takenAtOf } from '../../processor/metadata/taken-at.ts';
import { photo, type Format } from '../fixtures.ts';
import {
  alternatives,
  ASCII,
  bag,
  BYTE,
  exifSegment,
  exifTime,
  gpsEntries,
  iptcRecords,
  iptcSegment,
  IPTC_UTF8,
  jpegWith,
  LONG,
  packedPngText,
  pngChunk,
  pngText,
  pngWith,
  RATIONAL,
  SHORT,
  tiff,
  UNDEFINED,
  unicodePngText,
  xmpPacket,
  xmpSegment,
  type Entry,
} from '../metadata-builders.ts';
import { box } from '../bytes.ts';

/** What is read, and what was complained about. */
async function read(...documents: Buffer[]): Promise<Told & { complaints: string[] }> {
  const complaints: string[] = [];
  const told = await readMetadata(documents, (message, error) => complaints.push(`${message}: ${error}`));
  return { ...told, complaints };
}

const NOW = Date.parse('2026-01-02T00:00:00Z');
const uploadedAt = '2026-01-01T00:00:00.000Z';
const taken = (told: Told, name = 'a.jpg') => takenAtOf({ told, name, uploadedAt, now: NOW });

const withExif = async (ifd0: Entry[], exif: Entry[] = []): Promise<Told & { complaints: string[] }> =>
  read(await jpegWith(exifSegment(tiff({ ifd0, exif }))));
const withXmp = async (elements: string, attributes = ''): Promise<Told & { complaints: string[] }> =>
  read(await jpegWith(xmpSegment(xmpPacket(elements, attributes))));
const withIptc = async (
  ...records: [number, number, string | Buffer][]
): Promise<Told & { complaints: string[] }> => read(await jpegWith(iptcSegment(iptcRecords(...records))));

const text = (tag: number, value: Buffer | string): Entry => ({ tag, type: ASCII, value });
const windowsText = (tag: number, value: string): Entry => ({
  tag,
  type: BYTE,
  value: Buffer.from(`${value}\0`, 'utf16le'),
});

test.each<Format>(['png', 'webp', 'avif', 'tiff', 'jpeg'])('XMP is read from %s', async (format) => {
  const packet = xmpPacket(alternatives('dc:title', 'Łódź am Morgen'), 'xmp:Rating="4"');
  const bytes = await sharp(await photo({ format: 'png' }))
    .withXmp(packet)
    .toFormat(format)
    .toBuffer();
  const { described, complaints } = await read(bytes);
  expect(described).toMatchObject({ title: 'Łódź am Morgen', rating: 4 });
  expect(complaints).toEqual([]);
});

test('what one document lacks is taken from the next, and nothing of the first is lost', async () => {
  const first = tiff({ ifd0: [text(0x010f, 'Canon')], exif: exifTime('0000:00:00 00:00:00') });
  const second = tiff({
    ifd0: [text(0x010f, 'Nikon'), text(0x0110, 'Canon EOS R5')],
    exif: exifTime('2019:06:01 12:34:56'),
  });
  const told = await read(first, second);
  expect(told.described.camera).toBe('Canon EOS R5');
  expect(taken(told)).toEqual({ takenAt: '2019-06-01T12:34:56', takenAtSource: 'exif' });
});

test.each([true, false])(
  'tags of EXIF and GPS are found in blocks of their own (little-endian: %s)',
  async (little) => {
    // As Canon's CR3 keeps them.
    const told = await read(
      tiff({ ifd0: [text(0x010f, 'Canon'), text(0x0110, 'Canon EOS R6')] }, little),
      tiff({ ifd0: exifTime('2021:03:04 05:06:07', { tag: 0x8827, type: SHORT, value: [800] }) }, little),
      tiff({ ifd0: gpsEntries(48.137, 11.575) }, little),
    );
    expect(told.described).toMatchObject({
      camera: 'Canon EOS R6',
      exposure: { iso: 800 },
      gps: { latitude: 48.137, longitude: 11.575 },
      place: { city: 'Munich', region: 'Bavaria', country: 'DE' },
    });
    expect(taken(told)).toEqual({ takenAt: '2021-03-04T05:06:07+01:00', takenAtSource: 'exif' });
  },
);

test("a raw photo's own tags are not taken for a place", async () => {
  // Panasonic's RW2 has the size of its sensor where GPS has the latitude.
  const ifd0: Entry[] = [1, 2, 3, 4, 7].map((tag) => ({ tag, type: SHORT, value: [tag * 10] }));
  const { described } = await read(
    tiff({ ifd0: [...ifd0, text(0x010f, 'Panasonic')], gps: gpsEntries(1, 2) }),
  );
  expect(described).toMatchObject({ camera: 'Panasonic', gps: { latitude: 1, longitude: 2 } });
});

test('a title, a description and keywords come from XMP, then IPTC, then EXIF', async () => {
  const exif = exifSegment(
    tiff({
      ifd0: [
        text(0x010e, 'described by EXIF'),
        windowsText(0x9c9b, 'titled by Windows'),
        windowsText(0x9c9e, 'Berg;berg;Wanderung'),
      ],
    }),
  );
  const iptc = iptcSegment(
    iptcRecords(
      IPTC_UTF8,
      [2, 5, 'titled by IPTC'],
      [2, 120, 'described by IPTC'],
      [2, 25, 'Alm'],
      [2, 25, 'Berg'],
    ),
  );
  const xmp = xmpSegment(
    xmpPacket(
      alternatives('dc:title', 'titled by XMP') +
        alternatives('dc:description', 'described by XMP') +
        bag('dc:subject', 'Kühe', 'Alm, im Sommer'),
    ),
  );
  expect((await read(await jpegWith(exif, iptc, xmp))).described).toEqual({
    title: 'titled by XMP',
    description: 'described by XMP',
    keywords: ['Kühe', 'Alm, im Sommer', 'Alm', 'Berg', 'Wanderung'],
  });
  expect((await read(await jpegWith(exif, iptc))).described).toMatchObject({
    title: 'titled by IPTC',
    description: 'described by IPTC',
  });
  expect((await read(await jpegWith(exif))).described).toMatchObject({
    title: 'titled by Windows',
    description: 'described by EXIF',
  });
});

test('of several languages the default one is shown', async () => {
  const { described } = await withXmp(
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">The lake</rdf:li><rdf:li xml:lang="de-DE">Der See</rdf:li></rdf:Alt></dc:title>',
  );
  expect(described.title).toBe('The lake');
});

test.each<[string, string, Buffer]>([
  ['UTF-8', 'Grüße aus Łódź 🏔', Buffer.from('Grüße aus Łódź 🏔')],
  ['Latin-1', 'Grüße aus Málaga', Buffer.from('Grüße aus Málaga', 'latin1')],
  ['Windows-1252', '„Grüße“ – 5 €', Buffer.from('\x84Gr\xfc\xdfe\x93 \x96 5 \x80', 'latin1')],
  ['UTF-8 taken for Latin-1', 'München', Buffer.from(Buffer.from('München').toString('latin1'))],
  ['UTF-8 taken for Windows-1252', '„Köln“', Buffer.from('â€žKÃ¶lnâ€œ')],
])('words in %s read as they were written', async (_name, words, bytes) => {
  const [exif, iptc] = [await withExif([text(0x010e, bytes)]), await withIptc([2, 120, bytes])];
  expect(exif.described.description).toBe(words);
  expect(iptc.described.description).toBe(words);
});

test('words that only look like a wrong encoding are left alone', async () => {
  for (const words of ['SÃO PAULO', '«Noël à Évian»', 'Ångström', '¿Qué?', 'Ünïcödé'])
    expect((await withXmp(alternatives('dc:title', words))).described.title).toBe(words);
});

test('IPTC that says it is UTF-8 and is not reads as Latin-1', async () => {
  const { described } = await withIptc(IPTC_UTF8, [2, 25, Buffer.from('Zürich', 'latin1')]);
  expect(described.keywords).toEqual(['Zürich']);
});

test.each<[string, Buffer, string | undefined]>([
  ['ASCII', Buffer.from('ASCII\0\0\0a comment\0\0\0'), 'a comment'],
  [
    'little-endian Unicode',
    Buffer.concat([Buffer.from('UNICODE\0'), Buffer.from('Größe', 'utf16le')]),
    'Größe',
  ],
  [
    'big-endian Unicode',
    Buffer.concat([Buffer.from('UNICODE\0'), Buffer.from('Größe', 'utf16le').swap16()]),
    'Größe',
  ],
  ['no charset', Buffer.from('\0\0\0\0\0\0\0\0a comment'), 'a comment'],
  ['a charset forgotten', Buffer.from('What a day that was'), 'What a day that was'],
  ['nothing', Buffer.from('ASCII\0\0\0'), undefined],
  ['blanks', Buffer.from(`ASCII\0\0\0${' '.repeat(200)}`), undefined],
  ['binary data', Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 0x41, 0x42]), undefined],
])("a comment of EXIF in %s is a photo's description", async (_name, value, description) => {
  const told = await withExif([], [{ tag: 0x9286, type: UNDEFINED, value }]);
  expect(told.described.description).toBe(description);
});

test.each([
  'OLYMPUS DIGITAL CAMERA         ',
  'SONY DSC',
  'MINOLTA DIGITAL CAMERA',
  'KONICA MINOLTA DIGITAL CAMERA',
  'KODAK Digital Still Camera',
  'DCIM\\100MEDIA\\DJI_0001.JPG',
  'Default',
  'Exif_JPEG_PICTURE',
  '<Digimax S500 / Kenox S500>',
  'Digital image',
  '---',
])('%j is what a camera says, not a description', async (words) => {
  expect((await withExif([text(0x010e, words)])).described.description).toBeUndefined();
  expect((await withXmp(alternatives('dc:description', words.replaceAll(/[<>]/g, '')))).described).toEqual(
    {},
  );
});

test('codes of Huawei phones are no description, the same word of a person is', async () => {
  const code = text(0x010e, 'cof');
  expect((await withExif([code, text(0x010f, 'HUAWEI')])).described.description).toBeUndefined();
  expect((await withExif([code, text(0x010f, 'Canon')])).described.description).toBe('cof');
});

test('a caption of 64 kB is cut, between characters', async () => {
  const family = '👨‍👩‍👧';
  const long = `x${family.repeat(3500)}`;
  const { described } = await withExif([text(0x010e, long)]);
  expect(described.description?.length).toBeLessThanOrEqual(2000);
  expect(described.description?.length).toBeGreaterThan(1980);
  expect(described.description?.replaceAll(family, '')).toBe('x');
  const marks = await withXmp(alternatives('dc:title', `e${'\u0301'.repeat(5000)}`));
  expect(marks.described.title?.length).toBeLessThanOrEqual(200);
});

test('a photo with a thousand keywords keeps a hundred of them, and a row stays small', async () => {
  const keywords = Array.from({ length: 1000 }, (_, index) => `${index} ${'ü'.repeat(20)}`);
  const { described } = await withXmp(bag('dc:subject', ...keywords));
  expect(described.keywords).toHaveLength(100);
  const long = await withIptc([2, 25, 'y'.repeat(30_000)], [2, 105, 'z'.repeat(30_000)]);
  expect(long.described.keywords).toEqual(['y'.repeat(100)]);
  expect(long.described.title).toBe('z'.repeat(200));
});

test('control characters and those that turn the direction of writing about are taken out', async () => {
  const { described } = await withXmp(
    alternatives('dc:title', '\u202egnp.exe\u202c \u2066a\u2069\ufeff\u009fb') +
      alternatives('dc:description', 'one\r\n\r\n\r\n\r\ntwo\t \u200fthree'),
  );
  expect(described.title).toBe('gnp.exe ab');
  expect(described.description).toBe('one\n\ntwo \u200fthree');
  const exif = await withExif([text(0x010e, 'a\u0007b\u001b[31mc')]);
  expect(exif.described.description).toBe('ab[31mc');
});

test.each<[string, string, number | undefined]>([
  ['five stars', 'xmp:Rating="5"', 5],
  ['stars with a fraction', 'xmp:Rating="3.0"', 3],
  ['none', 'xmp:Rating="0"', undefined],
  ['rejected', 'xmp:Rating="-1"', undefined],
  ['too many', 'xmp:Rating="6"', undefined],
  ['no number', 'xmp:Rating="NaN"', undefined],
  ["Microsoft's one star", 'MicrosoftPhoto:Rating="1"', 1],
  ["Microsoft's two stars", 'MicrosoftPhoto:Rating="25"', 2],
  ["Microsoft's five stars", 'MicrosoftPhoto:Rating="99"', 5],
])('a rating of %s', async (_name, attributes, rating) => {
  expect((await withXmp('', attributes)).described.rating).toBe(rating);
});

test('a rating of EXIF counts as well', async () => {
  expect((await withExif([{ tag: 0x4746, type: SHORT, value: [3] }])).described.rating).toBe(3);
  expect((await withExif([{ tag: 0x4746, type: SHORT, value: [65_535] }])).described.rating).toBeUndefined();
});

test.each<[string, string, string[]]>([
  ['a photo sphere', 'GPano:ProjectionType="equirectangular"', ['panorama']],
  ['a motion photo', 'GCamera:MotionPhoto="1"', ['motion']],
  ['an older motion photo', 'GCamera:MicroVideo="1"', ['motion']],
  ['no motion photo', 'GCamera:MotionPhoto="0"', []],
  ['a gain map', 'hdrgm:Version="1.0"', ['hdr']],
  ['a version of something else', 'crs:Version="15.0"', []],
])('XMP tells of %s', async (_name, attributes, flags) => {
  expect((await withXmp('', attributes)).flags).toEqual(flags);
});

test('a panorama of an iPhone is one', async () => {
  const customRendered = (value: number): Entry => ({ tag: 0xa401, type: SHORT, value: [value] });
  expect((await withExif([], [customRendered(6)])).flags).toEqual(['panorama']);
  expect((await withExif([], [customRendered(3)])).flags).toEqual([]);
});

test('a photo without EXIF is described by its XMP', async () => {
  const { described } = await withXmp(
    '',
    'tiff:Make="Apple" tiff:Model="iPhone 15" aux:Lens="back camera" exif:ExposureTime="1/125" exif:FNumber="28/10" exif:FocalLength="50/0" exif:GPSLatitude="39,55.5S" exif:GPSLongitude="116,23,30E"',
  );
  expect(described).toMatchObject({
    camera: 'Apple iPhone 15',
    lens: 'back camera',
    exposure: { time: 0.008, aperture: 2.8 },
    gps: { latitude: -39.925, longitude: 116.391_666_7 },
  });
});

test.each(['39,55.5X', '39,75N', '999,1N', 'N', '39', '39,55.5N,'])('%s is no latitude', async (latitude) => {
  const { described } = await withXmp('', `exif:GPSLatitude="${latitude}" exif:GPSLongitude="116,23E"`);
  expect(described.gps).toBeUndefined();
});

test('an ISO beyond what fits is read where it stands', async () => {
  const { described } = await withExif(
    [],
    [
      { tag: 0x8827, type: SHORT, value: [65_535] },
      { tag: 0x8832, type: LONG, value: [102_400] },
    ],
  );
  expect(described.exposure).toEqual({ iso: 102_400 });
});

test.each<[string, Entry['value'], number]>([
  ['nothing over nothing', [0, 0], RATIONAL],
  ['something over nothing', [1, 0], RATIONAL],
  ['text', 'a fiftieth', ASCII],
  ['no value at all', [], RATIONAL],
])('an exposure time of %s is none', async (_name, value, type) => {
  const told = await withExif([], [{ tag: 0x829a, type, value }]);
  expect(told.described.exposure).toBeUndefined();
});

test.each<[string, Buffer[], boolean]>([
  ['at the beginning', [], false],
  ['behind the pixels', [], true],
])('EXIF and texts of a PNG are read %s', async (_name, _chunks, atEnd) => {
  const png = await pngWith(
    [
      pngChunk('eXIf', tiff({ ifd0: [text(0x010f, 'Scanner & Co')] })),
      pngText('Title', 'K\xf6ln'),
      unicodePngText('Description', 'Дом у озера', true),
      pngText('Creation Time', 'Sat, 1 Jun 2019 12:34:56 +0200'),
    ],
    atEnd,
  );
  const told = await read(png);
  expect(told.described).toEqual({ camera: 'Scanner & Co', title: 'Köln', description: 'Дом у озера' });
  expect(taken(told)).toEqual({ takenAt: '2019-06-01T12:34:56+02:00', takenAtSource: 'container' });
  expect(told.complaints).toEqual([]);
});

test.each([
  ['2019:06:01 12:34:56', '2019-06-01T12:34:56'],
  ['2019-06-01T12:34:56Z', '2019-06-01T12:34:56Z'],
  ['01 Jun 2019 12:34 GMT', '2019-06-01T12:34:00Z'],
  ['2019-06-01', '2019-06-01T12:00:00'],
])('a PNG created at %s', async (time, takenAt) => {
  const told = await read(await pngWith([packedPngText('Creation Time', time)]));
  expect(taken(told)).toEqual({ takenAt, takenAtSource: 'container' });
});

test('the time chunk of a PNG counts when there is nothing better', async () => {
  const time = pngChunk('tIME', Buffer.from([0x07, 0xe3, 6, 1, 10, 34, 56]));
  expect(taken(await read(await pngWith([time])))).toEqual({
    takenAt: '2019-06-01T10:34:56Z',
    takenAtSource: 'container',
  });
  const never = pngChunk('tIME', Buffer.from([0x07, 0xe3, 13, 41, 10, 34, 56]));
  expect(taken(await read(await pngWith([never]))).takenAtSource).toBe('upload');
});

test("ImageMagick's profiles in texts of a PNG are read", async () => {
  const profile = (kind: string, bytes: Buffer): Buffer =>
    packedPngText(
      `Raw profile type ${kind}`,
      `\n${kind}\n${String(bytes.length).padStart(8)}\n${bytes.toString('hex').replaceAll(/.{72}/g, '$&\n')}\n`,
    );
  const exif = Buffer.concat([Buffer.from('Exif\0\0'), tiff({ exif: exifTime('2019:06:01 12:34:56') })]);
  const iptc = iptcSegment(iptcRecords([2, 25, 'Frost'])).subarray(18);
  const told = await read(
    await pngWith([
      profile('exif', exif),
      profile('iptc', iptc),
      profile('xmp', Buffer.from(xmpPacket('', 'xmp:Rating="2"'))),
    ]),
  );
  expect(told.described).toEqual({ keywords: ['Frost'], rating: 2 });
  expect(taken(told).takenAt).toBe('2019-06-01T12:34:56');
});

test('a text that unpacks to a gigabyte is not unpacked', async () => {
  const told = await read(
    await pngWith([
      packedPngText('Title', Buffer.alloc(20_000_000, 'x')),
      pngText('Description', 'still here'),
    ]),
  );
  expect(told.described).toEqual({ description: 'still here' });
  expect(told.complaints).toHaveLength(1);
});

test('a TIFF keeps XMP and IPTC in tags', async () => {
  const told = await read(
    tiff({
      ifd0: [
        { tag: 0x02bc, type: BYTE, value: Buffer.from(xmpPacket('', 'xmp:Rating="5"')) },
        { tag: 0x83bb, type: LONG, value: iptcRecords([2, 25, 'Yard'], [2, 25, 'Ice!']) },
      ],
    }),
  );
  expect(told.described).toEqual({ rating: 5, keywords: ['Yard', 'Ice!'] });
});

test.each([true, false])('a BigTIFF is read like any other (little-endian: %s)', async (little) => {
  const ifd0: Entry[] = [
    { tag: 0x010f, type: ASCII, value: 'Canon' },
    { tag: 0x0110, type: ASCII, value: 'Canon EOS R5' },
    { tag: 0x02bc, type: BYTE, value: xmpPacket(alternatives('dc:title', 'Lighthouse')) },
  ];
  const exif = exifTime('2019:06:01 12:34:56', { tag: 0x829a, type: RATIONAL, value: [1, 125] });
  const bytes = tiff({ ifd0, exif, gps: gpsEntries(48.8584, 2.2945) }, little, true);
  const { described, tags, complaints } = await read(bytes);
  expect(complaints).toEqual([]);
  expect(described).toMatchObject({ camera: 'Canon EOS R5', title: 'Lighthouse', exposure: { time: 0.008 } });
  expect(described.gps?.latitude).toBeCloseTo(48.8584, 5);
  expect(tags.exif?.['DateTimeOriginal']).toBe('2019:06:01 12:34:56');
  // Cut off, or counting to more than there is, it is read as far as it goes.
  for (let end = 0; end < bytes.length; end += 5) await read(bytes.subarray(0, end));
  for (let at = 2; at < 40; at++) {
    const endless = Buffer.from(bytes);
    endless.fill(0xff, at, at + 8);
    await read(endless);
  }
});

test('a BigTIFF as a program writes it has its words', async () => {
  const file = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'gray' } })
    .withXmp(xmpPacket(alternatives('dc:title', 'Lighthouse')))
    .tiff({ compression: 'lzw', bigtiff: true })
    .toBuffer();
  expect(file.readUInt16LE(2)).toBe(43);
  expect((await read(file)).described.title).toBe('Lighthouse');
});

test('broken EXIF does not cost the XMP, and broken XMP not the EXIF', async () => {
  const exif = exifSegment(tiff({ ifd0: [text(0x010f, 'Leica')] }));
  const brokenXmp = await read(await jpegWith(exif, xmpSegment('<x:xmpmeta><rdf:RDF><a></x:xmpmeta>')));
  expect(brokenXmp.described.camera).toBe('Leica');
  expect(brokenXmp.complaints).toHaveLength(1);
  const brokenExif = await read(
    await jpegWith(exifSegment(Buffer.from('no TIFF at all')), xmpSegment(xmpPacket('', 'xmp:Rating="5"'))),
  );
  expect(brokenExif.described.rating).toBe(5);
  expect(brokenExif.complaints).toHaveLength(1);
});

test('a photo without metadata is no reason to complain', async () => {
  for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const) {
    const { described, flags, complaints } = await read(await photo({ format }));
    expect({ described, flags, complaints }).toEqual({ described: {}, flags: [], complaints: [] });
  }
});

test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['a TIFF header alone', Buffer.from('II*\0')],
  ['a directory beyond the file', Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1')],
  [
    'a directory of itself',
    Buffer.from('II*\0\x08\0\0\0\xff\xff\x69\x87\x04\0\x01\0\0\0\x08\0\0\0', 'latin1'),
  ],
  ['a JPEG cut in its EXIF', Buffer.from('\xff\xd8\xff\xe1\xff\xffExif\0\0II*\0\x08\0\0\0', 'latin1')],
  ['a PNG cut in a text', Buffer.from('\x89PNG\r\n\x1a\n\0\0\xff\xfftEXtTitle\0x', 'latin1')],
  ['a WebP of nothing', Buffer.from('RIFF\xff\xff\xff\xffWEBPEXIF\xff\xff\xff\xff', 'latin1')],
  ['a HEIF of nothing', Buffer.from('\0\0\0\x10ftypheic\0\0\0\0\0\0\0\x08meta', 'latin1')],
])('%s says nothing and does no harm', async (_name, bytes) => {
  const { described, flags } = await read(bytes);
  expect({ described, flags }).toEqual({ described: {}, flags: [] });
});

test('tags that claim gigabytes are read as far as they go', async () => {
  const huge: Entry = { tag: 0x010e, type: ASCII, value: 'short', count: 0xffff_fff0 };
  const ifd0 = [huge, { ...huge, tag: 0x829a, type: RATIONAL }, text(0x010f, 'Leica')];
  const bytes = Buffer.concat([tiff({ ifd0 }), Buffer.alloc(50_000_000, 'y')]);
  const { described } = await read(bytes);
  expect(described.camera).toBe('Leica');
  expect(described.description?.length).toBeLessThanOrEqual(2000);
});

test('XMP that declares a namespace within each of thousands is not read', async () => {
  const names = Array.from({ length: 2000 }, (_, index) => `<b xmlns:a${index}="u">`);
  const { described, complaints } = await withXmp(
    `${alternatives('dc:title', 'x')}${names.join('')}${'</b>'.repeat(names.length)}`,
  );
  expect(described.title).toBeUndefined();
  expect(complaints).toHaveLength(1);
});

test.each(['1/999999999999999', '0.000000000000001', '0.0000000000'])(
  'an exposure of %s, nearer to zero than a table may hold or a shutter can be, is none',
  async (time) => {
    const { described } = await withXmp('', `exif:ExposureTime="${time}"`);
    expect(described.exposure).toBeUndefined();
  },
);

test('XMP whose entities unfold to a billion laughs is not unfolded', async () => {
  const entities = Array.from(
    { length: 10 },
    (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
  ).join('');
  const bomb = `<!DOCTYPE x [<!ENTITY l0 "lol">${entities}]>`;
  for (const packet of [
    xmpPacket(alternatives('dc:title', '&l10;')).replace('<x:xmpmeta', `${bomb}<x:xmpmeta`),
    xmpPacket(`${bomb}${alternatives('dc:title', '&l10;')}`),
  ]) {
    const { described } = await read(await jpegWith(xmpSegment(packet)));
    expect(described.title ?? '').not.toContain('lol');
  }
  expect((await withXmp(`${bomb}${alternatives('dc:title', 'x')}`)).complaints).toHaveLength(1);
});

test.each<[string, string]>([
  ['nests a hundred thousand deep', `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`],
  ['opens a hundred thousand tags and closes none', '<a '.repeat(100_000)],
  ['is all signs of less', '<'.repeat(500_000)],
  ['is all ampersands', '&'.repeat(500_000)],
  [
    'has a hundred thousand attributes',
    `<a ${Array.from({ length: 50_000 }, (_, i) => `b${i}="x"`).join(' ')}/>`,
  ],
  ['is packets in packets', '<?xpacket end="'.repeat(60_000)],
  ['uses prefixes that it does not declare', '<q:a/>'.repeat(100_000)],
])('XMP that %s is given up in time', { timeout: 30_000 }, async (_name, rubbish) => {
  const told = await read(
    await pngWith([unicodePngText('XML:com.adobe.xmp', xmpPacket(rubbish)), pngText('Title', 'here')]),
  );
  expect(told.described.title).toBe('here');
});

test('of a PNG with a hundred slow packets only the first few are read', { timeout: 30_000 }, async () => {
  const slow = xmpPacket('<q:a/>'.repeat(20_000));
  const packets = Array.from({ length: 100 }, () => packedPngText('XML:com.adobe.xmp', slow));
  const { described } = await read(await pngWith([pngText('Title', 'here'), ...packets]));
  expect(described.title).toBe('here');
});

test('XMP of more than a megabyte is passed over', async () => {
  const packet = xmpPacket(alternatives('dc:title', 'x'.repeat(1_100_000)));
  const told = await read(await pngWith([unicodePngText('XML:com.adobe.xmp', packet)]));
  expect(told.described).toEqual({});
  expect(told.complaints).toEqual([expect.stringContaining('too large')]);
});

/** The same bytes so many times. */
const times = (count: number, bytes: Buffer): Buffer => Buffer.alloc(count * bytes.length, bytes);
const riff = (...chunks: Buffer[]): Buffer => {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  const head = Buffer.from('RIFF\0\0\0\0');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
};
const CANON = tiff({ ifd0: [{ tag: 0x010f, type: ASCII, value: 'Canon' }] });
const heic = (...boxes: Buffer[]): Buffer =>
  Buffer.concat([box('ftyp', Buffer.from('heic\0\0\0\0mif1heic')), ...boxes]);

/** Its camera behind so many parts that say nothing. */
const crumbs: readonly [string, (count: number) => Buffer | Promise<Buffer>][] = [
  ['a JPEG', (count) => jpegWith(times(count, Buffer.from([0xff, 0xe5, 0, 2])), exifSegment(CANON))],
  ['a JPEG, byte by byte', (count) => jpegWith(times(count, Buffer.from([0xff])), exifSegment(CANON))],
  ['a PNG', (count) => pngWith([times(count, pngChunk('teSt', Buffer.alloc(0))), pngChunk('eXIf', CANON)])],
  [
    'a WebP',
    (count) => {
      const exif = Buffer.concat([Buffer.from('EXIF\0\0\0\0'), CANON]);
      exif.writeUInt32LE(CANON.length, 4);
      const header = Buffer.from('VP8X\x0a\0\0\0\x08\0\0\0\x07\0\0\x07\0\0', 'latin1');
      return riff(header, times(count, Buffer.from('JUNK\0\0\0\0')), exif);
    },
  ],
  [
    'a JPEG XL',
    (count) =>
      Buffer.concat([
        box('JXL ', Buffer.from('0d0a870a', 'hex')),
        box('ftyp', Buffer.from('jxl \0\0\0\0jxl ')),
        times(count, box('free')),
        box('Exif', Buffer.alloc(4), CANON),
      ]),
  ],
];

test.each(crumbs)(
  '%s made of a hundred thousand crumbs is not picked up crumb by crumb',
  async (_name, made) => {
    const few = await read(await made(100));
    expect(few.complaints).toEqual([]);
    expect(few.described.camera).toBe('Canon');
    const many = await read(await made(100_000));
    expect(many.complaints).toEqual([expect.stringContaining('too many parts')]);
    expect(many.described).toEqual({});
  },
);

test.each<[string, Buffer]>([
  ['a hundred thousand boxes', heic(times(100_000, box('free')))],
  ['a list of its parts of five megabytes', heic(box('meta', Buffer.alloc(5_000_000)))],
  ['a list of its parts that goes on to its end', heic(Buffer.from('\0\0\0\0meta'), Buffer.alloc(100))],
])('a HEIC of %s is left alone', async (_name, file) => {
  expect((await read(file)).complaints).toEqual([expect.stringContaining('too many parts')]);
});

test('what is needed now and then is loaded once, and again only when that failed', async () => {
  const answers = [Promise.reject(new Error('the disk is busy')), Promise.resolve('loaded')];
  let loads = 0;
  const load = lazily(() => answers[loads++] ?? Promise.reject(new Error('loaded once too often')));
  const [one, other] = await Promise.allSettled([load(), load()]);
  expect([one.status, other.status, loads]).toEqual(['rejected', 'rejected', 1]);
  expect(await Promise.all([load(), load(), load()])).toEqual(['loaded', 'loaded', 'loaded']);
  expect(loads).toBe(2);
});

test('names that JavaScript knows mean nothing in a file', async () => {
  const told = await withXmp(
    '<dc:__proto__>x</dc:__proto__><dc:constructor>y</dc:constructor><dc:title><rdf:Alt><rdf:li><__proto__>z</__proto__></rdf:li></rdf:Alt></dc:title>',
    'dc:toString="z" dc:hasOwnProperty="z"',
  );
  expect(told.described).toEqual({});
  const png = await read(
    await pngWith([pngText('__proto__', 'polluted'), pngText('constructor', 'polluted')]),
  );
  expect(png.described).toEqual({});
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test.each<[string, string]>([
  ['a list where text is expected', bag('xmp:Rating', '5', '4') + bag('exif:DateTimeOriginal', 'x')],
  ['a structure where text is expected', '<dc:title rdf:parseType="Resource"><dc:a>b</dc:a></dc:title>'],
  ['text where a list is expected', '<dc:subject>alone</dc:subject>'],
  ['an empty list', '<dc:subject><rdf:Bag/></dc:subject><dc:title><rdf:Alt/></dc:title>'],
])('XMP with %s does no harm', async (_name, elements) => {
  const told = await withXmp(elements);
  expect(told.complaints).toEqual([]);
  expect(taken(told).takenAtSource).toBe('upload');
});

test('a place in degrees without minutes, as videos have it, is one', async () => {
  const gps: Entry[] = [
    { tag: 1, type: ASCII, value: 'N' },
    { tag: 2, type: RATIONAL, value: [481_370, 10_000, 0, 1, 0, 1] },
    { tag: 3, type: ASCII, value: 'E' },
    { tag: 4, type: RATIONAL, value: [115_750, 10_000, 0, 1, 0, 0] },
  ];
  const { described } = await read(tiff({ gps }));
  expect(described).toMatchObject({
    gps: { latitude: 48.137, longitude: 11.575 },
    place: { city: 'Munich' },
  });
});
