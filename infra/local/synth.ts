// The template the local cloud is built from: the CDK app, synthesised in a process of its own (it is slow and large) and kept
// until one of its sources changes. The page's production build is kept in the same way.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Fields } from '../../src/schema/parse.ts';
import type { Template } from './template-values.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** The answer of a command that failed, in its own words. */
export class CommandError extends Error {
  readonly output: string;
  constructor(what: string, output: string) {
    super(`${what} failed:\n${output.trim()}`);
    this.name = 'CommandError';
    this.output = output;
  }
}

/** All files below a folder (or the one file), in a stable order. */
function filesOf(path: string): string[] {
  const absolute = join(ROOT, path);
  if (!existsSync(absolute)) return [];
  if (statSync(absolute).isFile()) return [path];
  return readdirSync(absolute, { withFileTypes: true })
    .flatMap((entry) => filesOf(join(path, entry.name)))
    .sort();
}

/** One hash over names and contents. */
function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex').slice(0, 32);
}

/** Runs a program of ours; rejects with its output when it fails. */
function run(what: string, argv: readonly string[], environment: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new CommandError(what, output))));
  });
}

/** Where templates and the build's stamp are kept, unless the caller has a data directory of its own. */
const CACHE = join(ROOT, '.shoebox/cache');

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The template of the sources as they are now; tests may have other settings in it, and keep it in a place of its own. */
export async function synthesise(cache = CACHE, other: Fields = {}): Promise<Template> {
  const sources = readdirSync(join(ROOT, 'infra'))
    .filter((name) => /\.(?:ts|json)$/.test(name))
    .map((name) => join('infra', name));
  const hash = hashOf([...sources, ...filesOf('src/schema'), 'package-lock.json']);
  const file = join(cache, `template-${hash}.json`);
  if (!existsSync(file)) {
    mkdirSync(cache, { recursive: true });
    // Renamed into place, so that a start that was broken off leaves no half template behind.
    const temporary = `${file}.${process.pid}`;
    await run('Synthesising the CDK app', [
      '--import',
      TSX,
      'infra/synth.ts',
      '--template',
      temporary,
      '--with',
      JSON.stringify(other),
    ]);
    renameSync(temporary, file);
    const old = readdirSync(cache).filter((name) => /^template-[0-9a-f]{32}\.json$/.test(name));
    for (const name of old) if (join(cache, name) !== file) rmSync(join(cache, name), { force: true });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Template;
}

/** Builds the page into `dist/` unless it is the build of the sources as they are now. Gives the folder. */
export async function buildPage(cache = CACHE): Promise<string> {
  const dist = join(ROOT, 'dist');
  // Outside the folder, where it would be served; of sources and build, so that another build is not taken for ours.
  const stamp = join(cache, 'page');
  const sources = [
    'index.html',
    'link.html',
    ...filesOf('src'),
    ...filesOf('public'),
    'vite.config.ts',
    'package-lock.json',
  ];
  const hash = hashOf(sources);
  const state = () => `${hash} ${hashOf(filesOf('dist'))}`;
  const isBuilt = existsSync(join(dist, 'index.html')) && existsSync(stamp);
  if (!isBuilt || readFileSync(stamp, 'utf8') !== state()) {
    const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
    await run('Building the page', [vite, 'build', '--logLevel', 'warn'], { NODE_ENV: 'production' });
    mkdirSync(cache, { recursive: true });
    writeFileSync(stamp, state());
  }
  return dist;
}
