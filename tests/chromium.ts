// The Chromium that e2e tests and benches drive: the one of this machine, or, where that may be done, one installed for it.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

/** No sandbox: containers rarely let one be made, and only pages of this repository are opened. Nothing may call home. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not to be run: the next candidate, then.
    return false;
  }
}

function found(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, chromium.executablePath()].find(executable);
}

/** Debian's and Ubuntu's packages, for root only, which is what a CI container runs as. */
function install(): void {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) return;
  console.log('Installing Chromium ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const arguments_ of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    spawnSync('apt-get', arguments_, { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
}

/** Path of a Chromium; throws a sentence that says what to do when there is none. */
export function findChromium(): string {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (executable(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which cannot be run.`);
  }
  const here = found();
  if (here) return here;
  install();
  const installed = found();
  if (installed) return installed;
  throw new Error('The tests need Chromium. Install it, or name one in CHROMIUM_PATH.');
}
