// When a photo was taken, by what, and where: EXIF, GPS, file names and dates, and which of them to believe.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describe as describeTags } from '../../processor/metadata/describe.ts';
import { timeInName } from '../../processor/metadata/file-name.ts';
import { gpsOf } from '../../processor/metadata/gps.ts';
import { readMetadata } from '../../processor/metadata/read.ts';
import type { Tags, Values } from '../../processor/metadata/tags.ts';
import { takenAtOf } from '../../processor/metadata/taken-at.ts';
import { localTime } from '../../src/schema/time.ts';
import { photo, type Format, type PhotoOptions } from '../fixtures.ts';

const NOW = Date.parse('2026-01-02T00:00:00Z');
const uploadedAt = '2026-01-01T00:00:00.000Z';
const lastModified = '2020-05-05T05:05:05.000Z';
const nothing = { told: { tags: {} }, name: 'a.jpg', uploadedAt, now: NOW };

const refuse = (message: string, error: unknown): never => {
  throw new Error(message, { cause: error });
};

async function tagsOf(options: PhotoOptions): Promise<Tags> {
  return (await readMetadata([await photo(options)], refuse)).tags;
}

// A machine far from UTC: no date may pass through its clock.
const zone = process.env['TZ'];
beforeAll(() => {
  process.env['TZ'] = 'Asia/Kathmandu';
});
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

test.each<Format>(['jpeg', 'png', 'webp', 'avif'])('EXIF is read from %s', async (format) => {
  const tags = await tagsOf({
    format,
    takenAt: '2019:06:01 12:34:56',
    offset: '+02:00',
    subSeconds: '25',
    tags: { Make: 'Canon', Model: 'Canon EOS R5' },
    exif: {
      LensModel: 'RF50mm F1.2 L USM',
      ExposureTime: '1/125',
      FNumber: '28/10',
      ISOSpeedRatings: '200',
      FocalLength: '50/1',
    },
    gps: { latitude: -33.8568, longitude: 151.2153 },
  });
  expect(takenAtOf({ ...nothing, told: { tags } })).toEqual({
    takenAt: '2019-06-01T12:34:56.25+02:00',
    takenAtSource: 'exif',
  });
  const described = describeTags(tags);
  expect(described).toMatchObject({
    camera: 'Canon EOS R5',
    lens: 'RF50mm F1.2 L USM',
    exposure: { time: 0.008, aperture: 2.8, iso: 200, focalLength: 50 },
  });
  const gps = gpsOf(tags);
  expect(gps?.latitude).toBeCloseTo(-33.8568, 5);
  expect(gps?.longitude).toBeCloseTo(151.2153, 5);
});

test('a photo without EXIF has no camera, no lens, no exposure and no place', () => {
  expect(describeTags({})).toEqual({});
});

test('broken EXIF is reported and otherwise no obstacle', async () => {
  const errors: unknown[] = [];
  const told = await readMetadata([Buffer.from('rubbish that is no EXIF')], (_, error) => errors.push(error));
  expect(told).toMatchObject({ described: {}, flags: [] });
  expect(Object.values(told.tags).flatMap(Object.keys)).toEqual([]);
  expect(errors).toHaveLength(1);
});

