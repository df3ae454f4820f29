// npm run bench:processor: CPU and memory for the renditions of photos, beside the naive way and the limit of the codecs; then the
// Lambda's cold start and the size of its package. Every figure is a median of runs that take turns, on one core.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALLOCATOR } from '../../infra/allocator.ts';
import { jpeg, photoIdOf } from '../fixtures.ts';
import { dng } from '../raw-builders.ts';
import { coldStarts } from './processor-cold.ts';
import { thumbFile, viewFile } from './processor-files.ts';
import { limitMs, prepareLimit, whyNoLimit, type LimitFiles } from './processor-limit.ts';
import { packageInto } from './processor-package.ts';
import { benchHeic, benchPhoto, type BenchPhoto } from './processor-photos.ts';
import { likeness } from './processor-ssim.ts';
import type { Outcome, Task } from './processor-worker.ts';
import { median, table } from './report.ts';

const ROUNDS = 7;
/** A process that has seen so many photos holds as much as it ever will. */
const PHOTOS_UNTIL_WARM = 4;
const COLD_STARTS = 7;

/** Phones put profiles into their photos, cameras do not. */
const PHOTOS: Readonly<Record<string, BenchPhoto>> = {
  '12 MP (sRGB profile)': { width: 4032, height: 3024, seed: 1, profile: 'srgb' },
  '12 MP (Display P3, turned)': { width: 4032, height: 3024, seed: 2, profile: 'p3', orientation: 6 },
  '24 MP (no profile)': { width: 6000, height: 4000, seed: 3 },
  '48 MP (sRGB profile)': { width: 8064, height: 6048, seed: 4, profile: 'srgb' },
};
const PROGRESSIVE: BenchPhoto = { width: 8064, height: 6048, seed: 4, profile: 'srgb', progressive: true };

const scratch = mkdtempSync(join(tmpdir(), 'shoebox-bench-'));
const packaged = join(scratch, 'package');

/** What ties a process to the last core it may use; nothing where there is no taskset. */
const pin = ((): string[] => {
  const { stdout, error } = spawnSync('taskset', ['-pc', String(process.pid)], { encoding: 'utf8' });
  const core = error ? undefined : /(\d+)\s*$/.exec(stdout)?.[1];
  if (core === undefined)
    console.log('Not tied to one core: taskset not found (on Debian: apt-get install util-linux).');
  return core === undefined ? [] : ['taskset', '-c', core];
})();

type Way = 'ours' | 'naive';

/** A process that does photos one way. */
class Worker {
  readonly #child: ChildProcess;
  constructor(way: Way) {
    const [command = '', ...argv] = [...pin, process.execPath, join(packaged, `${way}.mjs`)];
    this.#child = spawn(command, argv, {
      // Ours as the Lambda runs it, the naive way as Node comes.
      env: { ...process.env, ...(way === 'ours' && ALLOCATOR) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  run(task: Task): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`the worker ended (exit code ${code})`));
      this.#child.once('exit', ended);
      this.#child.once('message', (outcome: Outcome) => {
        this.#child.off('exit', ended);
        resolve(outcome);
      });
      this.#child.send(task);
    });
  }

  end(): void {
    this.#child.disconnect();
  }
}

function stored(name: string, bytes: Buffer): Task {
  const path = join(scratch, name.replaceAll(/\W+/g, '-'));
  writeFileSync(path, bytes);
  return { path, photoId: photoIdOf(bytes) };
}

/** Most that a fresh process holds, Node included, when it has done the photo several times. */
async function peakOf(way: Way, task: Task): Promise<number> {
  const worker = new Worker(way);
  let peak = 0;
  for (let photo = 0; photo < PHOTOS_UNTIL_WARM; photo++) ({ peakMB: peak } = await worker.run(task));
  worker.end();
  return peak;
}

interface Runs {
  ours: Outcome[];
  naive: Outcome[];
  limit: number[];
}

/** Everybody does the same photo in turns, so that whatever else the computer does strikes all alike. */
async function takeTurns(task: Task, limit: LimitFiles | undefined): Promise<Runs> {
  const runs: Runs = { ours: [], naive: [], limit: [] };
  const workers = { ours: new Worker('ours'), naive: new Worker('naive') };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const way of ['ours', 'naive'] as const) {
      const outcome = await workers[way].run({ ...task, into: `${task.path}.${way}` });
      // The first time also loads and compiles.
      if (round > 0) runs[way].push(outcome);
    }
    if (limit && round > 0) runs.limit.push(limitMs(limit, pin));
  }
  for (const worker of Object.values(workers)) worker.end();
  return runs;
}

const cpuOf = (outcomes: readonly Outcome[]): number => median(outcomes.map(({ cpuMs }) => cpuMs));
const megabytes = (path: string): string => `${(statSync(path).size / 1e6).toFixed(1)} MB`;
const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

