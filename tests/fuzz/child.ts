// Feeds mutants to the processor, one after the other, in a process that may crash, hang or swell without harm to anybody.
import { measure } from '../../processor/measure.ts';
import { hasRenditions, parsePhotoRow } from '../../src/schema/photo.ts';
import { identity, photoIdOf } from '../fixtures.ts';
import { mutate, randomOf } from './mutate.ts';
import { samples } from './samples.ts';

/** DynamoDB takes no more in one item: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_ITEM_BYTES = 400_000;
const UPLOADED = '2026-01-01T00:00:00.000Z';

export type Report =
  | { begin: number; sample: string; mutant: string }
  | { end: number; code: string }
  | { wrong: string }
  | { done: true; mutants: number; warm: number; grown: number; outcomes: Record<string, number> };

const report = (message: Report): void => {
  process.send?.(message);
};

/** What became of a file; throws when it is not a row such as the page can read. */
async function outcomeOf(bytes: Buffer): Promise<string> {
  const photoId = photoIdOf(bytes);
  const { measured, renditions } = await measure(
    photoId,
    {
      version: '1',
      bytes: bytes.length,
      uploadedAt: UPLOADED,
      metadata: { name: 'fuzz' },
      body: (async function* () {
        yield bytes;
      })(),
      read: async (start, length) => bytes.subarray(start, start + length),
    },
    { now: Date.parse('2026-01-02T00:00:00Z'), warn: () => {} },
  );
  const row = parsePhotoRow({ owner: identity(), photoId, changedAt: UPLOADED, ...measured });
  if (!row || !('status' in row)) throw new Error(`no row: ${JSON.stringify(measured)}`);
  if (JSON.stringify(measured).length > MAX_ITEM_BYTES / 4) throw new Error('the row is too large');
  if ((renditions !== undefined) !== hasRenditions(row)) throw new Error(`${row.type} is ${row.status}`);
  if (row.status === 'ready') return row.note ?? 'ready';
  if (!row.failure?.sentence) throw new Error('a failure without a sentence');
  return row.failure.code;
}

async function memoryAfter(wholes: readonly Buffer[]): Promise<number> {
  for (const whole of wholes) await outcomeOf(whole);
  globalThis.gc?.();
  return process.memoryUsage.rss() / 1e6;
}

async function run(seed: number, seconds: number): Promise<void> {
  const wholes = await samples();
  const names = Object.keys(wholes);
  const contents = Object.values(wholes);
  for (const [name, whole] of Object.entries(wholes)) {
    const outcome = await outcomeOf(whole);
    if (outcome !== 'ready' && outcome !== 'preview')
      report({ wrong: `the whole ${name} came out as ${outcome}` });
  }
  const warm = await memoryAfter(contents);
  const outcomes: Record<string, number> = {};
  const until = performance.now() + seconds * 1000;
  let number = 0;
  for (; performance.now() < until; number++) {
    const random = randomOf(seed * 1_000_003 + number);
    const sample = number % names.length;
    const whole = contents[sample] ?? Buffer.alloc(0);
    const other = contents[Math.floor(random() * contents.length)] ?? whole;
    const mutant = mutate(whole, random, other);
    report({ begin: number, sample: names[sample] ?? '', mutant: mutant.toString('base64') });
    try {
      const code = await outcomeOf(mutant);
      outcomes[code] = (outcomes[code] ?? 0) + 1;
      report({ end: number, code });
    } catch (error) {
      report({ wrong: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  const grown = (await memoryAfter(contents)) - warm;
  report({ done: true, mutants: number, warm, grown, outcomes });
}

if (!globalThis.gc) throw new Error('this process needs --expose-gc');
await run(Number(process.argv[2]), Number(process.argv[3]));
process.disconnect();
