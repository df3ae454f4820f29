// Which pictures this device keeps, and how many: agreed between the page and its service worker by a note beside them, which goes
// with them at sign-out.
import type { IdentityId, PhotoId } from '../schema/ids.ts';
import { parseRenditionKey, type Rendition } from '../schema/keys.ts';
import { fields, flag, oneOf } from '../schema/parse.ts';

/** Caches of renditions: this prefix, then the identity id. */
export const RENDITION_CACHE = 'shoebox-renditions-';

export const renditionCache = (owner: IdentityId, rendition: Rendition): string =>
  `${RENDITION_CACHE}${owner}-${rendition}`;

export const BUDGETS = ['small', 'medium', 'large'] as const;
export type Budget = (typeof BUDGETS)[number];

/** How many are kept, oldest out first; what is looked at again is fetched again. A thumbnail has some 20 kB, a view 400. */
export const LIMITS: Readonly<Record<Budget, Readonly<Record<Rendition, number>>>> = {
  small: { thumb: 5000, view: 100 },
  medium: { thumb: 20_000, view: 500 },
  large: { thumb: 100_000, view: 2500 },
};

export interface Keeping {
  budget: Budget;
  /** Thumbnails of all photos are fetched and kept. */
  all: boolean;
  /** Not at the moment. */
  paused: boolean;
}

const USUAL: Keeping = { budget: 'medium', all: false, paused: false };

const settingsCache = (owner: IdentityId): string => `${RENDITION_CACHE}${owner}-settings`;
const SETTINGS = '/keeping';

export async function readKeeping(owner: IdentityId): Promise<Keeping> {
  const kept = await caches.match(SETTINGS, { cacheName: settingsCache(owner) });
  const from = fields(await kept?.json());
  return {
    budget: oneOf(from?.['budget'], BUDGETS) ?? USUAL.budget,
    all: flag(from?.['all']) ?? USUAL.all,
    paused: flag(from?.['paused']) ?? USUAL.paused,
  };
}

/** Nothing is left of it when the person has signed out meanwhile. */
export async function writeKeeping(owner: IdentityId, keeping: Keeping, leaving: AbortSignal): Promise<void> {
  await (await caches.open(settingsCache(owner))).put(SETTINGS, Response.json(keeping));
  if (leaving.aborted) await caches.delete(settingsCache(owner));
}

/** How many of these may be kept. */
export const mostOf = ({ budget, all }: Keeping, rendition: Rendition): number =>
  all && rendition === 'thumb' ? Infinity : LIMITS[budget][rendition];

/** Removes the oldest beyond `most`. */
export async function trim(cache: Cache, most: number): Promise<void> {
  if (most === Infinity) return;
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}

/** What is kept of that kind; undefined when there is nothing. */
async function cacheOf(owner: IdentityId, rendition: Rendition): Promise<Cache | undefined> {
  const name = renditionCache(owner, rendition);
  return (await caches.has(name)) ? caches.open(name) : undefined;
}

/** Photos whose renditions are kept. */
export async function keptPhotos(owner: IdentityId, rendition: Rendition): Promise<PhotoId[]> {
  const requests = (await (await cacheOf(owner, rendition))?.keys()) ?? [];
  return requests.flatMap(
    ({ url }) => parseRenditionKey(decodeURIComponent(new URL(url).pathname).slice(1))?.photoId ?? [],
  );
}

const SAMPLE = 100;

/** How many there are, and about how many bytes: the sizes of some of them are looked at. */
export async function measured(
  owner: IdentityId,
  rendition: Rendition,
): Promise<{ count: number; bytes: number }> {
  const cache = await cacheOf(owner, rendition);
  const requests = (await cache?.keys()) ?? [];
  const step = Math.ceil(requests.length / SAMPLE);
  const sample = requests.filter((_, at) => at % step === 0);
  const sizes = await Promise.all(
    sample.map(async (request) => (await (await cache?.match(request))?.blob())?.size ?? 0),
  );
  const sum = sizes.reduce((total, size) => total + size, 0);
  return { count: requests.length, bytes: (sum / Math.max(1, sample.length)) * requests.length };
}

/** Removes the pictures; how many may be kept stays as it was chosen. */
export async function removePictures(owner: IdentityId): Promise<void> {
  for (const rendition of ['thumb', 'view'] as const) await caches.delete(renditionCache(owner, rendition));
}
