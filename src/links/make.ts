// Making a link and ending it: copies that S3 makes first, the manifest last, so that nothing half is ever shown; what came to nothing
// is taken away again, at once or by the next one who looks.
import type { WorkOptions } from '../cloud/aws-shares.ts';
import type { Copy, OwnShare } from '../cloud/copies.ts';
import { isSharable, namesOf, sharedPhoto } from '../library/share-content.ts';
import type { IdentityId, PhotoId, RandomId } from '../schema/ids.ts';
import { RENDITIONS, type LinkClass } from '../schema/keys.ts';
import type { LinkAddress } from '../schema/link.ts';
import type { Manifest, SealedManifest } from '../schema/manifest.ts';
import { defined } from '../schema/parse.ts';
import type { Photo } from '../schema/photo.ts';
import { seal } from '../schema/seal.ts';
import { randomId, shareId, type Share } from '../schema/social.ts';
import { instantOf } from '../schema/time.ts';

/** What a link takes of the cloud: see `ShareStore`. */
export interface LinkStore {
  copy(at: OwnShare, copies: readonly Copy[], options?: WorkOptions): Promise<ReadonlySet<Copy>>;
  putManifest(at: OwnShare, manifest: Manifest | SealedManifest, signal?: AbortSignal): Promise<void>;
  end(at: OwnShare, options?: WorkOptions): Promise<void>;
}

/** And of one's own rows: see `Social`. */
export interface LinkRows {
  readonly identityId: IdentityId;
  put(id: string, attributes: Record<string, unknown>): Promise<unknown>;
  remove(ids: readonly string[]): Promise<unknown>;
}

export interface Wish {
  title: string;
  linkClass: LinkClass;
  download: boolean;
  originals: boolean;
  /** Undefined for none. */
  password?: string;
  /** How the owner wants to be called there. */
  by?: string;
  photos: readonly Photo[];
}

export interface MakeOptions {
  store: LinkStore;
  rows: LinkRows;
  /** Server time. */
  now: number;
  /** Photos that are done. */
  onProgress: (done: number) => void;
  signal: AbortSignal;
}

export interface Made {
  address: LinkAddress;
  /** So many photos could not be copied. */
  lacking: number;
}

const DAY_MS = 86_400_000;
const LIVES: Partial<Record<LinkClass, number>> = { '7d': 7 * DAY_MS, '30d': 30 * DAY_MS };
/** One that was begun so long ago and is not finished will never be: no copying takes so long. */
const ABANDONED_MS = 3_600_000;

/** When it ends by itself, in epoch milliseconds; S3 takes its copies away soon after. */
export function endOf({ linkClass, createdAt }: Pick<Share, 'linkClass' | 'createdAt'>): number | undefined {
  const life = linkClass && LIVES[linkClass];
  return life === undefined ? undefined : Date.parse(createdAt) + life;
}

const copiesOf = (photos: readonly Photo[], ids: readonly RandomId[], originals: boolean): Copy[] => {
  const kinds: Copy['of'][] = originals ? [...RENDITIONS, 'original'] : [...RENDITIONS];
  return photos.flatMap(({ photoId }, i) => kinds.map((of) => ({ photoId, id: ids[i] as RandomId, of })));
};

/** Makes a link. When it cannot be made, or nobody wants it any more, nothing of it is left, and it fails. */
export async function makeLink(wish: Wish, options: MakeOptions): Promise<Made> {
  const { store, rows, now } = options;
  const share = randomId();
  const address: LinkAddress = { linkClass: wish.linkClass, owner: rows.identityId, share };
  const at: OwnShare = { share, home: wish.linkClass };
  // First of all, so that whatever becomes of the rest, it is known that there is something to take away.
  await rows.put(shareId(share), {
    audience: 'link',
    source: 'photos',
    title: wish.title,
    createdAt: instantOf(now),
    linkClass: wish.linkClass,
    download: wish.download,
    originals: wish.originals,
    password: wish.password !== undefined,
  });
  try {
    const { photos, lacking } = await publish(wish, at, options);
    await rows.put(shareId(share), { count: photos, publishedAt: instantOf(now) });
    return { address, lacking };
  } catch (error) {
    await endLink(at, { store, rows }).catch(console.warn);
    throw error;
  }
}

async function publish(
  wish: Wish,
  at: OwnShare,
  { store, rows, now, onProgress, signal }: MakeOptions,
): Promise<{ photos: number; lacking: number }> {
  const photos = wish.photos.filter(isSharable);
  const ids = await namesOf(
    randomId(),
    photos.map(({ photoId }) => photoId),
  );
  const copies = copiesOf(photos, ids, wish.originals);
  const each = photos.length > 0 ? copies.length / photos.length : 1;
  const lacking = await store.copy(at, copies, {
    onProgress: (done) => onProgress(Math.floor(done / each)),
    signal,
  });
  const unseen = new Set<PhotoId>();
  const bare = new Set<PhotoId>();
  for (const { photoId, of } of lacking) (of === 'original' ? bare : unseen).add(photoId);
  // Whoever follows a link never learns where a photo was taken.
  const shared = photos.flatMap((photo, i) =>
    unseen.has(photo.photoId)
      ? []
      : [sharedPhoto(photo, ids[i] as RandomId, { original: wish.originals && !bare.has(photo.photoId) })],
  );
  const end = endOf({ linkClass: wish.linkClass, createdAt: instantOf(now) });
  const manifest = defined({
    version: 1,
    share: at.share,
    owner: rows.identityId,
    source: 'photos',
    title: wish.title,
    changedAt: instantOf(now),
    download: wish.download,
    until: end === undefined ? undefined : instantOf(end),
    by: wish.by,
    photos: shared,
  }) as Manifest;
  const sealed = wish.password === undefined ? manifest : await seal(manifest, wish.password);
  await store.putManifest(at, sealed, signal);
  return { photos: shared.length, lacking: unseen.size };
}

/** Nothing of a link is left; its row goes last, so that what could not be taken away is still known. */
export async function endLink(
  at: OwnShare,
  { store, rows }: Pick<MakeOptions, 'store' | 'rows'>,
): Promise<void> {
  await store.end(at);
  await rows.remove([shareId(at.share)]);
}

/** One's own links, the newest first. */
export const linksOf = (shares: readonly Share[]): (Share & { linkClass: LinkClass })[] =>
  shares
    .filter(
      (share): share is Share & { linkClass: LinkClass } =>
        share.audience === 'link' && share.linkClass !== undefined && !share.deletedAt,
    )
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));

/** Those whose time is over, and those that were begun and never finished: a page that was closed, a computer that was switched off. */
export const isOver = (link: Share, now: number): boolean => {
  const end = endOf(link);
  const abandoned = link.publishedAt === undefined && now - Date.parse(link.createdAt) > ABANDONED_MS;
  return abandoned || (end !== undefined && end <= now);
};
