// How soon the page answers, for the library bench: interaction to next paint, and whether anything jumps meanwhile, as Web Vitals
// count them (https://web.dev/articles/inp, https://web.dev/articles/cls).
import type { Page } from '@playwright/test';

interface Vitals {
  /** Ms of each interaction, from the key or click to the next paint; browsers round to 8. */
  interactions: number[];
  shift: number;
}
type Observed = typeof globalThis & { vitals: Vitals };

const ROUNDS = 5;

/** To be called before the page is opened. */
export async function observeVitals(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const vitals: Vitals = { interactions: [], shift: 0 };
    (globalThis as Observed).vitals = vitals;
    const longest = new Map<number, number>();
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceEventTiming[]) {
        if (!entry.interactionId) continue;
        longest.set(entry.interactionId, Math.max(longest.get(entry.interactionId) ?? 0, entry.duration));
      }
      vitals.interactions = [...longest.values()];
    }).observe({ type: 'event', buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[]) {
        if (!entry.hadRecentInput) vitals.shift += entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** Opens photos, walks through them, marks favorites, walks the grid: as somebody does who looks through photos. */
export async function lookAround(page: Page): Promise<void> {
  const tile = page.locator('main .grid .tile').nth(3);
  for (let round = 0; round < ROUNDS; round++) {
    await tile.click();
    const viewer = page.getByRole('dialog', { name: /^Photo/ });
    await viewer.waitFor();
    for (const key of ['ArrowRight', 'ArrowRight', 'f', 'f', 'i', 'i', 'ArrowLeft']) {
      await page.keyboard.press(key);
      await frames(page);
    }
    await page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowUp', 'ArrowLeft']) {
      await page.keyboard.press(key);
      await frames(page);
    }
  }
}

const frames = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  });

/** The interaction that 98 of 100 are quicker than, in ms (those under 16 count as 8), and the sum of layout shifts. */
export async function vitalsOf(page: Page, interactions: number): Promise<{ inp: number; cls: number }> {
  await frames(page);
  const { interactions: slow, shift } = await page.evaluate(() => (globalThis as Observed).vitals);
  const all = [...slow, ...Array.from({ length: Math.max(0, interactions - slow.length) }, () => 8)];
  all.sort((a, b) => b - a);
  return { inp: all[Math.floor(all.length * 0.02)] ?? 8, cls: shift };
}

/** How many keys and clicks `lookAround` makes. */
export const INTERACTIONS = ROUNDS * 14;
