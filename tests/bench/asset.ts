// npm run bench:asset: the processor's deployment asset, built as for a deployment but for this machine's kind of processor: how large it
// is, and how long it takes from nothing to the end of its first photo, run as it is.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { startCloud } from '../../infra/local/cloud.ts';
import { jpeg } from '../fixtures.ts';
import { buildAsset, THIS_CPU } from './asset-build.ts';
import { coldStarts } from './processor-cold.ts';
import { median, result, round, table } from './report.ts';

const COLD_STARTS = 7;
/** Lambda's own limit of what is unpacked. */
const MOST_MEGABYTES = 250;

const scratch = mkdtempSync(join(tmpdir(), 'shoebox-asset-'));
try {
  const asset = buildAsset(scratch, THIS_CPU);
  const files = readdirSync(asset, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const megabytes = round(files.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6);
  // As zip does, each by itself; at its fastest, which comes out about as large.
  const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } };
  const packed = files.reduce((sum, file) => sum + brotliCompressSync(readFileSync(file), fast).length, 0);

  const cloud = await startCloud({ directory: join(scratch, 'cloud'), processor: false });
  const { environment } = cloud.stack.processor;
  await cloud.close();
  const photo = await jpeg({ width: 4032, height: 3024, seed: 1 });
  const pin = spawnSync('taskset', ['-p', String(process.pid)]).error ? [] : ['taskset', '-c', '0'];
  const times = await coldStarts(join(asset, 'index.mjs'), photo, { runs: COLD_STARTS, pin, environment });
  const coldStartMs = round(median(times));

  table(`The processor's deployment asset, for ${THIS_CPU}`, [
    ['unpacked, MB', megabytes, `${MOST_MEGABYTES} are allowed`],
    ['packed, MB, about', round(packed / 1e6), ''],
    ['files', String(files.length), ''],
    [
      'cold start until the first photo of 12 MP is done, ms',
      coldStartMs,
      `of ${times.map(round).join(', ')}`,
    ],
  ]);
  result('asset', { megabytes, coldStartMs });
} finally {
  rmSync(scratch, { recursive: true });
}
