// Whole photos of every format the processor reads, as small as they can be: what the fuzz test breaks.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { animatedGif, jpeg, photo } from '../fixtures.ts';
import { alternatives, xmpPacket } from '../metadata-builders.ts';
import { box } from '../bytes.ts';
import { arw, cr2, cr3, dng, nef, orf, pef, raf, rw2, type RawOptions } from '../raw-builders.ts';
import { fragmentedMovie, fragmentIndex, mp4, webm } from '../video-builders.ts';

const EXIF = {
  takenAt: '2019:06:01 12:34:56',
  offset: '+02:00',
  tags: { Make: 'Canon', Model: 'Canon EOS R5', ImageDescription: 'A day out' },
  exif: { ExposureTime: '1/125', FNumber: '28/10', LensModel: 'RF50mm F1.2 L USM' },
  gps: { latitude: 48.8584, longitude: 2.2945 },
  gpsTime: '2019:06:01 10:34:56',
};
const SMALL = { width: 48, height: 32 };
/** What the project has no encoder for; of the many, those that differ in kind. */
const STORED = [
  'plain.heic',
  'exif.heic',
  'alpha.heic',
  'ten-bit.heic',
  'p3.jxl',
  'moves.jxl',
  'orientation-6.jxl',
];
const FILES = join(import.meta.dirname, '../fixtures');

const stored = (): Promise<[string, Buffer][]> =>
  Promise.all(STORED.map(async (name) => [name, await readFile(join(FILES, name))]));

/** By name; the bulk of a raw photo and a video is left out, for nothing reads it. */
export async function samples(): Promise<Record<string, Buffer>> {
  const raw: RawOptions = {
    large: await jpeg({ ...SMALL, ...EXIF }),
    small: await jpeg({ width: 16, height: 12 }),
    orientation: 8,
    width: 96,
    height: 64,
  };
  const keys = { creationdate: '2019-06-01T12:34:56+0200', 'location.ISO6709': '+48.8584+002.2945/' };
  const made: Record<string, Buffer> = {
    JPEG: await photo({ ...SMALL, ...EXIF, orientation: 6 }),
    'progressive JPEG': await photo({ ...SMALL, progressive: true, profile: 'p3' }),
    'CMYK JPEG': await photo({ ...SMALL, profile: 'cmyk' }),
    PNG: await photo({ ...SMALL, ...EXIF, format: 'png' }),
    '16-bit PNG': await photo({ ...SMALL, format: 'png', sixteenBit: true, profile: 'p3' }),
    'palette PNG': await photo({ ...SMALL, format: 'png', palette: true, progressive: true }),
    WebP: await photo({ ...SMALL, ...EXIF, format: 'webp', alpha: true }),
    AVIF: await photo({ ...SMALL, ...EXIF, format: 'avif' }),
    GIF: await animatedGif(),
    TIFF: await photo({ ...SMALL, ...EXIF, format: 'tiff' }),
    BigTIFF: await sharp(await photo(SMALL))
      .withXmp(xmpPacket(alternatives('dc:title', 'A day out')))
      .tiff({ compression: 'lzw', bigtiff: true })
      .toBuffer(),
    CR2: cr2(raw),
    CR3: cr3(raw),
    NEF: nef(raw),
    ARW: arw(raw),
    DNG: dng(raw),
    RAF: raf(raw),
    RW2: rw2(raw),
    ORF: orf(raw),
    PEF: pef(raw),
    MP4: mp4({ rotation: 90, keys, created: Date.UTC(2019, 5, 1) }),
    QuickTime: mp4({ brand: 'qt  ', movieLast: true, user: { xyz: '+48.8584+002.2945/' } }),
    'fragmented MP4': Buffer.concat([
      fragmentedMovie(),
      fragmentIndex([[108, 1500]]),
      box('uuid', Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex'), Buffer.from(xmpPacket(''))),
      box('moof', Buffer.alloc(100)),
    ]),
    WebM: webm(),
  };
  return { ...made, ...Object.fromEntries(await stored()) };
}
