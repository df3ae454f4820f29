// npm run bench:library [-- --photos N]: a large library in Chromium. Layout and replica on a bare page, beside one record per photo;
// warm start, scrolling and memory on the production build with a seeded local cloud, beside an infinite scroll of ten per request. Of
// more than 100,000 photos the snapshot is seeded too, packed and written by the page's own code, as another device would have left it:
// to sync so many rows through the local cloud would take longer than everything else. All rows and pictures are there all the same.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { build } from 'esbuild';
import { startCloud } from '../../infra/local/cloud.ts';
import { buildPage } from '../../infra/local/synth.ts';
import { CHROMIUM_FLAGS, findChromium } from '../chromium.ts';
import { median, result, round, table } from './report.ts';
import { firstVisit } from './first-visit.ts';
import { infiniteScroll } from './infinite-scroll.ts';
import { INTERACTIONS, lookAround, observeVitals, vitalsOf } from './interaction.ts';
import { seed } from './seeding.ts';
import { manyEdits, type ManyEdits } from './many-edits.ts';
import { jumped, scrubbed, scrolled, warmStart, whenKnown } from './scrolling.ts';
import { searched, type Searching } from './searching.ts';
import { signIn } from './visit.ts';

const RUNS = 5;
const VIEWPORT = { width: 1600, height: 1000 };
/** More rows than this are not synced one page after the other. */
const MOST_SYNCED = 100_000;
/** One record per photo takes that long to write that more than this would only be waiting. */
const MOST_RECORDS = 100_000;

const { values } = parseArgs({ options: { photos: { type: 'string' } } });
const count = Number(values.photos ?? 100_000);
if (!Number.isInteger(count) || count < 1000) throw new RangeError('--photos takes a number from 1000 on');

const directory = await mkdtemp(join(tmpdir(), 'shoebox-bench-'));

/** A browser process of its own, as after a restart; what it stores stays for the next one. */
async function withBrowser<T>(
  profile: string,
  play: (context: BrowserContext, page: Page) => Promise<T>,
): Promise<T> {
  const context = await chromium.launchPersistentContext(join(directory, profile), {
    executablePath: findChromium(),
    args: CHROMIUM_FLAGS,
    viewport: VIEWPORT,
  });
  try {
    return await play(context, context.pages()[0] ?? (await context.newPage()));
  } finally {
    await context.close();
  }
}

async function benchPage(): Promise<Server> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'library.page.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript ? outputFiles[0]?.text : '<!doctype html><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((ready) => {
    server.listen(0, 'localhost', ready);
  });
  return server;
}

type Times = Record<'layout' | 'read' | 'heads' | 'write' | 'readRecords' | 'writeRecords', number[]>;

/** Layout and replica, ours and the baseline's in turns; every reading in a browser that has just been started. */
async function replicaTimes(): Promise<Times> {
  const server = await benchPage();
  const { port } = server.address() as AddressInfo;
  const open = async (page: Page) => {
    await page.goto(`http://localhost:${port}/`);
    await page.waitForFunction('globalThis.bench !== undefined');
  };
  const times: Times = { layout: [], read: [], heads: [], write: [], readRecords: [], writeRecords: [] };
  try {
    for (let run = 0; run < RUNS; run++) {
      await withBrowser('bare', async (_context, page) => {
        await open(page);
        await page.evaluate(`bench.make(${count})`);
        times.write.push(await page.evaluate('bench.writeColumns()'));
        if (count <= MOST_RECORDS) times.writeRecords.push(await page.evaluate('bench.writeRecords()'));
      });
      await withBrowser('bare', async (_context, page) => {
        await open(page);
        const read: Record<string, number> = await page.evaluate('bench.readColumns()');
        if (read['photos'] !== count) throw new Error(`${read['photos']} photos were read, not ${count}`);
        for (const name of ['read', 'heads', 'layout'] as const) times[name].push(read[name] ?? Number.NaN);
      });
      if (count > MOST_RECORDS) continue;
      await withBrowser('bare', async (_context, page) => {
        await open(page);
        times.readRecords.push(await page.evaluate('bench.readRecords()'));
      });
    }
  } finally {
    server.close();
  }
  return times;
}

