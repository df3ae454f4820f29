// A first visit on another device, for the benches: nothing there but perhaps a sign-in, on an emulated phone with 4G.
import { chromium, type BrowserContextOptions, type Page } from '@playwright/test';
import { CHROMIUM_FLAGS, findChromium } from '../chromium.ts';
import { shown, type Shown } from './screen.ts';

type StorageState = Exclude<BrowserContextOptions['storageState'], string | undefined>;

const PHONE = { width: 412, height: 915 };
/** 80 ms there and back, 9 megabits a second, a quarter of this machine's speed. */
const NETWORK = { offline: false, latency: 80, downloadThroughput: 9e6 / 8, uploadThroughput: 9e6 / 8 };
const CPU_RATE = 4;

/** Ms from the address to the first thumbnail painted, and to a screen full of them; `look` sees the page as it is then. */
export async function firstVisit(
  url: string,
  storageState?: StorageState,
  look?: (page: Page, times: Shown) => Promise<void>,
): Promise<Shown> {
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage({ ...(storageState && { storageState }), viewport: PHONE });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Network.emulateNetworkConditions', NETWORK);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_RATE });
    await page.goto(url, { waitUntil: 'commit' });
    const times = await shown(page);
    await look?.(page, times);
    return times;
  } finally {
    await browser.close();
  }
}
