// What the library bench measures of the page itself: how soon it is there, and how it scrolls.
import type { CDPSession, Page } from '@playwright/test';
import { REPLICA_PREFIX } from '../../src/library/databases.ts';

const FRAMES = 120;
/** Px per frame: 1,200 a second. */
const STEP = 20;

/** Waits until this device has the rows of all photos. */
export async function whenKnown(page: Page, owner: string, count: number): Promise<void> {
  const known = `(async () => {
    const open = indexedDB.open(${JSON.stringify(REPLICA_PREFIX + owner)});
    await new Promise((done) => { open.onsuccess = done; });
    const all = open.result.transaction('heads').objectStore('heads').getAll();
    await new Promise((done) => { all.onsuccess = done; });
    open.result.close();
    return all.result.reduce((sum, head) => sum + new Uint32Array(head, 0, 2)[1], 0);
  })()`;
  for (;;) {
    const found = (await page.evaluate(known)) as number;
    if (found >= count) return;
    await page.waitForTimeout(1000);
  }
}

/** Opens the page as somebody who was here before; gives when its boxes, and when all its pictures, were painted. */
export async function warmStart(page: Page, url: string): Promise<{ boxes: number; pictures: number }> {
  await page.goto(url, { waitUntil: 'commit' });
  return page.evaluate(async () => {
    let boxes = 0;
    for (;;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const seen = [...document.querySelectorAll('.grid .tile, .grid .box')].filter((box) => {
        const { top, bottom } = box.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      });
      if (seen.length === 0) continue;
      // A frame later they are on the screen.
      if (boxes === 0) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        boxes = performance.now();
      }
      if (seen.every((box) => box.querySelector('img.shown'))) break;
    }
    await new Promise((resolve) => requestAnimationFrame(resolve));
    return { boxes, pictures: performance.now() };
  });
}

const metric = async (devtools: CDPSession, name: string): Promise<number> => {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find((one) => one.name === name)?.value ?? Number.NaN;
};

/** Scrolls at a reader's pace. */
export async function scrolled(
  page: Page,
): Promise<{ mainPerFrame: number; elements: number; heapMB: number }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const before = await metric(devtools, 'TaskDuration');
  const elements = await page.evaluate(
    async ([frames = 0, step = 0]) => {
      let most = 0;
      for (let i = 0; i < frames; i++) {
        scrollBy(0, step);
        await new Promise((resolve) => requestAnimationFrame(resolve));
        most = Math.max(most, document.querySelectorAll('*').length);
      }
      return most;
    },
    [FRAMES, STEP],
  );
  const mainPerFrame = ((await metric(devtools, 'TaskDuration')) - before) * (1000 / FRAMES);
  await devtools.send('HeapProfiler.collectGarbage');
  // Buffers lie outside of what is called the heap, and are what our rows are in.
  const usage = (await devtools.send('Runtime.getHeapUsage')) as {
    usedSize: number;
    backingStorageSize?: number;
  };
  await devtools.detach();
  return {
    mainPerFrame,
    elements,
    heapMB: (usage.usedSize + (usage.backingStorageSize ?? Number.NaN)) / 1e6,
  };
}

const onScreen = `(() => [...document.querySelectorAll('.grid > .tile, .grid > .box')].filter((box) => {
  const { top, bottom } = box.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}))`;

/** Drags the rail's thumb through the whole timeline; gives how many of the frames came late. */
export async function scrubbed(page: Page): Promise<{ mainPerFrame: number; late: number }> {
  await page.evaluate('scrollTo(0, 0)');
  const thumb = await page.getByRole('slider', { name: 'Date' }).boundingBox();
  const rail = await page.locator('.rail').boundingBox();
  if (!thumb || !rail) throw new Error('there is no rail of dates');
  const x = thumb.x + thumb.width / 2;
  const y = thumb.y + thumb.height / 2;
  await page.mouse.move(x, y);
  await page.mouse.down();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const before = await metric(devtools, 'TaskDuration');
  // As text: the bundler would give the function a helper that the page does not have.
  await page.evaluate(`(() => {
    const counted = (globalThis.counted = { frames: 0, late: 0, ended: false });
    let last = performance.now();
    const next = () => {
      const now = performance.now();
      counted.frames++;
      if (now - last > 25) counted.late++;
      last = now;
      if (!counted.ended) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  })()`);
  for (let i = 1; i <= FRAMES; i++) await page.mouse.move(x, y + ((rail.height - 44) * i) / FRAMES);
  const { frames, late } = (await page.evaluate('Object.assign(counted, { ended: true })')) as {
    frames: number;
    late: number;
  };
  const mainPerFrame = ((await metric(devtools, 'TaskDuration')) - before) * (1000 / frames);
  await devtools.detach();
  await page.mouse.up();
  return { mainPerFrame, late };
}

/** Jumps by three years, where nobody has been before; gives when boxes, and when all pictures, were painted. */
export async function jumped(page: Page): Promise<{ boxes: number; pictures: number }> {
  return page.evaluate(`(async () => {
    const seen = ${onScreen};
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const thumb = document.querySelector('[role="slider"]');
    const before = new Set(document.querySelectorAll('.grid > .tile'));
    const begin = performance.now();
    for (let years = 0; years < 3; years++) {
      thumb.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown', bubbles: true }));
    }
    let boxes = 0;
    for (;;) {
      await frame();
      const now = seen();
      if (now.length === 0 || now.some((box) => before.has(box))) continue;
      if (boxes === 0) {
        await frame();
        boxes = performance.now() - begin;
      }
      if (now.every((box) => box.isConnected && box.querySelector('img.shown'))) break;
    }
    await frame();
    return { boxes, pictures: performance.now() - begin };
  })()`);
}
