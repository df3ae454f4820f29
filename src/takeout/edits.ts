// What Google knows of a photo, as edits of its row once that is ready. What the file itself says counts more, and what the owner has
// said here, even by taking it away, counts most: whoever reads the same export again changes nothing. Pure.
import type { PhotoEdit } from '../cloud/requests.ts';
import { inZone, zoneOf } from '../library/dates.ts';
import { editTimeOf, type EditableAttribute, type Photo, type TakenAtSource } from '../schema/photo.ts';
import { wallClock, type Instant, type LocalTime } from '../schema/time.ts';
import type { Facts } from './said.ts';
import type { Clocks } from './zones.ts';

/** Of a photo that is in several folders, which has a sidecar in each: the first word counts. */
export const together = (all: Iterable<Facts>): Facts => Object.assign({}, ...[...all].toReversed()) as Facts;

/** Nothing to be edited is an empty edit. */
export function factsToEdits(row: Photo, facts: Facts, clocks: Clocks): PhotoEdit {
  const free = (attribute: EditableAttribute): boolean =>
    row[attribute] === undefined && row[editTimeOf(attribute)] === undefined;
  const taken = free('takenAtOverride') ? takenBy(row, facts, clocks) : undefined;
  return {
    ...(facts.caption !== undefined && free('caption') && { caption: facts.caption }),
    ...(facts.favorite && free('favorite') && { favorite: true }),
    ...(facts.archived && free('archived') && { archived: true }),
    ...(taken !== undefined && { takenAtOverride: taken }),
    ...(facts.gps && !row.gps && free('placeOverride') && { placeOverride: { gps: facts.gps } }),
  };
}

/** Times that were not written down when the photo was taken. */
const GUESSED: ReadonlySet<TakenAtSource> = new Set(['file', 'upload'] as const);

function takenBy(row: Photo, { takenAt, gps }: Facts, clocks: Clocks): LocalTime | undefined {
  if (takenAt === undefined || row.takenAtSource === 'exif') return undefined;
  // By the clock on the wall it may well say more than UTC does.
  if (!GUESSED.has(row.takenAtSource) && isSameMoment(row.takenAt, takenAt)) return undefined;
  const utc = `${takenAt.slice(0, 19)}Z`;
  const taken = inZone(utc, clocks(takenAt, gps ?? row.gps), true);
  return taken === row.takenAt ? undefined : taken;
}

/** Zips know every other second only. */
const NEAR_MS = 2000;
const QUARTER_MS = 15 * 60_000;
const EARLIEST_MS = -12 * 3_600_000;
const LATEST_MS = 14 * 3_600_000;

/** Whether somewhere on earth a clock showed this time at that moment; if the time says where, whether it did there. */
function isSameMoment(time: LocalTime, at: Instant): boolean {
  if (zoneOf(time) !== undefined) return Math.abs(Date.parse(time) - Date.parse(at)) <= NEAR_MS;
  const ahead = wallClock(time) - Date.parse(at);
  const rest = Math.abs(ahead - Math.round(ahead / QUARTER_MS) * QUARTER_MS);
  return rest <= NEAR_MS && ahead >= EARLIEST_MS - NEAR_MS && ahead <= LATEST_MS + NEAR_MS;
}
