// `npm test`: vitest, then Playwright in a real Chromium. What they say is passed on as they say it; the last line is the sum.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findChromium } from './chromium.ts';
import {
  failuresOfVitest,
  summaryLine,
  sumOf,
  tallyOfPlaywright,
  tallyOfVitest,
  type Tally,
} from './tally.ts';

const ROOT = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const binary = (name: string, file: string) => join(dirname(require.resolve(`${name}/package.json`)), file);

/** Runs one of the runners to its end and reads its report. */
async function run(
  name: string,
  argv: readonly string[],
  environment: () => Record<string, string>,
  report: string,
  read: (report: unknown) => Tally,
): Promise<Tally> {
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(process.execPath, argv, {
        cwd: ROOT,
        env: { ...process.env, ...environment() },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (!existsSync(report)) throw new Error(`${name} ended without a report (exit code ${code}).`);
    const tally = read(JSON.parse(readFileSync(report, 'utf8')));
    if (tally.passed + tally.failed === 0) throw new Error(`${name} ran no tests.`);
    if (code !== 0 && tally.failed === 0) {
      throw new Error(`${name} failed outside of its tests (exit code ${code}).`);
    }
    return tally;
  } catch (error) {
    // Counted as a failure: a runner that did not do its work must not look like success.
    console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'shoebox-tests-'));
const vitestReport = join(scratch, 'vitest.json');
const playwrightReport = join(scratch, 'playwright.json');
try {
  const tallies = [
    await run(
      'vitest',
      [
        binary('vitest', 'vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${vitestReport}`,
      ],
      () => ({}),
      vitestReport,
      tallyOfVitest,
    ),
    await run(
      'Playwright',
      [
        binary('@playwright/test', 'cli.js'),
        'test',
        '--config=tests/e2e/playwright.config.ts',
        '--reporter=list,json',
      ],
      () => ({ CHROMIUM_PATH: findChromium(), PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport }),
      playwrightReport,
      tallyOfPlaywright,
    ),
  ];
  const sum = sumOf(tallies);
  // Playwright says its own at the end anyway; vitest's are far up by now.
  if (existsSync(vitestReport)) {
    for (const failure of failuresOfVitest(JSON.parse(readFileSync(vitestReport, 'utf8')))) {
      console.log(`\nFailed: ${failure}`);
    }
  }
  process.exitCode = sum.failed > 0 ? 1 : 0;
  console.log(`\n${summaryLine(sum)}`);
} finally {
  rmSync(scratch, { recursive: true });
}
