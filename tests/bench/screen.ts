// When a screen is full of thumbnails, as a page that shows them in a grid tells it.
import type { Page } from '@playwright/test';

/** In ms. */
export interface Shown {
  /** The first thumbnail is there. */
  thumb: number;
  /** All on the screen are. */
  full: number;
}

/** Counted from the page's address; or, where something is to be clicked (by its selector), from that click. */
export const shown = (page: Page, clicked = ''): Promise<Shown> =>
  page.evaluate(async (selector) => {
    const begun = selector === '' ? 0 : performance.now();
    if (selector !== '') {
      const target = document.querySelector<HTMLElement>(selector);
      if (!target) throw new Error(`nothing to click: ${selector}`);
      target.click();
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
