// What a share holds, asked for when somebody points at its card: by the time they have opened it, it is there or on its way.
import type { Shares } from '../cloud/shares.ts';
import type { IdentityId, RandomId } from '../schema/ids.ts';
import { parseManifest, type Manifest } from '../schema/manifest.ts';

/** Longer than somebody points at a card before they open it, and soon enough for what is taken back meanwhile. */
const FRESH_MS = 10_000;
/** Of more photos than this the manifest is too large to be fetched for a finger that only scrolls by. */
const MOST_PHOTOS_AHEAD = 1000;

interface Known {
  owner: IdentityId;
  share: RandomId;
}

interface Asked extends Known {
  changedAt: string;
  at: number;
  manifest: Promise<Manifest | undefined>;
}

export class Ahead {
  readonly #shares: Pick<Shares, 'manifest'>;
  readonly #now: () => number;
  #asked: Asked | undefined;

  constructor(shares: Pick<Shares, 'manifest'>, now = (): number => performance.now()) {
    this.#shares = shares;
    this.#now = now;
  }

  /** `changedAt` is when its row did: what was asked for before that is not what is opened. */
  ask({ owner, share }: Known, { changedAt, count }: { changedAt: string; count: number }): void {
    if (count > MOST_PHOTOS_AHEAD || this.#fresh({ owner, share }, changedAt)) return;
    const known = { owner, share };
    const manifest = this.#shares.manifest(known).then((json) => parseManifest(json, known));
    // Whoever opens it asks again, and hears what is wrong.
    manifest.catch(() => {});
    this.#asked = { ...known, changedAt, at: this.#now(), manifest };
  }

  /** What was asked for a moment ago, once; undefined where nothing was. */
  take(known: Known, changedAt: string): Promise<Manifest | undefined> | undefined {
    const asked = this.#fresh(known, changedAt);
    this.#asked = undefined;
    return asked?.manifest;
  }

  #fresh({ owner, share }: Known, changedAt: string): Asked | undefined {
    const asked = this.#asked;
    const same = asked?.share === share && asked.owner === owner && asked.changedAt === changedAt;
    return same && this.#now() - asked.at < FRESH_MS ? asked : undefined;
  }
}