try {
  const packageBytes = await packageInto(packaged);
  const why = whyNoLimit();
  if (why) console.log(why);

  const rows: (string | number)[][] = [];
  const quality: (string | number)[][] = [];
  const vsNaive: number[] = [];
  const vsLimit: number[] = [];
  const bytes: number[] = [];
  const peaks: number[] = [];
  for (const [name, photo] of Object.entries(PHOTOS)) {
    const task = stored(`${name}.jpg`, await benchPhoto(photo));
    const runs = await takeTurns(task, why ? undefined : await prepareLimit(task.path, task.path));
    const [ours, naive, limit] = [cpuOf(runs.ours), cpuOf(runs.naive), median(runs.limit)];
    const [peak, naivePeak] = [await peakOf('ours', task), await peakOf('naive', task)];
    vsNaive.push(ours / naive);
    if (!why) vsLimit.push(ours / limit);
    peaks.push(peak);
    rows.push([name, megabytes(task.path), ours, naive, why ? '-' : limit, peak, naivePeak]);

    const sizeOf = (way: Way): number => runs[way].at(-1)?.bytes ?? Number.NaN;
    bytes.push(sizeOf('ours') / sizeOf('naive'));
    const alike = async (way: Way, file: (into: string) => string): Promise<string> =>
      (await likeness(file(`${task.path}.${way}`), task.path)).toFixed(4);
    quality.push([
      name,
      sizeOf('ours') / 1000,
      sizeOf('naive') / 1000,
      `${await alike('ours', viewFile)} ${await alike('naive', viewFile)}`,
      `${await alike('ours', thumbFile)} ${await alike('naive', thumbFile)}`,
    ]);
  }

  const alone: Readonly<Record<string, () => Promise<Buffer | undefined>>> = {
    '48 MP, progressive': () => benchPhoto(PROGRESSIVE),
    '12 MP HEIC': () => benchHeic({ width: 4032, height: 3024, seed: 2, profile: 'p3' }, scratch),
    '24 MP raw, by its preview': async () => {
      const size = { width: 6000, height: 4000 };
      return dng({ ...size, large: await benchPhoto({ ...size, seed: 3 }), small: await jpeg() });
    },
  };
  let rssProgressive = Number.NaN;
  for (const [name, build] of Object.entries(alone)) {
    const file = await build();
    if (!file) {
      console.log(`No ${name}: heif-enc not found (on Debian: apt-get install libheif-examples).`);
      continue;
    }
    const task = stored(name, file);
    const runs: Outcome[] = [];
    const worker = new Worker('ours');
    for (let round = 0; round <= ROUNDS; round++) runs.push(await worker.run(task));
    worker.end();
    const peak = await peakOf('ours', task);
    if (name.includes('progressive')) rssProgressive = peak;
    rows.push([name, megabytes(task.path), cpuOf(runs.slice(1)), '-', '-', peak, '-']);
  }

  const small = await jpeg({ width: 640, height: 480 });
  const cold = median(await coldStarts(join(packaged, 'index.mjs'), small, { runs: COLD_STARTS, pin }));

  table(`CPU ms and peak MB for a photo (medians of ${ROUNDS}, one core)`, [
    ['', 'file', 'CPU', 'naive', 'limit', 'MB', 'naive'],
    ...rows,
  ]);
  table('Renditions in kB, and how alike view and thumb are to the photo (SSIM: ours, naive)', [
    ['', 'ours', 'naive', 'view', 'thumb'],
    ...quality,
  ]);
  const figures = {
    cpuVsNaive: rounded(geometricMean(vsNaive), 2),
    cpuVsLimit: why ? null : rounded(geometricMean(vsLimit), 2),
    bytesVsNaive: rounded(geometricMean(bytes), 3),
    rssMB: rounded(Math.max(...peaks), 0),
    rssProgressive48MB: rounded(rssProgressive, 0),
    coldStartMs: rounded(cold, 0),
    packageMB: rounded(packageBytes / 1e6, 1),
  };
  table('The processor', [
    ['CPU, naive way = 1', String(figures.cpuVsNaive), 'aim: 0.40'],
    ['CPU, limit of the codecs = 1', String(figures.cpuVsLimit), 'aim: 1.35'],
    ['bytes, naive way = 1', String(figures.bytesVsNaive), 'aim: 1.05'],
    ['most memory, warm', `${figures.rssMB} MB`, 'aim: 300 MB'],
    ['of a progressive photo of 48 MP', `${figures.rssProgressive48MB} MB`, 'aim: 450 MB'],
    ['from import to the end of the first event', `${figures.coldStartMs} ms`, 'aim: 400 ms'],
    ['package without sharp', `${figures.packageMB} MB`, 'aim: 25 MB'],
  ]);
  console.log(JSON.stringify({ bench: 'processor', figures }));
} finally {
  rmSync(scratch, { recursive: true });
}
