// Adding to somebody else's album: a share of one's own, with everybody who is in that album.
import type { CloudError } from '../cloud/error.ts';
import type { Sharing } from '../grid/sharing.ts';
import { membersOf } from '../library/share-rows.ts';
import type { PhotoId } from '../schema/ids.ts';
import { parseManifest } from '../schema/manifest.ts';
import { MOST_CHOSEN, type Share, type SharedWith } from '../schema/social.ts';

/** What one has added to an album already, as a share. */
export const contributionTo = (
  { album, owner }: Pick<SharedWith, 'album' | 'owner'>,
  shares: readonly Share[],
): Share | undefined =>
  shares.find(
    (share) =>
      share.albumOwner === owner && share.owner !== owner && share.album === album && share.readers?.length,
  );

/** Gives why it is not there yet, if it is not. */
export async function contribute(
  host: SharedWith,
  photos: readonly PhotoId[],
  { social, publisher, shares }: Sharing,
): Promise<CloudError | undefined> {
  const before = contributionTo(host, social.shares);
  if (before) {
    const all = [...new Set([...(before.photos ?? []), ...photos])].slice(0, MOST_CHOSEN);
    await social.put(before.id, { photos: all });
    await publisher.run();
    return publisher.problems.get(before.share);
  }
  const manifest = parseManifest(await shares.manifest(host), host);
  const readers = manifest ? membersOf(manifest, social.identityId) : [host.owner];
  const { title, album } = host;
  if (!album) return undefined;
  return publisher.begin({
    source: 'album',
    title,
    album,
    albumOwner: host.owner,
    readers,
    photos: [...photos],
  });
}
