// Photos for the bench of the processor, made on the spot: with edges, texture, smooth parts and a sensor's noise, so that
// codecs have as much to do as with real ones (4, 9 and 16 MB at 12, 24 and 48 megapixels).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';

export interface BenchPhoto {
  width: number;
  height: number;
  seed: number;
  /** None unless said. */
  profile?: 'p3' | 'srgb';
  orientation?: number;
  progressive?: boolean;
}

/** The scene is drawn at one size and scaled, as a lens would see it; only the noise belongs to the sensor's pixels. */
const SCENE = { width: 2400, height: 1800 };
const SHAPES = 260;
const NOISE = 7;
/** The least that sharp takes: what a lens and the camera's own filter leave of the noise. */
const BLUR = 0.5;

/** xorshift32: fast, and the same on every machine; 0 to 1. */
function randomOf(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

/** Smooth noise: random points that lie `cell` pixels apart, with all between them filled in; 0 to 255. */
async function smoothNoise(random: () => number, cell: number): Promise<Buffer> {
  const width = Math.ceil(SCENE.width / cell);
  const height = Math.ceil(SCENE.height / cell);
  const points = Buffer.from(Uint8Array.from({ length: width * height }, () => random() * 256));
  return sharp(points, { raw: { width, height, channels: 1 } })
    .resize(SCENE.width, SCENE.height, { fit: 'fill', kernel: 'cubic' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
}

/** RGB: a sky that fades into textured ground, with shapes of hard edges before it. */
async function scene(seed: number): Promise<Buffer> {
  const random = randomOf(seed);
  const { width, height } = SCENE;
  const hills = await smoothNoise(random, 300);
  const octaves = await Promise.all([64, 24, 9, 4, 2].map((cell) => smoothNoise(random, cell)));
  const weights = [0.24, 0.15, 0.12, 0.1, 0.09];
  const data = Buffer.alloc(width * height * 3);
  const sky = [120, 160, 215];
  const ground = [120 + random() * 40, 110 + random() * 40, 70 + random() * 40];
  for (let at = 0; at < width * height; at++) {
    const hill = (hills[at] ?? 0) / 128 - 1;
    const depth = at / width / height + hill * 0.12 - 0.4;
    let texture = 0;
    for (let octave = 0; octave < weights.length; octave++)
      texture += ((octaves[octave]?.[at] ?? 0) - 128) * (weights[octave] ?? 0);
    const light = texture * (depth < 0 ? 0.05 : 0.5 + Math.abs(hill) * 0.9) + hill * 14;
    for (let channel = 0; channel < 3; channel++) {
      const base = depth < 0 ? (sky[channel] ?? 0) : (ground[channel] ?? 0) - depth * 60;
      data[at * 3 + channel] = Math.max(0, Math.min(255, base + light * (channel === 1 ? 1 : 0.85)));
    }
  }
  for (let shape = 0; shape < SHAPES; shape++) drawShape(data, random);
  return data;
}

/** A leaning bar or a disc in one color, lit from one side. */
function drawShape(data: Buffer, random: () => number): void {
  const { width, height } = SCENE;
  const [centerX, centerY] = [random() * width, height * (0.25 + random() * 0.75)];
  const [long, short] = [20 + random() * 160, 2 + random() * 30];
  const [sine, cosine] = [Math.sin(random() * 3), Math.cos(random() * 3)];
  const isDisc = random() < 0.3;
  const color = [random() * 230, random() * 230, random() * 230];
  for (let y = Math.max(0, centerY - long) | 0; y < Math.min(height, centerY + long); y++) {
    for (let x = Math.max(0, centerX - long) | 0; x < Math.min(width, centerX + long); x++) {
      const along = (x - centerX) * cosine + (y - centerY) * sine;
      const aside = (y - centerY) * cosine - (x - centerX) * sine;
      const inside = isDisc
        ? along * along + aside * aside < short * short * 4
        : Math.abs(along) < long && Math.abs(aside) < short;
      if (!inside) continue;
      const at = (y * width + x) * 3;
      const shade = 0.75 + (0.25 * (along + long)) / (2 * long);
      for (let channel = 0; channel < 3; channel++) data[at + channel] = (color[channel] ?? 0) * shade;
    }
  }
}

/** As many pixels of noise as the sensor has, the same in all three channels but for a little color. */
function addNoise(data: Buffer, seed: number): void {
  const random = randomOf(seed + 1000);
  for (let at = 0; at + 2 < data.length; at += 3) {
    // Three even draws make nearly a bell.
    const luma = (random() + random() + random() - 1.5) * NOISE;
    const tint = (random() - 0.5) * NOISE * 0.5;
    data[at] = Math.max(0, Math.min(255, (data[at] ?? 0) + luma + tint));
    data[at + 1] = Math.max(0, Math.min(255, (data[at + 1] ?? 0) + luma));
    data[at + 2] = Math.max(0, Math.min(255, (data[at + 2] ?? 0) + luma - tint));
  }
}

async function benchPicture({ width, height, seed }: BenchPhoto): Promise<Sharp> {
  const drawn = await sharp(await scene(seed), { raw: { ...SCENE, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  addNoise(drawn, seed);
  return sharp(drawn, { raw: { width, height, channels: 3 } }).blur(BLUR);
}

/** A JPEG as cameras make them: 4:2:0, quality 95, EXIF with a place. */
export async function benchPhoto(photo: BenchPhoto): Promise<Buffer> {
  const { profile, orientation = 1, progressive = false } = photo;
  let picture = await benchPicture(photo);
  if (profile) picture = picture.withIccProfile(profile);
  return picture
    .withExif({
      IFD0: {
        Make: 'Shoebox',
        Model: 'Bench 1',
        Software: '1.0',
        DateTime: '2024:05:17 18:30:12',
        Orientation: String(orientation),
      },
      IFD2: {
        DateTimeOriginal: '2024:05:17 18:30:12',
        OffsetTimeOriginal: '+02:00',
        SubSecTimeOriginal: '417',
        ExposureTime: '1/250',
        FNumber: '18/10',
        ISOSpeedRatings: '64',
        FocalLength: '57/10',
        LensModel: 'Bench 5.7mm f/1.8',
      },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '47/1 22/1 4410/100',
        GPSLongitudeRef: 'E',
        GPSLongitude: '8/1 32/1 2790/100',
      },
    })
    .jpeg({ quality: 95, chromaSubsampling: '4:2:0', optimizeCoding: false, progressive })
    .toBuffer();
}

/** As phones make them, by Debian's heif-enc; undefined where there is none. `folder` is for files in between. */
export async function benchHeic(photo: BenchPhoto, folder: string): Promise<Buffer | undefined> {
  const [from, to] = [join(folder, 'heic.png'), join(folder, 'heic.heic')];
  let picture = await benchPicture(photo);
  if (photo.profile) picture = picture.withIccProfile(photo.profile);
  await picture.png({ compressionLevel: 1 }).toFile(from);
  const { error, status } = spawnSync('heif-enc', ['-q', '60', '-p', 'preset=ultrafast', from, '-o', to], {
    stdio: 'ignore',
  });
  if (error) return undefined;
  if (status !== 0) throw new Error(`heif-enc ended with ${status}`);
  return readFileSync(to);
}
