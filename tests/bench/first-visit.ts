// A first visit on another device, for the library bench: signed in, and nothing else there, on an emulated phone with 4G.
import { chromium, type BrowserContextOptions } from '@playwright/test';
import { CHROMIUM_FLAGS, findChromium } from '../chromium.ts';

type StorageState = Exclude<BrowserContextOptions['storageState'], string | undefined>;

const PHONE = { width: 412, height: 915 };
/** 80 ms there and back, 9 megabits a second, a quarter of this machine's speed. */
const NETWORK = { offline: false, latency: 80, downloadThroughput: 9e6 / 8, uploadThroughput: 9e6 / 8 };
const CPU_RATE = 4;

/** Ms from the address to the first thumbnail painted, and to a screen full of them. */
export async function firstVisit(
  url: string,
  storageState: StorageState,
): Promise<{ thumb: number; full: number }> {
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage({ storageState, viewport: PHONE });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Network.emulateNetworkConditions', NETWORK);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_RATE });
    await page.goto(url, { waitUntil: 'commit' });
    return await page.evaluate(async () => {
      let thumb = 0;
      for (;;) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const seen = [...document.querySelectorAll('.grid .tile, .grid .box')].filter((box) => {
          const { top, bottom } = box.getBoundingClientRect();
          return bottom > 0 && top < innerHeight;
        });
        const shown = seen.filter((box) => box.querySelector('img.shown')).length;
        if (shown > 0 && thumb === 0) thumb = performance.now();
        if (seen.length > 0 && shown === seen.length) return { thumb, full: performance.now() };
      }
    });
  } finally {
    await browser.close();
  }
}
