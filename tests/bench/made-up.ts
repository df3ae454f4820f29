// A made-up library: so many photos of the last twenty years, in bursts as people take them, the same ones every time.
import { photoIdOfDigest, toBase64, type IdentityId } from '../../src/schema/ids.ts';
import type { Photo } from '../../src/schema/photo.ts';
import { instantOf } from '../../src/schema/time.ts';

const YEARS = 20;
const NOW = Date.UTC(2026, 0, 1);
const SPAN = YEARS * 365.25 * 86_400_000;
const SHAPES = [
  [4032, 3024],
  [3024, 4032],
  [4032, 3024],
  [6000, 4000],
  [3840, 2160],
] as const;
const CAMERAS = ['Apple iPhone 7', 'Apple iPhone 13', 'Google Pixel 6', 'SONY ILCE-7M3', 'FUJIFILM X-T3'];
const TOWNS = ['Berlin', 'Lisboa', 'Oslo', 'Kraków', 'Wien', 'Lyon', 'Bergen', 'Porto', 'Gdańsk', 'Graz'];

/** xorshift32: numbers from 0 to 1, the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Photos from the newest to the oldest; `placeholders` are used in turn. */
export function* madeUpPhotos(
  owner: IdentityId,
  count: number,
  placeholders: readonly string[] = [toBase64(new Uint8Array(25).fill(120))],
): Generator<Photo> {
  const random = randomOf(20_261_120);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let time = NOW;
  let camera = pick(CAMERAS);
  let town = pick(TOWNS);
  for (let n = 0; n < count; n++) {
    // Of twelve photos eleven follow within minutes; the twelfth is days away.
    const apart = random() < 1 / 12;
    time -= (SPAN / count) * (apart ? 11 : 1 / 11) * 2 * random();
    if (apart) {
      camera = pick(CAMERAS);
      town = pick(TOWNS);
    }
    const [width, height] = pick(SHAPES);
    const digest = Uint8Array.from({ length: 32 }, () => Math.floor(random() * 256));
    const changedAt = instantOf(Math.floor(time) + 43_200_000);
    yield {
      owner,
      photoId: photoIdOfDigest(digest),
      changedAt,
      status: 'ready',
      bytes: 2_000_000 + Math.floor(random() * 6_000_000),
      takenAt: `${instantOf(Math.floor(time)).slice(0, 19)}+02:00`,
      uploadedAt: changedAt,
      name: `IMG_${String(n).padStart(7, '0')}.JPG`,
      type: 'image/jpeg',
      width,
      height,
      takenAtSource: 'exif',
      path: `Pictures/${instantOf(Math.floor(time)).slice(0, 7)}`,
      placeholder: pick(placeholders),
      camera,
      lens: `${camera} back camera 4.25mm f/1.8`,
      exposure: { time: 1 / (30 + Math.floor(random() * 1000)), aperture: 1.8, iso: 100, focalLength: 4.25 },
      gps: {
        latitude: Number((40 + 20 * random()).toFixed(5)),
        longitude: Number((20 * random()).toFixed(5)),
      },
      place: { city: town, country: 'DE' },
      pipeline: 2,
      ...(random() < 0.01 ? { favorite: true } : {}),
    };
  }
}