async function main(): Promise<void> {
  const bare = await replicaTimes();
  const data = join(directory, 'data');
  console.log('Seeding the local cloud ...');
  const isLeft = count > MOST_SYNCED;
  const owner = await seed(data, count, { snapshot: isLeft });
  const cloud = await startCloud({ directory: data, dist: buildPage, processor: false });
  try {
    const boxes: number[] = [];
    const pictures: number[] = [];
    const perFrame: number[] = [];
    const scrubbing: number[] = [];
    const late: number[] = [];
    const jumpBoxes: number[] = [];
    const jumpPictures: number[] = [];
    const elements: number[] = [];
    const heap: number[] = [];
    const searches: Searching[] = [];
    console.log('A first visit reads everything ...');
    const storageState = await withBrowser('app', async (context, page) => {
      const kept = isLeft
        ? undefined
        : page.waitForResponse(
            (response) => response.request().method() === 'PUT' && response.url().includes('/first'),
            { timeout: 0 },
          );
      await signIn(page, cloud.urls.site);
      await whenKnown(page, owner, count);
      // What this device leaves for the next one.
      await kept;
      await warmStart(page, cloud.urls.site);
      return context.storageState();
    });
    const visits: Awaited<ReturnType<typeof firstVisit>>[] = [];
    for (let run = 0; run < RUNS; run++) visits.push(await firstVisit(cloud.urls.site, storageState));
    const vitals: Awaited<ReturnType<typeof vitalsOf>>[] = [];
    for (let run = 0; run < RUNS; run++) {
      await withBrowser('app', async (_context, page) => {
        await observeVitals(page);
        const start = await warmStart(page, cloud.urls.site);
        boxes.push(start.boxes);
        pictures.push(start.pictures);
        await lookAround(page);
        vitals.push(await vitalsOf(page, INTERACTIONS));
        const scroll = await scrolled(page);
        perFrame.push(scroll.mainPerFrame);
        elements.push(scroll.elements);
        heap.push(scroll.heapMB);
        // Where each run has not been before, so that the pictures come from afar.
        await page.getByRole('slider', { name: 'Date' }).press('Home');
        for (let years = 0; years < run; years++) await page.keyboard.press('PageDown');
        const jump = await jumped(page);
        jumpBoxes.push(jump.boxes);
        jumpPictures.push(jump.pictures);
        const scrub = await scrubbed(page);
        scrubbing.push(scrub.mainPerFrame);
        late.push(scrub.late);
        searches.push(await searched(page));
      });
    }
    const edits = await withBrowser('app', async (_context, page) => {
      await warmStart(page, cloud.urls.site);
      return manyEdits(page, count);
    });
    const baseline = await withBrowser('ten', (_context, page) => infiniteScroll(page, count));
    const app = { boxes, pictures, perFrame, scrubbing, late, jumpBoxes, jumpPictures, elements, heap };
    const firsts = { thumb: visits.map(({ thumb }) => thumb), full: visits.map(({ full }) => full) };
    const answers = { inp: vitals.map(({ inp }) => inp), cls: vitals.map(({ cls }) => cls) };
    report(bare, { ...app, ...firsts, ...answers }, baseline, searches, edits);
  } finally {
    await cloud.close();
  }
}

