// When a screen is full of thumbnails, as a page that shows them in a grid tells it.
import type { Page } from '@playwright/test';

/** In ms. */
export interface Shown {
  /** The first thumbnail is there. */
  thumb: number;
  /** All on the screen are. */
  full: number;
}

const inPage = (page: Page, clicked: boolean): Promise<Shown> =>
  page.evaluate(async (waits) => {
    let begun = 0;
    if (waits) {
      await new Promise<void>((resolve) => {
        addEventListener(
          'click',
          () => {
            begun = performance.now();
            resolve();
          },
          { capture: true, once: true },
        );
      });
    }
    let thumb = 0;
    for (;;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const seen = [...document.querySelectorAll('.grid .tile, .grid .box')].filter((box) => {
        const { top, bottom } = box.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      });
      const count = seen.filter((box) => box.querySelector('img.shown')).length;
      if (count > 0 && thumb === 0) thumb = performance.now() - begun;
      if (seen.length > 0 && count === seen.length) return { thumb, full: performance.now() - begun };
    }
  }, clicked);

/** Counted from the page's address. */
export const shown = (page: Page): Promise<Shown> => inPage(page, false);

/** Counted from the click, by a mouse that goes there first, on what this selector finds. */
export async function shownAfter(page: Page, selector: string): Promise<Shown> {
  const [times] = await Promise.all([inPage(page, true), page.locator(selector).click()]);
  return times;
}