const at = '2019:06:01 12:34:56';
test.each<[string, Values, string, string]>([
  [
    'the time of exposure',
    { DateTimeOriginal: at, CreateDate: '2020:01:01 00:00:01' },
    '2019-06-01T12:34:56',
    'exif',
  ],
  [
    'a zone without a colon',
    { DateTimeOriginal: at, OffsetTimeOriginal: '-0330' },
    '2019-06-01T12:34:56-03:30',
    'exif',
  ],
  ['UTC', { DateTimeOriginal: at, OffsetTimeOriginal: 'Z' }, '2019-06-01T12:34:56Z', 'exif'],
  [
    'a zone of rubbish',
    { DateTimeOriginal: at, OffsetTimeOriginal: '   :  ' },
    '2019-06-01T12:34:56',
    'exif',
  ],
  [
    'a zone that does not exist',
    { DateTimeOriginal: at, OffsetTimeOriginal: '+99:99' },
    '2019-06-01T12:34:56',
    'exif',
  ],
  [
    'sub-seconds with blanks',
    { DateTimeOriginal: at, SubSecTimeOriginal: '07 \0' },
    '2019-06-01T12:34:56.07',
    'exif',
  ],
  [
    'ISO instead of EXIF',
    { DateTimeOriginal: '2019-06-01T12:34:56+02:00' },
    '2019-06-01T12:34:56+02:00',
    'exif',
  ],
  [
    'the time it was digitized',
    { CreateDate: at, SubSecTimeDigitized: '5' },
    '2019-06-01T12:34:56.5',
    'exif',
  ],
  ['GPS time', { GPSDateStamp: '2019:06:01', GPSTimeStamp: [10, 4, 56.7] }, '2019-06-01T10:04:56Z', 'gps'],
  ['0000', { DateTimeOriginal: '0000:00:00 00:00:00', CreateDate: at }, '2019-06-01T12:34:56', 'exif'],
  ['blanks', { DateTimeOriginal: '    :  :     :  :  ', CreateDate: at }, '2019-06-01T12:34:56', 'exif'],
  ['the epoch', { DateTimeOriginal: '1970:01:01 00:00:00', CreateDate: at }, '2019-06-01T12:34:56', 'exif'],
  ['31 February', { DateTimeOriginal: '2019:02:31 12:00:00', CreateDate: at }, '2019-06-01T12:34:56', 'exif'],
  [
    'before photography',
    { DateTimeOriginal: '1825:12:31 23:59:59', CreateDate: at },
    '2019-06-01T12:34:56',
    'exif',
  ],
  ['the future', { DateTimeOriginal: '2026:01:03 00:00:01', CreateDate: at }, '2019-06-01T12:34:56', 'exif'],
  ['tomorrow, as east of here', { DateTimeOriginal: '2026:01:02 14:00:00' }, '2026-01-02T14:00:00', 'exif'],
  ['the first photograph', { DateTimeOriginal: '1826:06:04 12:00:00' }, '1826-06-04T12:00:00', 'exif'],
  ['a date that is a number', { DateTimeOriginal: 20190601, CreateDate: at }, '2019-06-01T12:34:56', 'exif'],
  [
    'GPS time of rubbish',
    { GPSDateStamp: '2019:06:01', GPSTimeStamp: [Number.NaN, 1, 2] },
    lastModified,
    'file',
  ],
  ['nothing but a date of the file', {}, lastModified, 'file'],
])('from %s', (_name, exif, takenAt, takenAtSource) => {
  expect(takenAtOf({ ...nothing, told: { tags: { exif } }, lastModified })).toEqual({
    takenAt,
    takenAtSource,
  });
});

test.each([
  ['IMG_20190601_123456.jpg', '2019-06-01T12:34:56'],
  ['IMG_20190601_123456789.jpg', '2019-06-01T12:34:56.789'],
  ['PXL_20210102_030405678.jpg', '2021-01-02T03:04:05.678Z'],
  ['PXL_20210102_030405678.MP.jpg', '2021-01-02T03:04:05.678Z'],
  ['20190601_123456.jpg', '2019-06-01T12:34:56'],
  ['20190601_123456(1).jpg', '2019-06-01T12:34:56'],
  ['IMG-20190601-WA0001.jpg', '2019-06-01T12:00:00'],
  ['WhatsApp Image 2019-06-01 at 12.34.56.jpeg', '2019-06-01T12:34:56'],
  ['WhatsApp Image 2019-06-01 at 1.34.56 PM.jpeg', '2019-06-01T13:34:56'],
  ['WhatsApp Image 2019-06-01 at 12.34.56 AM (2).jpeg', '2019-06-01T00:34:56'],
  ['Screenshot_20190601-123456.png', '2019-06-01T12:34:56'],
  ['Screenshot_2019-06-01-12-34-56-789_com.app.png', '2019-06-01T12:34:56'],
  ['Screenshot_20190601_123456_Chrome.jpg', '2019-06-01T12:34:56'],
  ['Screenshot 2019-06-01 at 12.34.56.png', '2019-06-01T12:34:56'],
  ['Screen Shot 2019-06-01 at 9.34.56\u202fPM.png', '2019-06-01T21:34:56'],
  ['Screenshot from 2019-06-01 12-34-56.png', '2019-06-01T12:34:56'],
  ['2019-06-01 12.34.56.jpg', '2019-06-01T12:34:56'],
  ['photo_2019-06-01_12-34-56.jpg', '2019-06-01T12:34:56'],
  ['signal-2019-06-01-123456.jpg', '2019-06-01T12:34:56'],
  ['signal-2019-06-01-12-34-56-789.jpg', '2019-06-01T12:34:56'],
  ['2019-06-01.jpg', '2019-06-01T12:00:00'],
  ['IMG_20190601_996060.jpg', '2019-06-01T12:00:00'],
  ['Scan 1957-08-20 Oma.jpg', '1957-08-20T12:00:00'],
])('the name %s says when', (name, takenAt) => {
  expect(timeInName(name)).toBe(takenAt);
  expect(localTime(takenAt)).toBe(takenAt);
  expect(takenAtOf({ ...nothing, name, lastModified })).toEqual({ takenAt, takenAtSource: 'name' });
});

