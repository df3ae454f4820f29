// How `npm run members -- move` takes a library to another identity. S3 copies the originals itself, once, and says their hash, which
// has to be their photo id; the processor draws and measures them there, as it does with every original; then what the owner wrote goes
// along. Nothing old is touched until all that has been found to be there, by another run and on another word.
import type { PhotoId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { inLanes } from '../reprocess-run.ts';
import { adopt, type AdoptTally } from './adopt-run.ts';
import { awaitRows } from './await-rows.ts';
import { inBucket } from './bucket.ts';
import { copyOriginal } from './copies.ts';
import { bringEdits, liveRows, missingEdits, ownRows, putRow, rowAt } from './edits.ts';
import { photosIn, placeIn, type Library } from './library.ts';
import { originalsOf } from './originals.ts';
import { rowsIn } from './rows.ts';

export interface Move {
  from: Library;
  to: Library;
  lanes: number;
  signal: AbortSignal;
  tally: AdoptTally;
  changed: () => void;
  told: (what: string, why: string) => void;
  /** S3 copies no more than this at once. */
  largestCopy?: number;
}

const LARGEST_COPY = 5 * 2 ** 30;

/** Copies whatever is not there yet, of originals, of what the owner wrote, and of albums. */
export async function copyLibrary(move: Move): Promise<void> {
  const awaited = await copyOriginals(move);
  if (move.signal.aborted) return;
  await awaitRows(awaited, { ...move, library: move.to });
  if (move.signal.aborted) return;
  await inLanes(liveRows(move.from), move, async (item) => void (await bringEdits(item, move.to)));
  await inLanes(ownRows(move.from), move, async (item) => void (await putRow(item, move.to)));
}

async function copyOriginals(move: Move): Promise<Map<PhotoId, string>> {
  const { from, to, tally, changed, told, largestCopy = LARGEST_COPY } = move;
  const known = await photosIn(to);
  const awaited = new Map<PhotoId, string>();
  await inLanes(originalsOf(placeIn(from)), move, async ({ photoId, bytes }) => {
    const key = originalKey(from.owner, photoId);
    try {
      if (known.has(photoId)) tally.there += 1;
      else if (bytes > largestCopy) await stream(key, move);
      else if (await copyOriginal(key, photoId, to)) {
        tally.stored += 1;
        tally.bytes += bytes;
      } else tally.there += 1;
      if (!known.get(photoId)) awaited.set(photoId, key);
    } catch (error) {
      const { name, message } = error as Error;
      const archived = /^(?:InvalidObjectState|ObjectNotInActiveTierError)$/.test(name);
      if (!archived && !/^(?:NoSuchKey|BadCopy)$/.test(name)) throw error;
      tally.failed += 1;
      told(key, archived ? 'It is archived: restore it first, then run this again.' : message);
    }
    changed();
  });
  return awaited;
}

/** What is too large to be copied at once comes by way of this computer. */
async function stream(key: string, { from, to, signal, tally, changed, told }: Move): Promise<void> {
  const findings = inBucket(from.s3, { bucket: from.config.originalsBucket, prefix: key });
  await adopt(findings, { library: to, known: new Map(), lanes: 1, signal, tally, changed, told });
}

/** What the new library lacks of the old one, a line for each; the word of the processor, which hashes anew, counts for the bytes. */
export async function missingIn({
  from,
  to,
  signal,
}: Pick<Move, 'from' | 'to' | 'signal'>): Promise<string[]> {
  const missing: string[] = [];
  const [words, sizes] = [await photosIn(to), new Map<PhotoId, number>()];
  for await (const { photoId, bytes } of originalsOf(placeIn(to))) sizes.set(photoId, bytes);
  for await (const { photoId, bytes } of originalsOf(placeIn(from))) {
    const word = words.get(photoId);
    if (sizes.get(photoId) !== bytes) missing.push(`${photoId}: the original is not there`);
    else if (!word) missing.push(`${photoId}: the processor has not been there`);
    else if (word.failure === 'hash-mismatch')
      missing.push(`${photoId}: its bytes are not those of its hash`);
  }
  await inLanes(liveRows(from), { lanes: 8, signal }, async (old) => {
    const now = await rowAt(to, old['photoId']);
    const lost = now
      ? Object.keys(missingEdits(old, now)).filter((name) => !name.endsWith('EditedAt'))
      : ['row'];
    if (lost.length > 0) missing.push(`${String(old['photoId'])}: no ${lost.join(', ')}`);
  });
  const there = new Set<unknown>();
  for await (const { id } of rowsIn(to, to.config.socialTable)) there.add(id);
  for await (const { id } of ownRows(from)) if (!there.has(id)) missing.push(`${String(id)}: not there`);
  return missing;
}
