// npm run bench:flow: 100 photos of 12 megapixels dropped at once, until all of them are ready in the page.
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { result, round, table } from './report.ts';
import { allSafe, drop, onStage, signIn } from './visit.ts';

const COUNT = 100;
const [WIDTH, HEIGHT] = [4000, 3000];
const SPARE = 2 * COUNT;

/** Noise of several sizes on top of each other: large soft areas, edges and grain, as a camera's picture has. */
async function scene(): Promise<Buffer> {
  const width = WIDTH + SPARE;
  const height = HEIGHT + SPARE;
  const noise = (scale: number, sigma: number) =>
    sharp({
      create: {
        width: Math.ceil(width / scale),
        height: Math.ceil(height / scale),
        channels: 3,
        background: '#808080',
        noise: { type: 'gaussian', mean: 128, sigma },
      },
    })
      .resize(width, height, { fit: 'fill' })
      .png({ compressionLevel: 1 })
      .toBuffer();
  const [areas, shapes, edges, grain] = await Promise.all([
    noise(600, 70),
    noise(90, 50),
    noise(12, 25),
    noise(1.5, 5),
  ]);
  const layers = [shapes, edges, grain].map((input) => ({ input, blend: 'hard-light' as const }));
  return sharp(areas).composite(layers).removeAlpha().raw().toBuffer();
}

/** Each photo is another part of the scene in another light, so that none is like another. */
function photoOf(pixels: Buffer, index: number): Promise<Buffer> {
  const light = 0.8 + 0.4 * (index / COUNT);
  const second = String(index % 60).padStart(2, '0');
  const minute = String(Math.floor(index / 60)).padStart(2, '0');
  return sharp(pixels, { raw: { width: WIDTH + SPARE, height: HEIGHT + SPARE, channels: 3 } })
    .extract({ left: 2 * index, top: SPARE - 2 * index, width: WIDTH, height: HEIGHT })
    .linear([light, 1, 1.6 - light], [0, 0, 0])
    .withExifMerge({ IFD2: { DateTimeOriginal: `2024:05:04 12:${minute}:${second}` } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Seconds of CPU that the processor's processes, which are our children, have used so far. */
function processorSeconds(): number {
  const lines = execFileSync('ps', ['-A', '-o', 'ppid=,time=,args='], { encoding: 'utf8' }).split('\n');
  return lines.reduce((sum, line) => {
    const [, parent, time = '', command = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (Number(parent) !== process.pid || !command.includes('lambda-child')) return sum;
    const [days, clock = ''] = time.includes('-') ? time.split('-') : ['0', time];
    return sum + clock.split(':').reduce((total, part) => total * 60 + Number(part), Number(days) * 24);
  }, 0);
}

await onStage(async ({ browser, cloud, directory }) => {
  console.log(`Making ${COUNT} photos ...`);
  const pixels = await scene();
  const files: string[] = [];
  let bytes = 0;
  for (let index = 0; index < COUNT; index++) {
    const path = join(directory, `photo-${index}.jpg`);
    const photo = await photoOf(pixels, index);
    bytes += photo.length;
    await writeFile(path, photo);
    files.push(path);
  }

  const page = await browser.newPage({ baseURL: cloud.urls.site });
  await signIn(page);
  await page.getByRole('button', { name: 'Choose photos' }).waitFor();
  const cpuBefore = processorSeconds();
  const begin = performance.now();
  await drop(page, files);
  await allSafe(page, COUNT, 15 * 60_000);
  const seconds = (performance.now() - begin) / 1000;
  const cpu = processorSeconds() - cpuBefore;

  const cores = availableParallelism();
  const photosPerMinute = round((COUNT * 60) / seconds);
  table(`${COUNT} photos of 12 MP (${round(bytes / COUNT / 1e6)} MB each), from the drop to all ready`, [
    ['seconds', seconds],
    ['photos per minute', photosPerMinute],
    ['CPU seconds of the processor', cpu],
    [`% of ${cores} cores that the processor had`, (100 * cpu) / (seconds * cores)],
  ]);
  result('flow', { photosPerMinute });
});
