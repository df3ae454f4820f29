// Does one file in a process of its own, and tells what became of it and what it took: `survivor.ts FILE`.
import { readFileSync } from 'node:fs';
import { measure } from '../processor/measure.ts';
import { jpeg, photoIdOf } from './fixtures.ts';
import { originalOf } from './memory-stores.ts';
import { peakMB } from './peak.ts';

export interface Survived {
  status: 'ready' | 'failed';
  code?: string;
  sentence?: string;
  note?: string;
  width: number;
  height: number;
  hasRenditions: boolean;
  /** Most that the process held beyond what it held after an ordinary photo. */
  grownMB: number;
  cpuSeconds: number;
}

const outcomeOf = (bytes: Buffer) =>
  measure(photoIdOf(bytes), originalOf(bytes), { now: Date.parse('2026-01-02T00:00:00Z'), warn: () => {} });

await outcomeOf(await jpeg({ width: 3000, height: 2000 }));
const bytes = readFileSync(process.argv[2] ?? '');
const before = peakMB();
const begin = process.cpuUsage();
const { measured, renditions } = await outcomeOf(bytes);
const { user, system } = process.cpuUsage(begin);
const survived: Survived = {
  status: measured.status,
  code: measured.failure?.code,
  sentence: measured.failure?.sentence,
  note: measured.note,
  width: measured.width,
  height: measured.height,
  hasRenditions: renditions !== undefined,
  grownMB: peakMB() - before,
  cpuSeconds: (user + system) / 1e6,
};
process.send?.(survived);
process.disconnect();
