// What the library bench measures of ten thousand edits at once: how long the page stands still while photos are marked, while that is
// undone, and while all of it is sent.
import type { Page } from '@playwright/test';

/** Months of the made-up library that have about so many photos. */
const MANY = 10_000;
const SENDING_MS = 5000;

export interface ManyEdits {
  count: number;
  /** From the click until the page says that it is done. */
  marked: number;
  /** The longest task of the page, ms; 0 when none was over 50. */
  marking: number;
  undoing: number;
  sending: number;
}

type Observed = typeof globalThis & { tasks: number[] };

/** Marks about ten thousand photos of a library of `count` as favorites, and takes it back. */
export async function manyEdits(page: Page, count: number): Promise<ManyEdits> {
  const from = new Date(Date.UTC(2026, 0, 1) - (20 * 365.25 * 86_400_000 * MANY) / count);
  const field = page.getByRole('combobox', { name: 'Search your photos' });
  await field.fill(count <= MANY ? 'type:photo' : `from:${from.toISOString().slice(0, 7)}`);
  await page.locator('.answer .found').waitFor();
  await page.locator('.answer progress').waitFor({ state: 'detached', timeout: 300_000 });
  await page.locator('main .tile').first().hover();
  await page.locator('.selectable').waitFor();
  await page
    .locator('main .tile')
    .first()
    .click({ position: { x: 16, y: 16 } });
  const bar = page.getByRole('region', { name: 'Selected photos' });
  await bar.getByRole('button', { name: 'Select all', exact: true }).click();
  const selected = Number(((await bar.textContent()) ?? '').replaceAll(',', '').match(/\d+/)?.[0]);
  await page.evaluate(() => {
    const observed = globalThis as Observed;
    observed.tasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) observed.tasks.push(duration);
    }).observe({ type: 'longtask' });
  });
  const begin = performance.now();
  await bar.getByRole('button', { name: 'Add to favorites', exact: true }).click();
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.waitFor();
  const marked = performance.now() - begin;
  // At once: the offer does not last.
  await undo.click();
  const marking = await longest(page);
  await undo.waitFor({ state: 'detached' });
  const undoing = await longest(page);
  await page.waitForTimeout(SENDING_MS);
  return { count: selected, marked, marking, undoing, sending: await longest(page) };
}

/** Of the tasks since it was asked last. */
const longest = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, ...(globalThis as Observed).tasks.splice(0)));
