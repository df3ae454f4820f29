// The photos of one album, packed: many albums with thousands of photos each are read at once, and most of them are never opened.
// Never changed: a change gives others.
import { isPhotoId, type IdentityId, type PhotoId, type RandomId } from '../schema/ids.ts';
import { fields } from '../schema/parse.ts';
import { entryId, type Entry } from '../schema/social.ts';
import { instantOf, type Instant } from '../schema/time.ts';

const ID_LENGTH = 43;
/** Per entry: when it was changed, when it was taken out (or not), and when each of both was last edited. */
const TIMES = 4;
const [CHANGED, DELETED, DELETED_EDITED, POSITION_EDITED] = [0, 1, 2, 3];

/** As it is kept on this device. */
interface Stored {
  /** All ids in a row. */
  photos: string;
  /** NaN for what there is not. */
  times: Float64Array;
  /** Per entry, '' for none. Without it nobody has sorted by hand. */
  positions?: string[];
}

export class Entries {
  readonly owner: IdentityId;
  readonly album: RandomId;
  readonly stored: Stored;
  /** How many there are, with those that were taken out. */
  readonly size: number;
  #live: readonly Entry[] | undefined;

  private constructor(owner: IdentityId, album: RandomId, stored: Stored) {
    this.owner = owner;
    this.album = album;
    this.stored = stored;
    this.size = stored.photos.length / ID_LENGTH;
  }

  static of(owner: IdentityId, album: RandomId, entries: readonly Entry[]): Entries {
    const times = new Float64Array(entries.length * TIMES).fill(NaN);
    for (const [i, { changedAt, deletedAt, editedAt }] of entries.entries()) {
      const put = (which: number, at: Instant | undefined) => {
        if (at !== undefined) times[i * TIMES + which] = Date.parse(at);
      };
      put(CHANGED, changedAt);
      put(DELETED, deletedAt);
      put(DELETED_EDITED, editedAt['deletedAt']);
      put(POSITION_EDITED, editedAt['position']);
    }
    return new Entries(owner, album, {
      photos: entries.map(({ photoId }) => photoId).join(''),
      times,
      ...(entries.some(({ position }) => position !== undefined) && {
        positions: entries.map(({ position }) => position ?? ''),
      }),
    });
  }

  /** As it was kept; undefined for what cannot be read. */
  static read(owner: IdentityId, album: RandomId, value: unknown): Entries | undefined {
    const from = fields(value);
    const photos = from?.['photos'];
    const times = from?.['times'];
    const positions = from?.['positions'];
    if (typeof photos !== 'string' || !(times instanceof Float64Array)) return undefined;
    const size = photos.length / ID_LENGTH;
    if (times.length !== size * TIMES) return undefined;
    if (positions !== undefined && !(Array.isArray(positions) && positions.length === size)) return undefined;
    return new Entries(owner, album, { photos, times, ...(positions && { positions }) });
  }

  /** Those that are in the album. */
  get live(): readonly Entry[] {
    return (this.#live ??= [...this.all()].filter(({ deletedAt }) => deletedAt === undefined));
  }

  get(photoId: PhotoId): Entry | undefined {
    const index = this.#indexOf(photoId);
    return index < 0 ? undefined : this.#at(index);
  }

  has(photoId: PhotoId): boolean {
    const index = this.#indexOf(photoId);
    return index >= 0 && this.#isLive(index);
  }

  /** The ids of those in the album, without looking further at them. */
  *photoIds(): Generator<PhotoId> {
    for (let i = 0; i < this.size; i++) if (this.#isLive(i)) yield this.#idAt(i);
  }

  *all(): Generator<Entry> {
    for (let i = 0; i < this.size; i++) {
      const entry = this.#at(i);
      if (entry) yield entry;
    }
  }

  /** With some of them as they now are; undefined for one that is gone. */
  with(changes: ReadonlyMap<PhotoId, Entry | undefined>): Entries {
    const entries = new Map<PhotoId, Entry>();
    for (const entry of this.all()) entries.set(entry.photoId, entry);
    for (const [photoId, entry] of changes) {
      if (entry) entries.set(photoId, entry);
      else entries.delete(photoId);
    }
    return Entries.of(this.owner, this.album, [...entries.values()]);
  }

  #indexOf(photoId: PhotoId): number {
    const { photos } = this.stored;
    // Only where an id begins: it could be found across two of them.
    let found = photos.indexOf(photoId);
    while (found >= 0 && found % ID_LENGTH !== 0) found = photos.indexOf(photoId, found + 1);
    return found < 0 ? -1 : found / ID_LENGTH;
  }

  #idAt(index: number): PhotoId {
    return this.stored.photos.slice(index * ID_LENGTH, (index + 1) * ID_LENGTH) as PhotoId;
  }

  #isLive(index: number): boolean {
    return Number.isNaN(this.stored.times[index * TIMES + DELETED]);
  }

  #at(index: number): Entry | undefined {
    const photoId = this.#idAt(index);
    const time = (which: number): Instant | undefined => {
      const at = this.stored.times[index * TIMES + which] as number;
      return Number.isNaN(at) ? undefined : instantOf(at);
    };
    const changedAt = time(CHANGED);
    if (!isPhotoId(photoId) || changedAt === undefined) return undefined;
    const editedAt: Record<string, Instant> = {};
    const [deleted, moved] = [time(DELETED_EDITED), time(POSITION_EDITED)];
    if (deleted !== undefined) editedAt['deletedAt'] = deleted;
    if (moved !== undefined) editedAt['position'] = moved;
    const entry: Entry = {
      kind: 'entry',
      owner: this.owner,
      id: entryId(this.album, photoId),
      album: this.album,
      photoId,
      changedAt,
      editedAt,
    };
    const deletedAt = time(DELETED);
    const position = this.stored.positions?.[index];
    if (deletedAt !== undefined) entry.deletedAt = deletedAt;
    if (position) entry.position = position;
    return entry;
  }
}
