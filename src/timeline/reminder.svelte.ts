// That there are photos of this day in earlier years: a dot beside the page's name and a number on the installed app's icon, until the
// page has been opened; then nothing more that day.
import type { IdentityId } from '../schema/ids.ts';
import { openStores, REPLICA_PREFIX } from '../library/databases.ts';
import type { Library } from '../library/library.svelte.ts';
import { settled } from '../library/request.ts';
import { changing } from '../library/transaction.ts';
import type { Badge } from '../ui/badge.ts';
import type { Route } from '../ui/route.svelte.ts';
import { keyOf, onThisDay, today, type CalendarDay } from './on-this-day.ts';

export const PATH = '/on-this-day';
const SEEN = 'seen';

/** Its name makes it go with the replica at sign-out. */
const open = (identityId: IdentityId): Promise<IDBDatabase> =>
  openStores(`${REPLICA_PREFIX}${identityId}-${SEEN}`, { version: 1, stores: [SEEN] });

/** The day of which the page was opened last. */
async function lastSeen(identityId: IdentityId): Promise<unknown> {
  const database = await open(identityId);
  try {
    return await settled(database.transaction(SEEN).objectStore(SEEN).get(SEEN));
  } finally {
    database.close();
  }
}

async function noteSeen(identityId: IdentityId, day: string): Promise<void> {
  const database = await open(identityId);
  try {
    await changing(database, [SEEN], (store) => store?.put(day, SEEN));
  } finally {
    database.close();
  }
}

export class Reminder {
  readonly #library: Pick<Library, 'identityId' | 'columns'>;
  #day = $state.raw<CalendarDay>(today());
  /** The day seen last; undefined until that is known. */
  #seen = $state<string>();
  readonly #count = $derived.by(() =>
    this.#seen === undefined || this.#seen === keyOf(this.#day)
      ? 0
      : onThisDay(this.#library.columns, this.#day).length,
  );

  /** To be made while a component is: it lives as long. */
  constructor(
    library: Pick<Library, 'identityId' | 'columns'>,
    route: Pick<Route, 'path'>,
    badge: Pick<Badge, 'remembered'>,
  ) {
    this.#library = library;
    lastSeen(library.identityId).then(
      (day) => (this.#seen ??= String(day)),
      // Nothing is lost but a dot.
      (error: unknown) => console.warn(error),
    );
    $effect(() => {
      const look = () => {
        if (keyOf(today()) !== keyOf(this.#day)) this.#day = today();
      };
      document.addEventListener('visibilitychange', look);
      return () => document.removeEventListener('visibilitychange', look);
    });
    $effect(() => {
      const day = keyOf(this.#day);
      if (route.path !== PATH || this.#seen === undefined || this.#seen === day) return;
      this.#seen = day;
      noteSeen(library.identityId, day).catch(console.warn);
    });
    $effect(() => badge.remembered(this.#count));
    $effect(() => () => badge.remembered(0));
  }

  /** How many photos wait on a page. */
  waiting(path: string): number {
    return path === PATH ? this.#count : 0;
  }
}
