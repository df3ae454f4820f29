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
const machineZone = process.env['TZ'];
beforeAll(() => {
  process.env['TZ'] = 'Asia/Kathmandu';
});
afterAll(() => {
  if (machineZone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = machineZone;
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
  ['blanks for zeros', { DateTimeOriginal: '2019: 6: 1  9: 4: 1' }, '2019-06-01T09:04:01', 'exif'],
  ['slashes', { DateTimeOriginal: '2019/06/01 12:34:56' }, '2019-06-01T12:34:56', 'exif'],
  ['dashes and UTC', { DateTimeOriginal: '2019-06-01T12:34:56Z' }, '2019-06-01T12:34:56Z', 'exif'],
  [
    'a minute without seconds',
    { DateTimeOriginal: '2019:06:01 12:34:  ', SubSecTimeOriginal: '25', CreateDate: '2020:01:01 00:00:01' },
    '2019-06-01T12:34:00',
    'exif',
  ],
  ['a day without a time', { DateTimeOriginal: '2019:06:01   :  :  ' }, '2019-06-01T12:00:00', 'exif'],
  ['an hour without minutes', { DateTimeOriginal: '2019:06:01 09:  :  ' }, '2019-06-01T12:00:00', 'exif'],
  [
    'a month without a day',
    { DateTimeOriginal: '2019:06:     :  :  ', CreateDate: at },
    '2019-06-01T12:34:56',
    'exif',
  ],
  [
    'a year without a month',
    { DateTimeOriginal: '2019:  :     :  :  ', CreateDate: at },
    '2019-06-01T12:34:56',
    'exif',
  ],
  [
    'a time without a day',
    { DateTimeOriginal: '    :  :   12:34:56', CreateDate: at },
    '2019-06-01T12:34:56',
    'exif',
  ],
  ['half a year', { DateTimeOriginal: '20  :06:01 12:34:56', CreateDate: at }, '2019-06-01T12:34:56', 'exif'],
  [
    'a minute that is none',
    { DateTimeOriginal: '2019:06:01 12:7 :56', CreateDate: at },
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

test('when a PNG was last changed says less than its name', () => {
  const told = { tags: { png: { tIME: '2024-03-02T10:00:00Z' } } };
  expect(takenAtOf({ ...nothing, told, name: 'Screenshot_20190102-030405.png' })).toEqual({
    takenAt: '2019-01-02T03:04:05',
    takenAtSource: 'name',
  });
});

test.each<[string, Tags, string, string]>([
  [
    'XMP',
    { xmp: { DateTimeOriginal: '2019-06-01T12:34:56.25+02:00' } },
    '2019-06-01T12:34:56.25+02:00',
    'xmp',
  ],
  ['XMP without seconds', { xmp: { DateCreated: '2019-06-01T12:34' } }, '2019-06-01T12:34:00', 'xmp'],
  ['XMP with a day only', { xmp: { DateCreated: '2019-06-01' } }, '2019-06-01T12:00:00', 'xmp'],
  ['XMP with a month only', { xmp: { DateCreated: '1957-08' } }, '1957-08-01T12:00:00', 'xmp'],
  ['XMP with a year only', { xmp: { DateCreated: '1957' } }, '1957-01-01T12:00:00', 'xmp'],
  ['XMP in a list', { xmp: { CreateDate: ['2019-06-01T12:34:56', 'x'] } }, '2019-06-01T12:34:56', 'xmp'],
  [
    'IPTC',
    { iptc: { 'Date Created': ['20190601'], 'Time Created': ['123456+0200'] } },
    '2019-06-01T12:34:56+02:00',
    'iptc',
  ],
  ['IPTC without a time', { iptc: { 'Date Created': ['20190601'] } }, '2019-06-01T12:00:00', 'iptc'],
  ['IPTC of a year', { iptc: { 'Date Created': ['19570000'] } }, '1957-01-01T12:00:00', 'iptc'],
  [
    'IPTC of when it was digitized',
    { iptc: { 'Digital Creation Date': ['20190601'], 'Digital Creation Time': ['123456'] } },
    '2019-06-01T12:34:56',
    'iptc',
  ],
  ['GPS time of XMP', { xmp: { GPSTimeStamp: '2019-06-01T10:34:56Z' } }, '2019-06-01T10:34:56Z', 'gps'],
  [
    'EXIF before XMP before IPTC',
    {
      exif: { DateTimeOriginal: '2019:06:01 12:34:56' },
      xmp: { DateTimeOriginal: '2018-06-01T12:34:56' },
      iptc: { 'Date Created': ['20170601'] },
    },
    '2019-06-01T12:34:56',
    'exif',
  ],
  [
    'what somebody said of a scan before when it was scanned',
    { exif: { CreateDate: '2019:06:01 12:34:56' }, xmp: { DateCreated: '1975-06-01T12:34:56' } },
    '1975-06-01T12:34:56',
    'xmp',
  ],
  [
    'XMP when EXIF was never set',
    { exif: { DateTimeOriginal: '0000:00:00 00:00:00' }, xmp: { CreateDate: '2018-06-01T12:34:56' } },
    '2018-06-01T12:34:56',
    'xmp',
  ],
  ['when it was changed', { exif: { ModifyDate: '2019:06:01 12:34:56' } }, '2019-06-01T12:34:56', 'file'],
])('the date of %s', (_name, tags, takenAt, takenAtSource) => {
  expect(takenAtOf({ ...nothing, told: { tags }, lastModified })).toEqual({ takenAt, takenAtSource });
});

test("a name says more than when the photo was changed, and the container's date more than GPS", () => {
  const told = {
    tags: {
      exif: {
        ModifyDate: '2021:06:01 12:34:56',
        GPSDateStamp: '2018:06:01',
        GPSTimeStamp: [10, 34, 56],
      },
    },
  };
  const containerTime = '2017-06-01T10:34:56Z';
  expect(takenAtOf({ ...nothing, told, containerTime })).toEqual({
    takenAt: containerTime,
    takenAtSource: 'container',
  });
  const noGps = { tags: { exif: { ModifyDate: '2021:06:01 12:34:56' } } };
  expect(takenAtOf({ ...nothing, told: noGps, name: 'IMG_20190601_123456.jpg' })).toEqual({
    takenAt: '2019-06-01T12:34:56',
    takenAtSource: 'name',
  });
});

test.each([
  '1969:12:31 16:00:00',
  '1970:01:01 00:00:00',
  '1970:01:01 09:00:07',
  '1980:01:01 00:00:00',
  '1904:01:01 00:00:00',
])('%s is what a clock says that was never set', (DateTimeOriginal) => {
  const told = { tags: { exif: { DateTimeOriginal } } };
  expect(takenAtOf({ ...nothing, told }).takenAtSource).toBe('upload');
});

test.each(['1969:12:30 16:00:00', '1970:01:02 00:00:00', '1980:01:01 00:00:01', '1904:01:02 00:00:00'])(
  '%s may well be meant',
  (DateTimeOriginal) => {
    const told = { tags: { exif: { DateTimeOriginal } } };
    expect(takenAtOf({ ...nothing, told }).takenAtSource).toBe('exif');
  },
);

const summer = { DateTimeOriginal: '2019:06:01 12:34:56' };
test.each<[string, Values, string | undefined, string]>([
  ['in Munich in summer', summer, 'Europe/Berlin', '+02:00'],
  ['in Munich in winter', { DateTimeOriginal: '2019:12:01 12:34:56' }, 'Europe/Berlin', '+01:00'],
  ['in Kathmandu', summer, 'Asia/Kathmandu', '+05:45'],
  ['in Saint John’s', summer, 'America/St_Johns', '-02:30'],
  ['on Kiritimati', summer, 'Pacific/Kiritimati', '+14:00'],
  [
    'in Samoa before it crossed the date line',
    { DateTimeOriginal: '2011:06:01 12:34:56' },
    'Pacific/Apia',
    '-11:00',
  ],
  ['in Moscow as clocks were then', { DateTimeOriginal: '2012:06:01 12:34:56' }, 'Europe/Moscow', '+04:00'],
  ['in an hour that was skipped', { DateTimeOriginal: '2019:03:31 02:30:00' }, 'Europe/Berlin', '+01:00'],
  ['in an hour that came twice', { DateTimeOriginal: '2019:10:27 02:30:00' }, 'Europe/Berlin', '+02:00'],
  [
    'in the second of an hour that came twice, as GPS knows',
    {
      DateTimeOriginal: '2019:10:27 02:30:00',
      GPSDateStamp: '2019:10:27',
      GPSTimeStamp: [1, 30, 0],
    },
    'Europe/Berlin',
    '+01:00',
  ],
  ['when clocks went by the sun', { DateTimeOriginal: '1880:06:01 12:34:56' }, 'Europe/Berlin', ''],
  ['with an offset of its own', { ...summer, OffsetTimeOriginal: '-04:00' }, 'Europe/Berlin', '-04:00'],
  ['in UTC by its own word', { ...summer, OffsetTimeOriginal: 'Z' }, 'Europe/Berlin', 'Z'],
  ['nobody knows where', summer, undefined, ''],
])('a photo taken %s', (_name, exif, zone, offset) => {
  const { takenAt } = takenAtOf({ ...nothing, told: { tags: { exif }, zone } });
  const wall = String(exif['DateTimeOriginal']).replace(/^(\d+):(\d+):(\d+) /, '$1-$2-$3T');
  expect(takenAt).toBe(`${wall}${offset}`);
  expect(localTime(takenAt)).toBe(takenAt);
});

test.each<[string, [number, number, number], string]>([
  ['four hours behind', [16, 34, 50], '-04:00'],
  ['five and three quarters ahead', [6, 49, 58], '+05:45'],
  ['the same', [12, 34, 56], '+00:00'],
  ['half an hour off, where no zone is', [12, 4, 56], ''],
  ['nine and a half hours behind, as on the Marquesas', [22, 4, 50], '-09:30'],
])('the clock of a camera is %s as compared with GPS', (_name, GPSTimeStamp, offset) => {
  const exif = { ...summer, GPSDateStamp: '2019:06:01', GPSTimeStamp };
  expect(takenAtOf({ ...nothing, told: { tags: { exif } } }).takenAt).toBe(`2019-06-01T12:34:56${offset}`);
});

test('GPS of another day tells nothing of the zone, and a date without a time does not either', () => {
  const exif = { ...summer, GPSDateStamp: '1999:10:16', GPSTimeStamp: [10, 34, 56] };
  expect(takenAtOf({ ...nothing, told: { tags: { exif } } }).takenAt).toBe('2019-06-01T12:34:56');
  const iptc = { 'Date Created': ['20190601'] };
  const gps = { GPSDateStamp: '2019:06:01', GPSTimeStamp: [10, 0, 0] };
  expect(takenAtOf({ ...nothing, told: { tags: { exif: gps, iptc } } }).takenAt).toBe('2019-06-01T12:00:00');
});

test('the same time in XMP tells the offset, unless it says UTC', () => {
  const takenAt = (DateCreated: string): string =>
    takenAtOf({ ...nothing, told: { tags: { exif: summer, xmp: { DateCreated } } } }).takenAt;
  expect(takenAt('2019-06-01T12:34:56+09:00')).toBe('2019-06-01T12:34:56+09:00');
  expect(takenAt('2019-06-01T12:34:56+00:00')).toBe('2019-06-01T12:34:56');
  expect(takenAt('2019-06-01T12:34:57+09:00')).toBe('2019-06-01T12:34:56');
});

test.each<[string, Partial<Parameters<typeof takenAtOf>[0]>, string, string]>([
  [
    'GPS',
    { told: { tags: { exif: { GPSDateStamp: '2019:06:01', GPSTimeStamp: [22, 34, 56] } } } },
    '2019-06-02T00:34:56+02:00',
    'gps',
  ],
  ['a video', { containerTime: '2019-12-31T23:30:00Z' }, '2020-01-01T00:30:00+01:00', 'container'],
  ['a Pixel phone’s name', { name: 'PXL_20210102_030405678.jpg' }, '2021-01-02T04:04:05.678+01:00', 'name'],
  ['the file', { lastModified }, '2020-05-05T07:05:05.000+02:00', 'file'],
  ['the upload', {}, '2026-01-01T01:00:00.000+01:00', 'upload'],
])('UTC of %s is shown as the clocks of the place', (_name, from, takenAt, takenAtSource) => {
  const told = { tags: {}, ...from.told, zone: 'Europe/Berlin' };
  expect(takenAtOf({ ...nothing, ...from, told })).toEqual({ takenAt, takenAtSource });
});

test('a photo with a place gets the zone of the place', async () => {
  const told = await readMetadata(
    [await photo({ takenAt: '2019:06:01 12:34:56', gps: { latitude: 27.7172, longitude: 85.324 } })],
    refuse,
  );
  expect(takenAtOf({ ...nothing, told }).takenAt).toBe('2019-06-01T12:34:56+05:45');
  const atSea = await readMetadata(
    [await photo({ takenAt: '2019:06:01 12:34:56', gps: { latitude: 30, longitude: -45 } })],
    refuse,
  );
  expect(takenAtOf({ ...nothing, told: atSea }).takenAt).toBe('2019-06-01T12:34:56');
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
  ['photo_5123@01-06-2019_12-34-56.jpg', '2019-06-01T12:34:56'],
  ['FB_IMG_1559392496000.jpg', '2019-06-01T12:34:56.000Z'],
  ['mmexport1559392496123.jpg', '2019-06-01T12:34:56.123Z'],
  ['2019-06-01.jpg', '2019-06-01T12:00:00'],
  ['IMG_20190601_996060.jpg', '2019-06-01T12:00:00'],
  ['Scan 1957-08-20 Oma.jpg', '1957-08-20T12:00:00'],
  ['Bildschirmfoto 2023-05-06 um 13.34.56.png', '2023-05-06T13:34:56'],
  ['Captura de pantalla 2023-05-06 a las 1.34.56 p. m..png', '2023-05-06T13:34:56'],
  ['Captura de pantalla 2023-05-06 a la(s) 1.34.56\u202fa.\u00a0m..png', '2023-05-06T01:34:56'],
  ['Capture d’écran 2023-05-06 à 13.34.56.png', '2023-05-06T13:34:56'],
  ['Capture d’écran 2023-05-06 à 13.34.56 (2).png'.normalize('NFD'), '2023-05-06T13:34:56'],
  ['Schermata 2023-05-06 alle 9.34.56.png', '2023-05-06T09:34:56'],
  ['Skärmavbild 2023-05-06 kl. 13.34.56.png', '2023-05-06T13:34:56'],
  ['Näyttökuva 2023-5-6 kello 9.34.56.png', '2023-05-06T09:34:56'],
  ['Снимок экрана 2023-05-06 в 13.34.56.png', '2023-05-06T13:34:56'],
  ['Képernyőfotó 2023-05-06 - 13.34.56.png', '2023-05-06T13:34:56'],
  ['スクリーンショット 2023-05-06 13.34.56.png', '2023-05-06T13:34:56'],
  ['スクリーンショット 2023-05-06 午前0.34.56.png', '2023-05-06T00:34:56'],
  ['截屏2023-05-06 下午1.34.56.png', '2023-05-06T13:34:56'],
  ['스크린샷 2023-05-06 오후 1.34.56.png'.normalize('NFD'), '2023-05-06T13:34:56'],
  ['Screenshot 2023-05-06 at 12.04.56\u202fAM.png', '2023-05-06T00:04:56'],
  ['DJI_20230506133456_0001_D.MP4', '2023-05-06T13:34:56'],
  ['IMG20230506133456.jpg', '2023-05-06T13:34:56'],
  ['20230506133456789.jpg', '2023-05-06T13:34:56.789'],
  ['20231399_20230506.jpg', '2023-05-06T12:00:00'],
  ['20190601Berlin.jpg', '2019-06-01T12:00:00'],
  ['2019-06-01_10001.jpg', '2019-06-01T12:00:00'],
])('the name %s says when', (name, takenAt) => {
  expect(timeInName(name)).toBe(takenAt);
  expect(localTime(takenAt)).toBe(takenAt);
  expect(takenAtOf({ ...nothing, name, lastModified })).toEqual({ takenAt, takenAtSource: 'name' });
});

test.each([
  'IMG_1234.jpg',
  'DSC02019.JPG',
  '1559392496000.jpg',
  'FB_IMG_15593924960001.jpg',
  'photo_5123@41-06-2019_12-34-56.jpg',
  '20191301.jpg',
  '2019-0601.jpg',
  '120190601.jpg',
  '20190631.jpg',
  '20191301256199.jpg',
  '19001231235959.jpg',
  '20230506133456123456.jpg',
  '+20190601123.jpg',
  'Anruf +20190601.jpg',
  '3f20190601.jpg',
  'a20190601b42.jpg',
  '20190601-58cc-4372-a567-0e02b2c3d479.jpg',
  '20190601_10157000000000_2019060112_n.jpg',
  '1683380096123.jpg',
  'Version 2023-5-6.png',
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

test.each<[string, string, number | undefined, string]>([
  ['VID_20230506_133456.mp4', '2023-05-06T11:34:57Z', undefined, '2023-05-06T13:34:57+02:00'],
  ['20230506_133456.mp4', '2023-05-06T11:34:56Z', 4, '2023-05-06T13:34:56+02:00'],
  ['VID_20230506_003456.mp4', '2023-05-05T18:49:56Z', undefined, '2023-05-06T00:34:56+05:45'],
  ['VID_20230505_233456.mp4', '2023-05-06T09:04:56Z', undefined, '2023-05-05T23:34:56-09:30'],
  ['VID_20230506_133456.mp4', '2023-05-05T23:34:56Z', undefined, '2023-05-06T13:34:56+14:00'],
  // Dated by its last second, as many phones do.
  ['VID_20230506_133456.mp4', '2023-05-06T12:24:57Z', 3000, '2023-05-06T14:24:57+02:00'],
])('the name %s tells what clocks said at %s', (name, containerTime, duration, takenAt) => {
  const from = { ...nothing, name, containerTime, duration };
  expect(takenAtOf(from)).toEqual({ takenAt, takenAtSource: 'container' });
});

test.each<[string, string]>([
  ['a name in UTC', 'PXL_20230506_113456789.mp4'],
  ['a name in milliseconds since 1970', 'mmexport1683372896123.mp4'],
  ['a name without a time', 'VID-20230506-WA0003.mp4'],
  ['a name without a date', 'MVI_1234.MP4'],
  ['a name from when it was saved', 'VID_20230506_135456.mp4'],
  ['a name from another year', 'VID_20220506_133456.mp4'],
  ['a name further ahead than any zone', 'VID_20230507_023456.mp4'],
])('%s tells nothing of the zone of a video', (_name, name) => {
  const containerTime = '2023-05-06T11:34:56Z';
  const from = { ...nothing, name, containerTime, duration: 10 };
  expect(takenAtOf(from)).toEqual({ takenAt: containerTime, takenAtSource: 'container' });
});

test('the zone of the place, and an offset of the container’s own, go before what a name tells', () => {
  const from = { ...nothing, name: 'VID_20230506_133456.mp4' };
  const placed = { tags: {}, zone: 'America/New_York' };
  expect(takenAtOf({ ...from, told: placed, containerTime: '2023-05-06T11:34:56Z' }).takenAt).toBe(
    '2023-05-06T07:34:56-04:00',
  );
  const containerTime = '2023-05-06T12:34:56+01:00';
  expect(takenAtOf({ ...from, containerTime }).takenAt).toBe(containerTime);
});
