// Waiting for rows: a photo is safe only when the processor has looked at its bytes and said so.
import { setTimeout as wait } from 'node:timers/promises';
import type { PhotoId } from '../../src/schema/ids.ts';
import type { FailureCode } from '../../src/schema/photo.ts';
import type { Adoption } from './adopt-run.ts';
import { MOST_ASKED, wordsOn, type Word } from './library.ts';

const UNSHOWABLE: Readonly<Partial<Record<FailureCode, string>>> = {
  unsupported: 'is stored, but is nothing that Shoebox can show',
  damaged: 'is stored, but cannot be shown: the file is damaged',
  'too-large': 'is stored, but too large to be shown',
  empty: 'is stored, but has no bytes',
  unexpected: 'is stored, but could not be processed; "npm run reprocess" tries again',
};

interface Patience {
  /** Between two looks, in milliseconds. */
  pause: number;
  /** Without any news, in milliseconds. */
  most: number;
}

/** Waits until the processor has been at every one of them, as long as there is news. What is left then is in `tally.awaited`. */
export async function awaitRows(
  awaited: ReadonlyMap<PhotoId, string>,
  {
    library,
    signal,
    tally,
    changed,
    told,
  }: Pick<Adoption, 'library' | 'signal' | 'tally' | 'changed' | 'told'>,
  { pause, most }: Patience = { pause: 2000, most: 300_000 },
): Promise<void> {
  const waiting = new Set(awaited.keys());
  tally.awaited = waiting.size;
  let newsAt = Date.now();
  while (waiting.size > 0 && !signal.aborted && Date.now() - newsAt < most) {
    const asked = [...waiting].slice(0, 5 * MOST_ASKED);
    for (let at = 0; at < asked.length; at += MOST_ASKED) {
      const some = asked.slice(at, at + MOST_ASKED);
      const words = await wordsOn(library, some);
      for (const photoId of some) {
        waiting.delete(photoId);
        const word = words.get(photoId);
        if (word) note(photoId, word);
        // Asked again behind the others.
        else waiting.add(photoId);
      }
    }
    if (waiting.size < tally.awaited) newsAt = Date.now();
    const all = waiting.size === tally.awaited;
    tally.awaited = waiting.size;
    changed();
    if (all && waiting.size > 0) await wait(pause, undefined, { signal }).catch(() => undefined);
  }

  function note(photoId: PhotoId, { failure }: Word): void {
    const where = awaited.get(photoId) ?? photoId;
    if (failure === 'hash-mismatch') {
      tally.failed += 1;
      told(
        where,
        'It arrived with other bytes than were read: delete that photo in the page, then run this again.',
      );
    } else if (failure !== undefined) {
      tally.unshowable += 1;
      told(where, `It ${UNSHOWABLE[failure]}.`);
    }
  }
}
