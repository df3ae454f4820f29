// What albums look like among others: how many photos each has, its cover, and from when they are. Worked out in slices, and only anew
// for what has changed.
import { glanceAt, type Glance } from '../library/album-list.ts';
import type { Columns } from '../library/columns.ts';
import { breather } from '../library/slices.ts';
import type { RandomId } from '../schema/ids.ts';
import type { Album, Entry } from '../schema/social.ts';

interface Known {
  columns: Columns;
  entries: readonly Entry[];
  album: Album;
  glance: Glance;
}

export class Glances {
  readonly #known = new Map<RandomId, Known>();
  #all = $state.raw<ReadonlyMap<RandomId, Glance>>();

  /** Undefined until every album has been looked at once. */
  get all(): ReadonlyMap<RandomId, Glance> | undefined {
    return this.#all;
  }

  async look(
    columns: Columns,
    albums: readonly { album: Album; entries: readonly Entry[] }[],
    signal: AbortSignal,
  ): Promise<void> {
    const breath = breather();
    const all = new Map<RandomId, Glance>();
    for (const { album, entries } of albums) {
      await breath();
      if (signal.aborted) return;
      const known = this.#known.get(album.album);
      const isKnown = known?.columns === columns && known.entries === entries && known.album === album;
      const glance = isKnown ? known.glance : glanceAt(columns, album, entries);
      this.#known.set(album.album, { columns, entries, album, glance });
      all.set(album.album, glance);
    }
    this.#all = all;
  }
}

/** Those with the newest photos first, empty ones, which have just been made, before them. */
export const byNewest = (
  albums: readonly Album[],
  glances: ReadonlyMap<RandomId, Glance> | undefined,
): Album[] => {
  const newest = ({ album }: Album): number => {
    const glance = glances?.get(album);
    return glance && glance.count > 0 ? glance.newest : Infinity;
  };
  return albums.toSorted((a, b) => {
    const [one, other] = [newest(a), newest(b)];
    return one === other ? a.title.localeCompare(b.title) : other - one;
  });
};
