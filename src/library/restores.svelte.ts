// Originals that somebody has had restored from cold storage: which, how each stands, and whether that has been said. S3 knows best; this
// device notes only whom to ask about, so that it can tell on a later visit.
import type { Cloud } from '../cloud/cloud.ts';
import type { RestoreTier, Standing } from '../cloud/requests.ts';
import { isPhotoId, type PhotoId } from '../schema/ids.ts';
import { fields, flag, list } from '../schema/parse.ts';
import { instant, type Instant } from '../schema/time.ts';
import { readNote, writeNote } from './notes.ts';

/** The copy stays for a week. */
export const RESTORED_DAYS = 7;
const AT_ONCE = 8;
const MOST = 10_000;

export interface Restored {
  photoId: PhotoId;
  /** Until when it can be had; undefined while it is on its way. */
  until?: Instant;
  /** Whether somebody has been told that it is there. */
  told: boolean;
}

interface Options {
  cloud: Pick<Cloud, 'archive' | 'clock'>;
  database: IDBDatabase;
  closing: AbortSignal;
}

export class Restores {
  readonly #options: Options;
  #known = $state.raw<ReadonlyMap<PhotoId, Restored>>(new Map());

  private constructor(options: Options) {
    this.#options = options;
  }

  /** With what earlier visits have asked for. */
  static async open(options: Options): Promise<Restores> {
    const restores = new Restores(options);
    await restores.#read();
    return restores;
  }

  /** Another tab, or another part of this page, may have asked or told since. */
  async #read(): Promise<void> {
    const note = fields(await readNote(this.#options.database, 'restores'));
    const known = list(note?.['photos'], parseRestored, MOST) ?? [];
    this.#known = new Map(known.map((one) => [one.photoId, one]));
  }

  get all(): readonly Restored[] {
    return [...this.#known.values()];
  }

  /** How these stand; what is no longer there is left out. Fails with a CloudError. */
  async standings(photoIds: readonly PhotoId[]): Promise<Map<PhotoId, Standing>> {
    const archive = await this.#options.cloud.archive();
    return archive.standings(photoIds, this.#options.closing);
  }

  /**
   * Asks for all of them; `ondone` hears of each. What could be asked for is noted, whatever became of the others. Fails with a
   * CloudError.
   */
  async ask(photoIds: readonly PhotoId[], tier: RestoreTier, ondone: () => void): Promise<void> {
    const archive = await this.#options.cloud.archive();
    const { closing } = this.#options;
    const asked: PhotoId[] = [];
    const rest = photoIds.values();
    const lane = async (): Promise<void> => {
      for (const photoId of rest) {
        await archive.restore(photoId, tier, RESTORED_DAYS, closing);
        asked.push(photoId);
        ondone();
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
    await this.#read();
    const known = new Map(this.#known);
    for (const photoId of asked) known.set(photoId, { photoId, told: false });
    await this.#keep(known);
    const failed = lanes.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Asks S3 how those stand that are waited for; gives those that are there and nobody has been told of. Fails with a CloudError. */
  async look(): Promise<Restored[]> {
    await this.#read();
    if (this.#known.size === 0) return [];
    return this.#heard(await this.standings([...this.#known.keys()]));
  }

  /** The same of all originals there are: other devices may have asked, too. */
  async lookAtAll(): Promise<Restored[]> {
    const archive = await this.#options.cloud.archive();
    const found = new Map<PhotoId, Standing>();
    for await (const [photoId, standing] of archive.all(this.#options.closing))
      if (standing.state === 'restoring' || standing.state === 'restored') found.set(photoId, standing);
    await this.#read();
    return this.#heard(found);
  }

  async #heard(standings: ReadonlyMap<PhotoId, Standing>): Promise<Restored[]> {
    const known = new Map<PhotoId, Restored>();
    const ready: Restored[] = [];
    for (const [photoId, standing] of standings) {
      const before = this.#known.get(photoId);
      if (standing.state === 'restoring') known.set(photoId, { photoId, told: false });
      if (standing.state !== 'restored') continue;
      const one = { photoId, until: standing.until, told: true };
      if (!before?.told) ready.push(one);
      known.set(photoId, one);
    }
    await this.#keep(known);
    return ready;
  }

  async #keep(known: ReadonlyMap<PhotoId, Restored>): Promise<void> {
    const { database, closing } = this.#options;
    if (closing.aborted) return;
    this.#known = known;
    await writeNote(database, 'restores', known.size === 0 ? undefined : { photos: [...known.values()] });
  }
}

function parseRestored(value: unknown): Restored | undefined {
  const from = fields(value);
  const photoId = from?.['photoId'];
  const until = instant(from?.['until']);
  if (!isPhotoId(photoId)) return undefined;
  return { photoId, told: flag(from?.['told']) ?? false, ...(until && { until }) };
}
