// How large photos are in the grid: in four steps, remembered on this device.
import type { LayoutOptions } from './layout.ts';

/** The heights that rows aim at, px, the densest step first: on a phone, and elsewhere. */
const NARROW = [56, 80, 120, 240];
const WIDE = [100, 150, 220, 340];
export const STEPS = WIDE.length;
const USUAL = 2;
/** On a large screen photos are larger, so that never more than so many are on it: each one costs the browser something. */
const MOST = 60;
/** Photos to draw, on the screen and beyond it. */
const DRAWN = 60;
/** Width by height of most photos. */
const RATIO = 4 / 3;
const KEY = 'shoebox.density';

export function readStep(): number {
  const step = localStorage.getItem(KEY);
  return step !== null && WIDE[Number(step)] !== undefined ? Number(step) : USUAL;
}

export const keepStep = (step: number): void => localStorage.setItem(KEY, String(step));

/** The row height of a step on a screen of this size. */
export function rowHeightOf(step: number, width: number, height: number): number {
  const wanted = (width < 600 ? NARROW : WIDE)[step] ?? 0;
  return Math.max(wanted, Math.ceil(Math.sqrt((width * height) / (MOST * RATIO)) / 4) * 4);
}

/** All else that a step means. The densest one shows months, not days. */
export function spacingOf(step: number, width: number): Omit<LayoutOptions, 'width' | 'rowHeight'> {
  const narrow = width < 600;
  const gap = narrow ? 2 : 4;
  const months = { dayGap: gap, dayBand: 0 };
  const days = { dayGap: narrow ? 10 : 16, dayBand: 36 };
  return { gap, ...(step === 0 ? months : days), monthBand: narrow ? 52 : 56 };
}

/** How many screens above and below the one that is seen are drawn ahead: the more, the fewer photos are on a screen. */
export function aheadOf(rowHeight: number, width: number, height: number): number {
  const seen = (width * height) / (rowHeight * rowHeight * RATIO);
  return Math.min(1, Math.max(0.1, (DRAWN / seen - 1) / 2));
}
