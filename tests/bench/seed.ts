// npm run seed -- --photos N [--data folder]: a made-up library for Ada in the local cloud, while that is stopped.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../infra/local/synth.ts';
import { seed } from './seeding.ts';

const { values } = parseArgs({ options: { photos: { type: 'string' }, data: { type: 'string' } } });
const count = Number(values.photos ?? 10_000);
if (!Number.isInteger(count) || count < 1) throw new RangeError('--photos takes a number');
const begin = performance.now();
await seed(values.data ?? join(ROOT, '.shoebox'), count);
const seconds = ((performance.now() - begin) / 1000).toFixed(0);
console.log(
  `Ada Berger has a library of ${count} made-up photos (${seconds} s). Start Shoebox and sign in as her.`,
);