test.each([
  'IMG_1234.jpg',
  'DSC02019.JPG',
  '1559392496000.jpg',
  '20191301.jpg',
  '2019-0601.jpg',
  '120190601.jpg',
  '20190631.jpg',
  'a',
])('the name %s does not', (name) => {
  expect(timeInName(name)).toBeUndefined();
  expect(takenAtOf({ ...nothing, name })).toEqual({ takenAt: uploadedAt, takenAtSource: 'upload' });
});

test('a name or file from the future is passed over for the time of upload', () => {
  const from = { ...nothing, name: 'IMG_20300101_000000.jpg', lastModified: '2031-01-01T00:00:00.000Z' };
  expect(takenAtOf(from)).toEqual({ takenAt: uploadedAt, takenAtSource: 'upload' });
});

test.each([
  ['Canon', 'Canon EOS R5', 'Canon EOS R5'],
  ['NIKON CORPORATION', 'NIKON D750', 'NIKON D750'],
  ['Apple', 'iPhone 15 Pro', 'Apple iPhone 15 Pro'],
  ['samsung\0\0', '  SM-G991B ', 'samsung SM-G991B'],
  ['', 'X100V', 'X100V'],
  ['LEICA', undefined, 'LEICA'],
  [42, 43, undefined],
  ['\u0007evil\u202e', 'x'.repeat(300), `evil ${'x'.repeat(100)}`],
])('make %j and model %j are the camera %j', (make, model, camera) => {
  expect(describeTags({ exif: { Make: make, Model: model } }).camera).toBe(camera);
});

test.each<[string, unknown, unknown, unknown, unknown]>([
  ['0, 0', [0, 0, 0], 'N', [0, 0, 0], 'E'],
  ['beyond a pole', [91, 0, 0], 'N', [10, 0, 0], 'E'],
  ['beyond the date line', [10, 0, 0], 'N', [180, 0, 1], 'E'],
  ['with 61 minutes', [10, 61, 0], 'N', [10, 0, 0], 'E'],
  ['of no numbers', [Number.NaN, Number.NaN, Number.NaN], 'N', [Number.NaN, 0, 0], 'E'],
  ['without end', [Infinity, 0, 0], 'N', [1, 0, 0], 'E'],
  ['of text', '1', 'N', '2', 'E'],
  ['on no side', [1, 0, 0], undefined, [2, 0, 0], ''],
])('a place %s is none', (_name, GPSLatitude, GPSLatitudeRef, GPSLongitude, GPSLongitudeRef) => {
  expect(gpsOf({ exif: { GPSLatitude, GPSLatitudeRef, GPSLongitude, GPSLongitudeRef } })).toBeUndefined();
});

test.each([[Infinity], [Number.NaN], [-1], [0], ['1/0'], ['a'], [null]])(
  'an exposure of %s is none',
  (value) => {
    const exif = { ExposureTime: value, FNumber: value, ISO: value, FocalLength: value };
    expect(describeTags({ exif }).exposure).toBeUndefined();
  },
);
