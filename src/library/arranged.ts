// Photos in the order of another time than that they were taken.
import type { Columns } from './columns.ts';
import type { PhotoList } from './list.ts';
import { letterIn, positionOf, rowIn, sorted } from './order.ts';

const DAY = 86_400;
const HOUR = 3600;

/** The day on the calendar here, in days since 1970. Asking the calendar takes long; of moments of one hour it is asked once. */
function calendar(): (seconds: number) => number {
  let hour = NaN;
  let ahead = 0;
  return (seconds) => {
    if (Math.floor(seconds / HOUR) !== hour) {
      hour = Math.floor(seconds / HOUR);
      ahead = -60 * new Date(hour * HOUR * 1000).getTimezoneOffset();
    }
    return Math.floor((seconds + ahead) / DAY);
  };
}

/** These photos, the latest by `timeOf` (epoch seconds) first; their days are those here. */
export function arranged(
  columns: Columns,
  references: Uint32Array,
  timeOf: (reference: number) => number,
): PhotoList {
  const order = sorted(references.slice(), timeOf);
  const dayOf = calendar();
  const days = new Int32Array(order.length);
  const ratios = new Float32Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const reference = order[i] as number;
    days[i] = dayOf(timeOf(reference));
    ratios[i] = columns.chunks[letterIn(reference)]?.columns.ratios[rowIn(reference)] ?? 0;
  }
  const at = (index: number) => (order[index] === undefined ? undefined : columns.photo(order[index]));
  return {
    length: order.length,
    days,
    ratios,
    at,
    idAt: (index) => (order[index] === undefined ? undefined : columns.idOf(order[index])),
    indexOf: (photoId) => {
      const reference = columns.referenceOf(photoId);
      return reference === undefined ? -1 : (positionOf(order, timeOf, reference) ?? -1);
    },
    *[Symbol.iterator]() {
      for (let i = 0; i < order.length; i++) {
        const photo = at(i);
        if (photo) yield photo;
      }
    },
  };
}
