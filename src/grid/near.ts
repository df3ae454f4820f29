// What of a layout is near the screen: which photos, where each of them stands, and the headings among them. Pure.
import { DAY, drawnHeight, firstOfMonth, MONTH, shownRatio, type Layout } from './layout.ts';

/** One photo's place, px from the grid's upper left corner. */
export interface Box {
  index: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Heading {
  kind: 'month' | 'day';
  /** Days since 1970; of a month its first photo's day. */
  day: number;
  /** Index of the first photo below. */
  index: number;
  /** How many photos it heads. */
  count: number;
  x: number;
  y: number;
  width: number;
}

/** The photos whose rows touch the band from `top` to `bottom`: first index, and one past the last. */
export function photosBetween({ rowTop, rowStart }: Layout, top: number, bottom: number): [number, number] {
  const rows = rowTop.length;
  if (rows === 0) return [0, 0];
  const first = Math.max(0, firstBeyond(rowTop, top) - 1);
  const end = Math.max(first + 1, firstBeyond(rowTop, bottom));
  return [rowStart[first] as number, rowStart[Math.min(end, rows)] as number];
}

/** Index of the first of ascending numbers that lies beyond `value`. */
function firstBeyond(numbers: Float64Array | Uint32Array, value: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const rowOf = ({ rowStart }: Layout, index: number): number => firstBeyond(rowStart, index) - 1;

/** Where the photos of a row begin, below its headings. */
function photosTop({ rowTop, rowBands, options }: Layout, row: number): number {
  const bands = rowBands[row] as number;
  return (
    (rowTop[row] as number) + (bands & MONTH ? options.monthBand : 0) + (bands & DAY ? options.dayBand : 0)
  );
}

/** The photos of the rows from that of `first` to that before `end`. */
export function boxesBetween(layout: Layout, first: number, end: number): Box[] {
  const { days, ratios, rowStart, rowHeight, options } = layout;
  const boxes: Box[] = [];
  for (let row = rowOf(layout, first); (rowStart[row] ?? end) < end; row++) {
    const from = rowStart[row] as number;
    const y = photosTop(layout, row);
    const exact = rowHeight[row] as number;
    const height = drawnHeight(exact);
    let x = 0;
    for (let index = from; index < (rowStart[row + 1] as number); index++) {
      if (index > from) x += days[index] === days[index - 1] ? options.gap : options.dayGap;
      const width = shownRatio(ratios[index] as number) * exact;
      boxes.push({ index, x, y, width, height });
      x += width;
    }
  }
  return boxes;
}

/** Where one photo stands. */
export function boxOf(layout: Layout, index: number): Box | undefined {
  if (!(index >= 0 && index < layout.days.length)) return undefined;
  const from = layout.rowStart[rowOf(layout, index)] as number;
  return boxesBetween(layout, from, from + 1)[index - from];
}

/** The headings of these boxes, which are those of whole rows. */
export function headingsOf(layout: Layout, boxes: readonly Box[]): Heading[] {
  const { days, rowStart, rowTop, rowBands, options } = layout;
  const headings: Heading[] = [];
  let row = boxes[0] ? rowOf(layout, boxes[0].index) : 0;
  let day: Heading | undefined;
  for (const { index, x, width } of boxes) {
    if (index === rowStart[row + 1]) row++;
    const bands = rowBands[row] as number;
    const starts = index === rowStart[row];
    const own = days[index] as number;
    const month = starts && (bands & MONTH) !== 0;
    if (month)
      headings.push({
        kind: 'month',
        ...below(days, index, firstOfMonth(own)),
        x: 0,
        y: rowTop[row] as number,
        width: options.width,
      });
    if (options.dayBand > 0 && (month || own !== days[index - 1])) {
      const y = (rowTop[row] as number) + (bands & MONTH ? options.monthBand : 0);
      day = { kind: 'day', ...below(days, index, own), x, y, width };
      headings.push(day);
    } else if (starts) day = undefined;
    else if (day) day.width = x + width - day.x;
  }
  return headings;
}

/** The month that these headings begin in, when they begin below its own. */
export function monthOver(layout: Layout, [first]: readonly Heading[], index: number): Heading | undefined {
  if (first?.kind === 'month' && first.index === index) return undefined;
  const { rowStart, rowBands } = layout;
  let row = rowOf(layout, index);
  while (row >= 0 && ((rowBands[row] as number) & MONTH) === 0) row--;
  const start = rowStart[row];
  const box = start === undefined ? undefined : boxOf(layout, start);
  return box && headingsOf(layout, [box])[0];
}

/** What a heading heads: the photos from `index` on that are not older than `oldest`. */
function below(days: Int32Array, index: number, oldest: number): Pick<Heading, 'day' | 'index' | 'count'> {
  let low = index;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle] as number) >= oldest) low = middle + 1;
    else high = middle;
  }
  return { day: days[index] as number, index, count: low - index };
}
