// Runs the fuzzing process and watches it from outside: whether it crashes, hangs, swells, or says that something is wrong.
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Report } from './child.ts';

export interface Findings {
  /** Each in a sentence that names the file to try again with. */
  problems: string[];
  mutants: number;
  /** By failure code, note, or `ready`. */
  outcomes: Record<string, number>;
  /** Megabytes that the process holds after all mutants beyond what it held before. */
  grown: number;
}

/** Lambda gives a photo 120 seconds, all in all; the small ones tried here must not come near. */
const HANG_MILLISECONDS = 60_000;
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The allocator gives back what it can: what the process still holds is lost, not kept for the next photo. */
const MISERLY = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1000000' };

/** Breaks photos in ways that `seed` decides, for so many seconds; each run with the same seed goes the same way. */
export function fuzz({ seed, seconds }: { seed: number; seconds: number }): Promise<Findings> {
  const findings: Findings = { problems: [], mutants: 0, outcomes: {}, grown: 0 };
  const child = fork(join(import.meta.dirname, 'child.ts'), [String(seed), String(seconds)], {
    execArgv: ['--import', TSX, '--expose-gc'],
    env: { ...process.env, ...MISERLY },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    let last: Extract<Report, { begin: number }> | undefined;
    let finished = false;
    const problem = (what: string): void => {
      const file = last && keep(seed, last);
      findings.problems.push(file ? `${last?.sample}, mutant ${last?.begin}: ${what} (${file})` : what);
    };
    const watch = setInterval(() => {
      problem(`still not done after ${HANG_MILLISECONDS / 1000} seconds`);
      child.kill('SIGKILL');
    }, HANG_MILLISECONDS);
    child.on('message', (report: Report) => {
      watch.refresh();
      if ('begin' in report) last = report;
      else if ('wrong' in report) problem(report.wrong);
      else if ('done' in report) {
        finished = true;
        Object.assign(findings, report);
      }
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      if (!finished && signal !== 'SIGKILL') problem(`the process ended with ${signal ?? `code ${code}`}`);
      else if (!finished && findings.problems.length === 0) problem('the process was killed');
      resolve(findings);
    });
  });
}

/** The mutant as a file, for whoever is to find out what is wrong with it. */
function keep(
  seed: number,
  { begin, sample, mutant }: { begin: number; sample: string; mutant: string },
): string {
  const folder = join(tmpdir(), 'shoebox-fuzz');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${seed}-${begin}-${sample.replaceAll(/\W+/g, '-')}`);
  writeFileSync(file, Buffer.from(mutant, 'base64'));
  return file;
}