function report(
  bare: Times,
  app: Record<
    | 'boxes'
    | 'pictures'
    | 'perFrame'
    | 'scrubbing'
    | 'late'
    | 'jumpBoxes'
    | 'jumpPictures'
    | 'elements'
    | 'heap'
    | 'thumb'
    | 'full'
    | 'inp'
    | 'cls',
    number[]
  >,
  baseline: Awaited<ReturnType<typeof infiniteScroll>>,
  searches: readonly Searching[],
  edits: ManyEdits,
): void {
  const search = {
    index: searches.map(({ index }) => index),
    compute: searches.map(({ compute }) => compute),
    painted: searches.map(({ painted }) => painted),
  };
  const aims = count > 100_000 ? [400, 800, 50, 600, 2000, 250] : [130, 400, 5, 60, 200, 40];
  const against = (ours: readonly number[], theirs: readonly number[], what: string): string =>
    theirs.length > 0
      ? `${what}: ${round(median(theirs))} ms, ${round(median(theirs) / median(ours))} x ours`
      : '';
  const records = 'one record per photo';
  const row = (what: string, times: readonly number[], aim: number | undefined, more = '') =>
    [
      what,
      median(times),
      `of ${times.map(round).join(', ')}`,
      aim === undefined ? '' : `aim: ${aim}`,
      more,
    ] as const;
  table(`A library of ${count} photos (medians of ${RUNS})`, [
    row(
      'warm start: boxes painted, ms',
      app.boxes,
      aims[0],
      against(app.boxes, baseline.boxes, 'ten per request'),
    ),
    row(
      'warm start: pictures painted, ms',
      app.pictures,
      aims[1],
      against(app.pictures, baseline.pictures, 'ten per request'),
    ),
    row('first visit on a slow phone with 4G: first thumbnail, ms', app.thumb, count > 100_000 ? 1000 : 620),
    row('first visit on a slow phone with 4G: screen full, ms', app.full, count > 100_000 ? 1500 : 920),
    row('layout of all rows, ms', bare.layout, aims[2]),
    row('replica, read of all, ms', bare.read, aims[3], against(bare.read, bare.readRecords, records)),
    row('of it until boxes can be drawn, ms', bare.heads, undefined),
    row(
      'replica, packing and writing all, ms',
      bare.write,
      aims[4],
      against(bare.write, bare.writeRecords, records),
    ),
    row('main thread per frame while scrolling, ms', app.perFrame, 4),
    row('main thread per frame while scrubbing, ms', app.scrubbing, 4),
    row('frames over 25 ms while scrubbing', app.late, 0),
    row('jump by three years: boxes painted, ms', app.jumpBoxes, 35),
    row('jump by three years: pictures painted, ms', app.jumpPictures, 300),
    row(
      'elements in the document',
      app.elements,
      300,
      `ten per request, at photo ${baseline.reached}: ${baseline.elements}`,
    ),
    row('search, first word until all is indexed, ms', search.index, undefined),
    row('search, keystroke computed, ms', search.compute, count > 100_000 ? 100 : 16),
    row('search, keystroke painted, ms', search.painted, count > 100_000 ? 150 : 50),
    row('interaction to next paint, p98, ms', app.inp, 50),
    row('layout shift', app.cls, 0),
    row(`longest task while ${edits.count} photos are marked, ms`, [edits.marking], 50),
    row('longest task while that is undone, ms', [edits.undoing], 50),
    row('longest task while all of it is sent, ms', [edits.sending], 50),
    row('JavaScript heap with buffers, MB', app.heap, aims[5]),
  ]);
  console.log(
    `  ten per request: ${round(baseline.perRequest)} ms a request and its pictures; the last photo after ${Math.round((baseline.perRequest * count) / 10_000)} s (reckoned)`,
  );
  const suffix = count === 100_000 ? '' : count === 1_000_000 ? '1M' : `At${count}`;
  const figures = {
    warmBoxesMs: app.boxes,
    warmPicturesMs: app.pictures,
    firstVisitThumbMs: app.thumb,
    firstVisitFullMs: app.full,
    layoutMs: bare.layout,
    replicaReadMs: bare.read,
    replicaWriteMs: bare.write,
    // Of scrolling and scrubbing the worse.
    mainPerFrameMs: app.perFrame.map((scroll, run) => Math.max(scroll, app.scrubbing[run] ?? Number.NaN)),
    scrubLateFrames: app.late,
    jumpBoxesMs: app.jumpBoxes,
    jumpPicturesMs: app.jumpPictures,
    domElements: app.elements,
    heapMB: app.heap,
    searchMs: search.compute,
    searchPaintMs: search.painted,
    inpMs: app.inp,
    cls: app.cls,
  };
  result(
    'library',
    Object.fromEntries(Object.entries(figures).map(([name, times]) => [name + suffix, round(median(times))])),
  );
}

try {
  await main();
} finally {
  await rm(directory, { recursive: true });
}
