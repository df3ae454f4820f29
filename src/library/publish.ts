// Publishing one share: what is not there yet is copied, then the manifest names it, then readers are told, then what is in it no more
// is deleted. Stopped anywhere, it is done again from what lies there.
import type { ShareStore } from '../cloud/aws-shares.ts';
import { copyName, type Copy, type OwnShare } from '../cloud/copies.ts';
import type { Shares } from '../cloud/shares.ts';
import type { RandomId } from '../schema/ids.ts';
import { RENDITIONS } from '../schema/keys.ts';
import { parseManifest } from '../schema/manifest.ts';
import { MANIFEST_NAME } from '../schema/share-keys.ts';
import { randomId, type Share } from '../schema/social.ts';
import { withNews, type ShareContent } from './share-content.ts';
import type { Published } from './share-rows.ts';

export interface PublishTarget {
  manifest: Shares['manifest'];
  store: () => Promise<Pick<ShareStore, 'list' | 'copy' | 'putManifest' | 'remove' | 'end'>>;
}

export interface PublishOptions {
  /** Between what readers can see and what they cannot see any more. */
  tell: (published: Published) => Promise<unknown>;
  onProgress: (done: number, all: number) => void;
  signal: AbortSignal;
}

export async function publish(
  share: Share,
  content: ShareContent,
  target: PublishTarget,
  { tell, onProgress, signal }: PublishOptions,
): Promise<void> {
  const { owner, share: id } = share;
  const at: OwnShare = { home: 'friends', share: id };
  const store = await target.store();
  const before =
    share.publishedAt && parseManifest(await target.manifest({ owner, share: id }, signal), share);
  const there = await store.list(at, signal);
  const wanted = [...content.photoIds].flatMap(([name, photoId]) =>
    RENDITIONS.map((of): Copy => ({ photoId, id: name, of })),
  );
  const copies = wanted.filter((copy) => !there.has(copyName(copy)));
  const lacking = await store.copy(at, copies, {
    onProgress: (done) => onProgress(done, copies.length),
    signal,
  });
  const without = new Set<RandomId>([...lacking].map((copy) => copy.id));
  const photos = content.manifest.photos.filter((photo) => !without.has(photo.id));
  const manifest = withNews({ ...content.manifest, photos }, before || undefined, randomId);
  await store.putManifest(at, manifest, signal);

  const named = new Set([MANIFEST_NAME, ...wanted.filter((copy) => !without.has(copy.id)).map(copyName)]);
  const now = copies.length > 0 ? await store.list(at, signal) : there;
  const bytes = [...now].reduce((sum, [name, size]) => (named.has(name) ? sum + size : sum), 0);
  // What could not be copied is missing from what was published, and is tried again.
  const digest = without.size > 0 ? undefined : content.digest;
  await tell({ manifest, bytes, digest });
  await store.remove(
    at,
    [...now.keys()].filter((name) => !named.has(name)),
    { signal },
  );
}
