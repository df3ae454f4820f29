// npm run bench:start: seconds from `npm start` to a served page, in a copy of this folder: first with nothing built, then again.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../infra/local/synth.ts';
import { median, result, round, table } from './report.ts';

const RUNS = 3;
/** Made by the project, or not its own: a fresh clone has none of it. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'cdk.out', '.shoebox', '.git', 'test-results']);

function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shoebox-start-'));
  for (const name of readdirSync(ROOT)) {
    if (!LEFT_OUT.has(name)) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Starts, waits until the page is served, stops. */
async function secondsToStart(folder: string): Promise<number> {
  const begin = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: folder,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, to be stopped as a whole, as by Ctrl-C.
    detached: true,
  });
  let output = '';
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    const address = await new Promise<string>((resolve, reject) => {
      const hear = (text: Buffer) => {
        output += text.toString();
        const found = /Shoebox is ready: (\S+)/.exec(output)?.[1];
        if (found) resolve(found);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      void closed.then(() => reject(new Error(`npm start ended:\n${output}`)));
    });
    const page = await fetch(address);
    if (!(await page.text()).includes('id="app"')) throw new Error(`${address} is not the page.`);
    return (performance.now() - begin) / 1000;
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
    await closed;
  }
}

const cold: number[] = [];
const warm: number[] = [];
for (let index = 0; index < RUNS; index++) {
  const folder = copy();
  try {
    cold.push(await secondsToStart(folder));
    warm.push(await secondsToStart(folder));
  } finally {
    rmSync(folder, { recursive: true, maxRetries: 3 });
  }
}

const figures = { coldSeconds: round(median(cold)), warmSeconds: round(median(warm)) };
table(`Seconds from npm start to a served page (median of ${RUNS})`, [
  ['cold: page and template are built', figures.coldSeconds, `of ${cold.map(round).join(', ')}`, 'aim: 15'],
  ['warm: both are there', figures.warmSeconds, `of ${warm.map(round).join(', ')}`, 'aim: 5'],
]);
result('start', figures);
