// What only some pages ask of every photo: where it was taken, and when it was uploaded. It stands in the rows, not in the columns that
// the timeline is drawn by: read once per chunk, in slices, and kept as long as the chunk is.
import { gpsOf, placeOf, type Photo, type Place } from '../schema/photo.ts';
import type { Chunk } from './chunk.ts';
import type { Columns } from './columns.ts';
import { letterIn, rowIn } from './order.ts';
import { inSlices, upTo } from './slices.ts';
import { glimpse } from './unpack.ts';

/** By row. */
export interface Glance {
  /** Degrees; NaN where that is not known. */
  latitudes: Float32Array;
  longitudes: Float32Array;
  /** Epoch seconds. */
  uploaded: Float64Array;
  /** By number in the table, from 1 on; 0 without one. */
  places: Uint32Array;
  /** The chunk's table, and after it the places that owners have set. */
  table: (Place | undefined)[];
}

/** By the letter of the chunk. */
export type Glances = readonly (Glance | undefined)[];

const taken = new WeakMap<Chunk, Glance>();
const decoder = new TextDecoder();

/** Of all photos. What has been read before is there without a pause. Aborted, it fails with the signal's reason. */
export async function glancesOf({ chunks }: Columns, signal: AbortSignal): Promise<Glances> {
  const all: (Glance | undefined)[] = [];
  for (const chunk of chunks) {
    const plain = chunk && (taken.get(chunk.plain) ?? (await glanceOf(chunk.plain, signal)));
    all.push(plain && withEdits(plain, chunk));
  }
  return all;
}

async function glanceOf(chunk: Chunk, signal: AbortSignal): Promise<Glance> {
  const { count, shared, rest } = chunk;
  const { sharedBytes, offsets } = chunk.columns;
  const glance: Glance = {
    latitudes: new Float32Array(count).fill(NaN),
    longitudes: new Float32Array(count).fill(NaN),
    uploaded: new Float64Array(count),
    places: new Uint32Array(count),
    table: [...shared] as (Place | undefined)[],
  };
  // Its rows are still being read: the columns change once they are there, and it is asked again.
  if (!rest) return glance;
  const look = (row: number): void => {
    const begin = sharedBytes + (offsets[row] as number);
    const found = glimpse(decoder.decode(rest.subarray(begin, sharedBytes + (offsets[row + 1] as number))));
    if (!found) return;
    glance.uploaded[row] = Math.floor(Number(found.uploadedAt) / 1000);
    if (found.replaced) {
      put(glance, row, chunk.photo(row));
      return;
    }
    glance.places[row] = Number(found.place);
    if (!Array.isArray(found.gps)) return;
    const [latitude, longitude] = found.gps as unknown[];
    if (typeof latitude !== 'number' || typeof longitude !== 'number') return;
    if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return;
    glance.latitudes[row] = latitude;
    glance.longitudes[row] = longitude;
  };
  await inSlices(upTo(count), look, signal);
  taken.set(chunk, glance);
  return glance;
}

/** Where its owner says it was. */
function put(glance: Glance, row: number, photo: Photo | undefined): void {
  if (!photo) return;
  const gps = gpsOf(photo);
  const place = placeOf(photo);
  glance.latitudes[row] = gps?.latitude ?? NaN;
  glance.longitudes[row] = gps?.longitude ?? NaN;
  glance.places[row] = place ? glance.table.push(place) : 0;
}

/** The same with photos where edits on their way have put them. */
function withEdits(glance: Glance, { edited, plain }: Chunk): Glance {
  const rows = edited.rowsWith?.('placeOverride') ?? edited.keys();
  const moved = Array.from(rows, (row) => [row, edited.get(row)] as const).filter(
    ([row, photo]) =>
      JSON.stringify(photo?.placeOverride) !== JSON.stringify(plain.photo(row)?.placeOverride),
  );
  if (moved.length === 0) return glance;
  const own: Glance = {
    latitudes: glance.latitudes.slice(),
    longitudes: glance.longitudes.slice(),
    uploaded: glance.uploaded,
    places: glance.places.slice(),
    table: [...glance.table],
  };
  for (const [row, photo] of moved) put(own, row, photo);
  return own;
}

/** When a photo was uploaded, epoch seconds. */
export const uploadedIn =
  (glances: Glances) =>
  (reference: number): number =>
    glances[letterIn(reference)]?.uploaded[rowIn(reference)] ?? 0;

/** The town, region and country a photo was taken in; undefined where none is known. */
export function placeIn(glances: Glances, reference: number): Place | undefined {
  const glance = glances[letterIn(reference)];
  return glance?.table[(glance.places[rowIn(reference)] ?? 0) - 1];
}
