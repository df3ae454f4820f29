// `npm run fuzz -- --minutes 60 --seed 7`: the fuzz test of the processor, for as long as one likes.
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const seconds = Number(values.minutes) * 60;
if (!(seconds > 0) || !Number.isSafeInteger(seed)) {
  console.error('Usage: npm run fuzz -- [--minutes 10] [--seed 7]');
  process.exit(1);
}
console.log(`Breaking photos for ${values.minutes} minutes, seed ${seed} ...`);
const { problems, mutants, outcomes, grown } = await fuzz({ seed, seconds });
for (const problem of problems) console.error(problem);
console.log(`${mutants} broken photos, ${problems.length} problems, ${grown.toFixed(0)} MB more in memory`);
console.log(outcomes);
process.exitCode = problems.length > 0 ? 1 : 0;
