// Test photos, made on the spot: pictures with every property a test may ask for, and files that only pretend to be pictures.
import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { photoIdOfDigest, type IdentityId, type PhotoId } from '../src/schema/ids.ts';

export type Format = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'tiff';

export interface PhotoOptions {
  width?: number;
  height?: number;
  /** Other seed, other bytes: so that each photo of a test is a photo of its own. */
  seed?: number;
  format?: Format;
  /** EXIF orientation, 1 to 8. */
  orientation?: number;
  /** `2019:06:01 12:34:56`, as EXIF writes it. */
  takenAt?: string;
  /** As `+02:00`. */
  offset?: string;
  /** As `25`. */
  subSeconds?: string;
  /** Tags of the first EXIF directory (make, model) and of the second (lens, exposure), values as libexif takes them. */
  tags?: Record<string, string>;
  exif?: Record<string, string>;
  gps?: { latitude: number; longitude: number };
  /** UTC, as `2019:06:01 10:34:56`. */
  gpsTime?: string;
  profile?: 'srgb' | 'p3' | 'cmyk';
  /** The right half half transparent. */
  alpha?: boolean;
  grey?: boolean;
  /** PNG and TIFF only. */
  sixteenBit?: boolean;
  palette?: boolean;
  progressive?: boolean;
  quality?: number;
}

/** What the four quarters of every test photo show, before any orientation. */
export const QUARTERS = {
  topLeft: [200, 40, 40],
  topRight: [40, 180, 40],
  bottomLeft: [40, 40, 200],
  bottomRight: [230, 230, 230],
} as const;

/** Four plain quarters under a soft light and a little seeded noise: encodes like a photo, and shows which way is up. */
export function pixels(width: number, height: number, seed = 1, channels: 3 | 4 = 3): Buffer {
  const data = Buffer.allocUnsafe(width * height * channels);
  let random = (seed * 2_654_435_761) >>> 0 || 1;
  let at = 0;
  for (let y = 0; y < height; y++) {
    const [left, right] =
      y * 2 < height ? [QUARTERS.topLeft, QUARTERS.topRight] : [QUARTERS.bottomLeft, QUARTERS.bottomRight];
    for (let x = 0; x < width; x++) {
      // xorshift32: fast, and the same on every machine.
      random ^= random << 13;
      random ^= random >>> 17;
      random ^= random << 5;
      const light = (random & 15) - 8 + Math.round((16 * x) / width - 8);
      const [red, green, blue] = x * 2 < width ? left : right;
      data[at++] = red + light;
      data[at++] = green + light;
      data[at++] = blue + light;
      if (channels === 4) data[at++] = x * 2 < width ? 255 : 128;
    }
  }
  return data;
}

const degrees = (value: number): string => {
  const whole = Math.floor(Math.abs(value));
  const minutes = Math.floor((Math.abs(value) - whole) * 60);
  const seconds = Math.round((Math.abs(value) - whole - minutes / 60) * 3_600_000);
  return `${whole}/1 ${minutes}/1 ${seconds}/1000`;
};

function exifOf(options: PhotoOptions) {
  const { takenAt, offset, subSeconds, gps, gpsTime } = options;
  const [gpsDay, gpsClock] = gpsTime?.split(' ') ?? [];
  return {
    IFD0: { ...options.tags },
    IFD2: {
      ...(takenAt && { DateTimeOriginal: takenAt }),
      ...(offset && { OffsetTimeOriginal: offset }),
      ...(subSeconds && { SubSecTimeOriginal: subSeconds }),
      ...options.exif,
    },
    IFD3: {
      ...(gps && {
        GPSLatitude: degrees(gps.latitude),
        GPSLatitudeRef: gps.latitude < 0 ? 'S' : 'N',
        GPSLongitude: degrees(gps.longitude),
        GPSLongitudeRef: gps.longitude < 0 ? 'W' : 'E',
      }),
      ...(gpsDay && { GPSDateStamp: gpsDay }),
      ...(gpsClock && {
        GPSTimeStamp: gpsClock
          .split(':')
          .map((part) => `${Number(part)}/1`)
          .join(' '),
      }),
    },
  };
}

/** A photo as asked for; without options a small plain JPEG. */
export async function photo(options: PhotoOptions = {}): Promise<Buffer> {
  const { width = 64, height = 48, format = 'jpeg', quality = 90 } = options;
  const channels = options.alpha ? 4 : 3;
  let picture = sharp(pixels(width, height, options.seed, channels), { raw: { width, height, channels } });
  if (options.grey) picture = picture.greyscale().toColourspace('b-w');
  if (options.sixteenBit) picture = picture.toColourspace(options.grey ? 'grey16' : 'rgb16');
  if (options.profile === 'cmyk') picture = picture.toColourspace('cmyk');
  if (options.profile) picture = picture.withIccProfile(options.profile);
  const exif = exifOf(options);
  if (Object.values(exif).some((directory) => Object.keys(directory).length > 0))
    picture = picture.withExifMerge(exif);
  if (options.orientation) picture = picture.withMetadata({ orientation: options.orientation });
  const { progressive, palette } = options;
  const encoded = {
    jpeg: () => picture.jpeg({ quality, progressive }),
    png: () => picture.png({ palette, progressive }),
    webp: () => picture.webp({ quality }),
    avif: () => picture.avif({ quality: 50, effort: 0 }),
    gif: () => picture.gif(),
    tiff: () => picture.tiff({ compression: 'lzw' }),
  }[format]();
  return encoded.toBuffer();
}

export const jpeg = (options: Omit<PhotoOptions, 'format'> = {}): Promise<Buffer> =>
  photo({ ...options, format: 'jpeg' });

/** A GIF that moves: its first frame red, its second blue. */
export async function animatedGif(): Promise<Buffer> {
  const frame = (background: string): Promise<Buffer> =>
    sharp({ create: { width: 20, height: 10, channels: 3, background } })
      .png()
      .toBuffer();
  const frames = await Promise.all([frame('#ff0000'), frame('#0000ff')]);
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: [100, 100] })
    .toBuffer();
}

/** The head of an ISO media file: HEIC, AVIF, CR3 and videos all begin like this. */
export function isoMedia(brand: string, ...compatible: string[]): Buffer {
  const brands = [brand, '\0\0\0\0', ...compatible].join('');
  const size = Buffer.alloc(4);
  size.writeUInt32BE(8 + brands.length);
  return Buffer.concat([size, Buffer.from(`ftyp${brands}`, 'latin1'), Buffer.alloc(64)]);
}

/** A small PNG that claims to be `width` x `height`, RGB of 8 bits or interlaced RGBA of 16: a bomb without the bang. */
export function pngOfSize(width: number, height: number, interlaced = false): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set(interlaced ? [16, 6, 0, 0, 1] : [8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const photoIdOf = (bytes: Uint8Array): PhotoId =>
  photoIdOfDigest(createHash('sha256').update(bytes).digest());

/** A made-up identity, another one for each number. */
export const identity = (number = 1): IdentityId =>
  `eu-central-1:00000000-0000-4000-8000-${String(number).padStart(12, '0')}` as IdentityId;
