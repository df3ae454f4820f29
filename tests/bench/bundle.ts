// npm run bench:bundle: the JavaScript a visit loads until it shows something, as Chromium asks for it, in Brotli at its best.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { buildPage, ROOT } from '../../infra/local/synth.ts';
import { jpeg } from '../fixtures.ts';
import { kilobytes, result, table } from './report.ts';
import { Scripts, scriptsOf } from './scripts.ts';
import { allSafe, drop, onStage, signIn } from './visit.ts';

/** Which request falls before a paint is a matter of milliseconds: the worst of several visits counts. */
const VISITS = 3;

const scripts = new Scripts(await buildPage());
/** The page of links has scripts of its own, that the library's page never loads. */
const ofLinks = (path: string): boolean => path.startsWith('assets/link/');
const linkScripts = scripts.paths.filter(ofLinks);
const appScripts = scripts.paths.filter((path) => !ofLinks(path));

/** Builds once more with source maps; gives the scripts in which there is code of the AWS SDK, however little. */
function scriptsWithSdk(folder: string): Set<string> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  const argv = ['build', '--logLevel', 'warn', '--sourcemap', 'hidden', '--outDir', folder, '--emptyOutDir'];
  execFileSync(process.execPath, [vite, ...argv], { cwd: ROOT, stdio: 'inherit' });
  // The bundler's own runtime has no sources, and the worker's script is built apart.
  const mapped = appScripts.filter(
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
  return scriptsOf(urls);
}

async function worst(visit: () => Promise<Set<string>>): Promise<Set<string>> {
  let most = new Set<string>();
  for (let index = 0; index < VISITS; index++) {
    const asked = await visit();
    if (scripts.sizeOf(asked) > scripts.sizeOf(most)) most = asked;
  }
  return most;
}

await onStage(async ({ browser, cloud, directory }) => {
  const sdk = scriptsWithSdk(join(directory, 'mapped'));
  const newContext = () => browser.newContext({ baseURL: cloud.urls.site, serviceWorkers: 'block' });

  const signInScripts = await worst(async () => {
    const context = await newContext();
    const asked = await scriptsUntilPainted(await context.newPage(), 'main h1');
    await context.close();
    return asked;
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
    const most = await scriptsUntilPainted(again, '.tile img');
    await again.close();
    return most;
  });

  const early = [...thumbnailScripts].filter((path) => sdk.has(path));
  const row = (what: string, paths: Iterable<string>, aim: string) => {
    const list = [...paths];
    return [what, kilobytes(scripts.sizeOf(list)), `${list.length} files`, aim];
  };
  table('JavaScript in kB (Brotli 11)', [
    row('before the sign-in page paints', signInScripts, 'aim: 30'),
    row('before the first thumbnail, signed in', thumbnailScripts, 'aim: 30'),
    row('of it files with code of the AWS SDK', early, 'aim: 0'),
    row('more for uploads, on intent', uploadScripts, 'aim: 60'),
    row('everything, workers included', appScripts, 'aim: 150'),
    row('besides, all of the page of links', linkScripts, ''),
  ]);
  for (const [what, list] of Object.entries({
    signIn: signInScripts,
    thumbnails: thumbnailScripts,
    upload: uploadScripts,
  })) {
    console.log(`  ${what}: ${[...list].map((path) => path.replace('assets/', '')).join(' ')}`);
  }
  result('bundle', {
    signInKB: kilobytes(scripts.sizeOf(signInScripts)),
    firstThumbnailsKB: kilobytes(scripts.sizeOf(thumbnailScripts)),
    uploadKB: kilobytes(scripts.sizeOf(uploadScripts)),
    totalKB: kilobytes(scripts.sizeOf(appScripts)),
    linkKB: kilobytes(scripts.sizeOf(linkScripts)),
  });
});
