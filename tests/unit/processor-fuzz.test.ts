// Thousands of broken photos, the same ones each time: none may crash the processor, hang it, or make it swell.
import { expect, test } from 'vitest';
import { fuzz } from '../fuzz/fuzz.ts';

const SECONDS = 60;
/** Of some thousand photos: about ten are seen, which an allocator keeps for itself; a leak of 100 kB in each would be more. */
const MEGABYTES = 250;

test(
  'no broken photo crashes the processor, hangs it, makes it swell, or ends as anything but a row',
  { timeout: SECONDS * 4000 },
  async () => {
    const { problems, mutants, outcomes, grown } = await fuzz({ seed: 1, seconds: SECONDS });
    expect(problems).toEqual([]);
    expect(mutants).toBeGreaterThan(50);
    // Both kinds were met: otherwise the mutants are all too broken, or not at all.
    expect(outcomes['ready']).toBeGreaterThan(0);
    expect(outcomes['damaged']).toBeGreaterThan(0);
    expect(grown).toBeLessThan(MEGABYTES);
  },
);
