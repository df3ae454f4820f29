// npm run bench:upload [-- --gigabytes N] [-- --only overhead|memory|many|resume]: what the page adds to an upload, what memory it takes
// meanwhile, how it takes 50,000 files at once, and what is sent again after the browser was killed. On the production build, against the
// local cloud. Of the 20 GB that the page should bear, 4 are uploaded if nothing else is said: 20 take their time. The processor, which
// would take the same two cores, waits, but for the last.
import { parseArgs } from 'node:util';
import { canMeasure } from './page-memory.ts';
import { median, result, round, table } from './report.ts';
import { many } from './upload-many.ts';
import { memory } from './upload-memory.ts';
import { overhead } from './upload-overhead.ts';
import { resentShare } from './upload-resume.ts';

const PHOTOS = 200;
const BYTES = 8e6;
const FILES = 50_000;
const ROUNDS = 3;

const { values } = parseArgs({ options: { gigabytes: { type: 'string' }, only: { type: 'string' } } });
const gigabytes = Number(values.gigabytes ?? 4);
if (!(gigabytes >= 4)) throw new RangeError('--gigabytes takes a number from 4 on');

const all = (times: readonly number[], digits = 1): string =>
  `of ${times.map((time) => time.toFixed(digits)).join(', ')}`;

const parts: Record<string, () => Promise<Record<string, number>>> = {
  async overhead() {
    const { page, loop, lanes } = await overhead(PHOTOS, BYTES, ROUNDS);
    const ratios = page.map((seconds, i) => seconds / (loop[i] ?? Number.NaN));
    table(`${PHOTOS} photos of ${BYTES / 1e6} MB until all are stored (medians of ${ROUNDS})`, [
      ['by the page, seconds', median(page), all(page)],
      [`by a bare loop of PutObjectCommand, ${Math.max(...lanes)} at once`, median(loop), all(loop)],
      ['the one beside the other', median(ratios).toFixed(2), all(ratios, 2), 'aim: 1.15'],
    ]);
    return { overheadRatio: Number(median(ratios).toFixed(3)) };
  },
  async memory() {
    const found = await memory(gigabytes);
    table(`Memory of the page and its workers while ${gigabytes} GB are uploaded, MB`, [
      ['before', found.before],
      ['the most', found.peak, 'aim: 300'],
      ['in the first fifth of the time', found.first],
      ['in the last', found.last],
      ["more in the browser's main process, at most", found.browser],
      ['seconds', found.seconds],
    ]);
    return { memoryMB: round(found.peak) };
  },
  async many() {
    const { queue, listed, longest, heap } = await many(FILES, ROUNDS);
    table(`${FILES} files dropped in a folder (medians of ${ROUNDS})`, [
      ['until the card is there and answers, seconds', median(queue), all(queue), 'aim: 3'],
      ['until all are in the list, seconds', median(listed), all(listed)],
      ['longest task, ms', median(longest), all(longest), 'aim: 50'],
      ['JavaScript heap then, MB', median(heap), all(heap)],
    ]);
    return { queueSeconds: round(median(queue)), longestTaskMs: Math.round(median(longest)) };
  },
  async resume() {
    const shares: number[] = [];
    for (let i = 0; i < ROUNDS; i++) shares.push(await resentShare(PHOTOS, BYTES));
    table(`The browser killed after half of ${PHOTOS} photos (median of ${ROUNDS})`, [
      ['bytes sent again, share of all', median(shares).toFixed(3), all(shares, 3), 'aim: 0.02'],
    ]);
    return { resentShare: Number(median(shares).toFixed(3)) };
  },
};

const figures: Record<string, number> = {};
for (const [name, measure] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  if (name === 'memory' && !canMeasure)
    console.log('The memory of pages can only be told where there is a /proc.');
  else Object.assign(figures, await measure());
}
result('upload', figures);
