// npm run bench:adopt: photos per minute that `npm run adopt` takes in, from a folder of 10,000 small ones, with a local cloud in a process
// of its own. Its processor waits meanwhile, as Lambda works elsewhere. (`-- --photos 1000` for fewer.)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../infra/local/synth.ts';
import { originalPrefix } from '../../src/schema/keys.ts';
import { startChild } from '../cloud/cloud-child.ts';
import { member } from '../cloud/people.ts';
import { jpeg } from '../fixtures.ts';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { kilobytes, result, round, table } from './report.ts';

const { values } = parseArgs({ options: { photos: { type: 'string', default: '10000' } } });
const COUNT = Number(values.photos);
const A_FOLDER = 500;

const directory = await mkdtemp(join(tmpdir(), 'shoebox-bench-'));
const folder = join(directory, 'Pictures');
const picture = await jpeg({ width: 320, height: 240, seed: 1 });
for (let n = 0; n < COUNT; n++) {
  const inside = join(folder, String(Math.floor(n / A_FOLDER)));
  if (n % A_FOLDER === 0) await mkdir(inside, { recursive: true });
  // A comment of its own in each: other bytes, and still a photo.
  const comment = Buffer.from([0xff, 0xfe, 0, 6, n >>> 24, n >>> 16, n >>> 8, n]);
  const bytes = Buffer.concat([picture.subarray(0, 2), comment, picture.subarray(2)]);
  await writeFile(join(inside, `IMG_${n}.jpg`), bytes);
}

const { cloud, kill } = await startChild({ directory: join(directory, 'cloud'), processor: false });
try {
  const { identityId, s3 } = await member(cloud, { email: 'ada@example.com' });
  const adopt = async () => {
    const begin = performance.now();
    const program = ['--import', 'tsx', 'infra/adopt.ts', folder, '--owner', identityId, '--no-wait'];
    const options = ['--local', '--data', join(directory, 'cloud')];
    const child = spawn(process.execPath, [...program, ...options], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`npm run adopt ended with ${code}`);
    return (performance.now() - begin) / 1000;
  };
  const seconds = await adopt();
  const again = await adopt();
  let stored = 0;
  for (let ContinuationToken: string | undefined, more = true; more;) {
    const page: { KeyCount?: number; NextContinuationToken?: string } = await s3.originals.send(
      new ListObjectsV2Command({
        Bucket: cloud.config.originalsBucket,
        Prefix: originalPrefix(identityId),
        ContinuationToken,
      }),
    );
    stored += page.KeyCount ?? 0;
    ContinuationToken = page.NextContinuationToken;
    more = ContinuationToken !== undefined;
  }
  if (stored !== COUNT) throw new Error(`${stored} of ${COUNT} photos are there`);
  const photosPerMinute = Math.round((60 * COUNT) / seconds);
  table(`npm run adopt, ${COUNT.toLocaleString('en-US')} photos of ${kilobytes(picture.length)} kB`, [
    ['photos per minute', String(photosPerMinute), `in ${round(seconds)} s`],
    ['the same again, when all are there', String(Math.round((60 * COUNT) / again)), `in ${round(again)} s`],
  ]);
  result('adopt', { photosPerMinute });
} finally {
  await kill();
  await rm(directory, { recursive: true, force: true });
}
