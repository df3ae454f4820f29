// Where every photo of a timeline stands: justified rows under month headings, days packed side by side, in one pass over
// typed arrays. Only rows are kept: a million photos take milliseconds, and what is near the screen is worked out from its rows.

export interface LayoutOptions {
  /** Room for the rows, px. */
  width: number;
  /** The height rows aim at, px. */
  rowHeight: number;
  /** Between photos of a day, px. */
  gap: number;
  /** Between days that share a row, px. */
  dayGap: number;
  /** Band above rows in which a day begins, px. */
  dayBand: number;
  /** Band above each month, px. */
  monthBand: number;
}

/** The photos to place, those of a day side by side, the latest day first. */
export interface Placeables {
  /** Per photo, days since 1970. */
  days: Int32Array;
  /** Width by height; 0 where that is not known. */
  ratios: Float32Array;
}

export interface Layout extends Placeables {
  options: LayoutOptions;
  /** Per row: index of its first photo (one more entry at the end), its top including bands, ascending. */
  rowStart: Uint32Array;
  rowTop: Float64Array;
  /** The height that makes it fill the width. It is drawn in whole pixels. */
  rowHeight: Float32Array;
  /** What begins in it: `MONTH`, `DAY`. */
  rowBands: Uint8Array;
  /** The whole grid, px. */
  total: number;
}

export const MONTH = 1;
export const DAY = 2;

/** Very wide and very tall photos are cropped to these in the grid; the viewer shows all of them. */
const MIN_RATIO = 0.45;
const MAX_RATIO = 3.2;
export const shownRatio = (ratio: number): number =>
  ratio > 0 ? Math.min(MAX_RATIO, Math.max(MIN_RATIO, ratio)) : 1;

/** Whole pixels, so that far down, where browsers reckon in few digits, gaps stay even. */
export const drawnHeight = (height: number): number => Math.max(1, Math.round(height));

export function layoutOf({ days, ratios }: Placeables, options: LayoutOptions): Layout {
  const { width, rowHeight, gap, dayGap, dayBand, monthBand } = options;
  const count = days.length;
  const rowStart = new Uint32Array(count + 1);
  const rowTop = new Float64Array(count);
  const rowHeights = new Float32Array(count);
  const rowBands = new Uint8Array(count);
  let rows = 0;
  let top = 0;
  /** The month of the row before begins with this day: days before it are in another one. */
  let monthStart = Infinity;

  /** Lays photos `from` to `to` (excluded) in one row of the given height. */
  const place = (from: number, to: number, height: number): void => {
    const day = days[from] as number;
    let bands = 0;
    if (day < monthStart) {
      monthStart = firstOfMonth(day);
      bands = MONTH | DAY;
    } else if (day !== days[from - 1] || days[to - 1] !== day) bands = DAY;
    rowStart[rows] = from;
    rowTop[rows] = top;
    rowHeights[rows] = height;
    rowBands[rows++] = bands;
    top += (bands & MONTH ? monthBand : 0) + (bands & DAY ? dayBand : 0) + drawnHeight(height) + gap;
  };

  let from = 0;
  let sum = 0;
  let gaps = 0;
  /** As `monthStart`, of the photos that wait for their row. */
  let waitingStart = count > 0 ? firstOfMonth(days[0] as number) : 0;
  for (let i = 0; i < count; i++) {
    const day = days[i] as number;
    if (day < waitingStart) {
      waitingStart = firstOfMonth(day);
      if (i > from) place(from, i, Math.min(rowHeight, (width - gaps) / sum));
      from = i;
      sum = 0;
      gaps = 0;
    }
    const ratio = shownRatio(ratios[i] as number);
    const space = i === from ? 0 : day === days[i - 1] ? gap : dayGap;
    const fullWith = (sum + ratio) * rowHeight + gaps + space >= width;
    if (!fullWith) {
      sum += ratio;
      gaps += space;
      continue;
    }
    const heightWith = (width - gaps - space) / (sum + ratio);
    const heightWithout = i > from ? (width - gaps) / sum : Infinity;
    // The photo that overflows the row stays when that leaves the row nearer to the height aimed at.
    if (i === from || rowHeight / heightWith <= heightWithout / rowHeight) {
      place(from, i + 1, Math.min(heightWith, rowHeight * 1.5));
      from = i + 1;
      sum = 0;
      gaps = 0;
    } else {
      place(from, i, heightWithout);
      from = i;
      sum = ratio;
      gaps = 0;
    }
  }
  // A last row is not blown up to fill the width.
  if (from < count) place(from, count, Math.min(rowHeight, (width - gaps) / sum));

  rowStart[rows] = count;
  return {
    days,
    ratios,
    options,
    rowStart: rowStart.slice(0, rows + 1),
    rowTop: rowTop.slice(0, rows),
    rowHeight: rowHeights.slice(0, rows),
    rowBands: rowBands.slice(0, rows),
    total: top,
  };
}

/** The day number of the first day of a day's month. */
export function firstOfMonth(day: number): number {
  const date = new Date(day * 86_400_000);
  return day - date.getUTCDate() + 1;
}
