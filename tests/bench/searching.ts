// What the library bench measures of search: from a keystroke until its results are computed, and until they are painted.
import type { Page } from '@playwright/test';

/** Typed letter by letter: a town with a slip in it, and a year; few results and many. */
const TYPED = ['berlni 2019', 'iphone', 'img_000'];

export interface Searching {
  /** Until the whole library can be found. */
  index: number;
  /** Of all keystrokes the median. */
  compute: number;
  painted: number;
}

/** Searches the library that is open, as somebody types; leaves the search page open. */
export async function searched(page: Page): Promise<Searching> {
  const field = page.getByRole('combobox', { name: 'Search your photos' });
  await field.waitFor();
  const begun = await page.evaluate(() => performance.now());
  await field.fill('type:photo');
  // While there is an index to be made, the page says so.
  await page.locator('.answer .found').waitFor();
  await page.locator('.answer progress').waitFor({ state: 'detached', timeout: 300_000 });
  const index = (await page.evaluate(() => performance.now())) - begun;
  // No function with a name in here: what compiles this would have it named by something the page does not know.
  const times = await page.evaluate(async (typed) => {
    const input = document.querySelector<HTMLInputElement>('input[role=combobox]') as HTMLInputElement;
    const compute: number[] = [];
    const painted: number[] = [];
    for (const text of typed) {
      for (let end = 1; end <= text.length; end++) {
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        const before = performance.now();
        input.value = text.slice(0, end);
        input.dispatchEvent(new InputEvent('input', { bubbles: true }));
        // What follows from a keystroke is done in microtasks.
        await new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => resolve(undefined))));
        compute.push(performance.now() - before);
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        painted.push(performance.now() - before);
      }
    }
    return { compute, painted };
  }, TYPED);
  return { index, compute: middle(times.compute), painted: middle(times.painted) };
}

const middle = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
