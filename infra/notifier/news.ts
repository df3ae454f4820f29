// What of a manifest is new, and to whom. Pure.
import type { IdentityId } from '../../src/schema/ids.ts';
import type { Manifest } from '../../src/schema/manifest.ts';

/** News that is older was told, or is too old to be told: Lambda gives an event up after six hours. */
const NEWS_MS = 6 * 3_600_000;
/** Clocks that go wrong by so much are forgiven. */
const SKEW_MS = 10 * 60_000;

/** One batch, as readers are told of it. */
export type News = NonNullable<Manifest['news']>;

/** What each reader is told of: what was added, or all of it to whoever was added. Undefined where none of it is new. */
export function newsFor(
  { news, joined, photos }: Manifest,
  now: number,
): ((reader: IdentityId) => News | undefined) | undefined {
  const isNew = (at: string): boolean => now - Date.parse(at) < NEWS_MS && Date.parse(at) - now < SKEW_MS;
  const added = news && isNew(news.at) ? news : undefined;
  const all =
    joined && isNew(joined.at) && photos.length > 0
      ? { id: joined.id, at: joined.at, count: photos.length }
      : undefined;
  if (!added && !all) return undefined;
  // Whoever came before the last photos did has been told of the rest.
  const latest = all && !(added && added.at > all.at) ? all : undefined;
  return (reader) => (latest && joined?.readers.includes(reader) ? latest : added);
}
