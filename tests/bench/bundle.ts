// npm run bench:bundle: the JavaScript a visit loads until it shows something, as Chromium asks for it, in Brotli at its best.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Page } from '@playwright/test';
import { buildPage, ROOT } from '../../infra/local/synth.ts';
import { jpeg } from '../fixtures.ts';
import { kilobytes, result, table } from './report.ts';
import { allSafe, drop, onStage, signIn } from './visit.ts';

/** Which request falls before a paint is a matter of milliseconds: the worst of several visits counts. */
const VISITS = 3;

const dist = await buildPage();
const scriptsIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));

const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
const sizes = new Map(
  scriptsIn(dist).map((path) => [
    path,
    brotliCompressSync(readFileSync(join(dist, path)), { params }).length,
  ]),
);
const sizeOf = (paths: Iterable<string>): number =>
  [...paths].reduce((sum, path) => {
    const size = sizes.get(path);
    if (size === undefined) throw new Error(`${path} is not a script of the build.`);
    return sum + size;
  }, 0);

/** Builds once more with source maps; gives the scripts in which there is code of the AWS SDK, however little. */
function scriptsWithSdk(folder: string): Set<string> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  const argv = ['build', '--logLevel', 'warn', '--sourcemap', 'hidden', '--outDir', folder, '--emptyOutDir'];
  execFileSync(process.execPath, [vite, ...argv], { cwd: ROOT, stdio: 'inherit' });
  // The bundler's own runtime has no sources, and the worker's script is built apart.
  const mapped = [...sizes.keys()].filter(
    (path) => path.startsWith('assets') && !/rolldown-runtime|worker/.test(path),
  );
  return new Set(
    mapped.filter((path) => {
      const map = readFileSync(join(folder, `${path}.map`), 'utf8');
      const { sources } = JSON.parse(map) as { sources: string[] };
      return sources.some((source) => /node_modules\/@(?:aws-sdk|smithy|aws-crypto)\//.test(source));
    }),
  );
}

const pathOf = (url: string): string => new URL(url).pathname.slice(1);

/** Opens the page; gives the scripts it had asked for when what `selector` finds was painted (a picture: had loaded). */
async function scriptsUntilPainted(page: Page, selector: string): Promise<Set<string>> {
  await page.goto('/', { waitUntil: 'commit' });
  const urls = await page.evaluate(async (wanted) => {
    for (;;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const found = document.querySelector(wanted);
      if (found && (!(found instanceof HTMLImageElement) || found.naturalWidth > 0)) break;
    }
    const painted = performance.now();
    return performance
      .getEntriesByType('resource')
      .filter((entry) => entry.startTime <= painted)
      .map((entry) => entry.name);
  }, selector);
  return new Set(urls.map(pathOf).filter((path) => path.endsWith('.js')));
}

async function worst(visit: () => Promise<Set<string>>): Promise<Set<string>> {
  let most = new Set<string>();
  for (let index = 0; index < VISITS; index++) {
    const scripts = await visit();
    if (sizeOf(scripts) > sizeOf(most)) most = scripts;
  }
  return most;
}

await onStage(async ({ browser, cloud, directory }) => {
  const sdk = scriptsWithSdk(join(directory, 'mapped'));
  const newContext = () => browser.newContext({ baseURL: cloud.urls.site, serviceWorkers: 'block' });

  const signInScripts = await worst(async () => {
    const context = await newContext();
    const scripts = await scriptsUntilPainted(await context.newPage(), 'main h1');
    await context.close();
    return scripts;
  });

  // A first visit fills the replica, and shows what an upload asks for beyond what any visit does.
  const context = await newContext();
  const page = await context.newPage();
  const asked = new Set<string>();
  page.on('request', (request) => {
    const path = pathOf(request.url());
    if (path.endsWith('.js')) asked.add(path);
  });
  await signIn(page);
  await page.getByRole('button', { name: 'Choose photos' }).waitFor();
  await page.waitForLoadState('networkidle');
  const visit = new Set(asked);
  const files = await Promise.all(
    [1, 2, 3].map(async (seed) => {
      const path = join(directory, `${seed}.jpg`);
      await writeFile(path, await jpeg({ width: 600, height: 400, seed }));
      return path;
    }),
  );
  await drop(page, files);
  await allSafe(page, files.length);
  const uploadScripts = [...asked].filter((path) => !visit.has(path));

  const thumbnailScripts = await worst(async () => {
    const again = await context.newPage();
    const scripts = await scriptsUntilPainted(again, '.tile img');
    await again.close();
    return scripts;
  });

  const early = [...thumbnailScripts].filter((path) => sdk.has(path));
  const row = (what: string, scripts: Iterable<string>, aim: string) => {
    const list = [...scripts];
    return [what, kilobytes(sizeOf(list)), `${list.length} files`, aim];
  };
  table('JavaScript in kB (Brotli 11)', [
    row('before the sign-in page paints', signInScripts, 'aim: 30'),
    row('before the first thumbnail, signed in', thumbnailScripts, 'aim: 30'),
    row('of it files with code of the AWS SDK', early, 'aim: 0'),
    row('more for uploads, on intent', uploadScripts, 'aim: 60'),
    row('everything, workers included', sizes.keys(), 'aim: 150'),
  ]);
  for (const [what, list] of Object.entries({
    signIn: signInScripts,
    thumbnails: thumbnailScripts,
    upload: uploadScripts,
  })) {
    console.log(`  ${what}: ${[...list].map((path) => path.replace('assets/', '')).join(' ')}`);
  }
  result('bundle', {
    signInKB: kilobytes(sizeOf(signInScripts)),
    firstThumbnailsKB: kilobytes(sizeOf(thumbnailScripts)),
    uploadKB: kilobytes(sizeOf(uploadScripts)),
    totalKB: kilobytes(sizeOf(sizes.keys())),
  });
});
