// What becomes of one's share rows: telling readers, moving away from one who is no reader any more, ending. Pure.
import type { IdentityId, RandomId } from '../schema/ids.ts';
import type { Manifest } from '../schema/manifest.ts';
import { MOST_MOVES, MOST_READERS, randomId, shareId, sharedWithId, type Share } from '../schema/social.ts';
import type { Instant } from '../schema/time.ts';

export interface RowChange {
  id: string;
  /** null takes one away. */
  attributes: Record<string, unknown>;
}

/** What is needed to begin a share with friends. */
export type NewShare = Pick<Share, 'source' | 'title'> &
  Required<Pick<Share, 'readers'>> &
  Partial<Pick<Share, 'album' | 'albumOwner' | 'open' | 'since' | 'photos' | 'places'>>;

const withoutUndefined = (attributes: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));

/** Begins it; readers are told once it is there. */
export const begun = (share: NewShare, now: Instant, id: RandomId = randomId()): RowChange => ({
  id: shareId(id),
  attributes: withoutUndefined({ ...share, audience: 'friends', createdAt: now, salt: randomId() }),
});

/** Without readers it is over. That stands in its row, so that ending it outlives a crash. */
export const isOver = ({ audience, readers }: Share): boolean =>
  audience === 'friends' && (readers ?? []).length === 0;

/** Somebody who is no reader any more knows where it lies. */
export const mustMove = ({ told, readers, ...share }: Share): boolean =>
  !isOver({ ...share, readers } as Share) && (told ?? []).some((one) => !readers?.includes(one));

/** The same share under an id that only those know who are still to read it, and the end of the old one. */
export function moved(share: Share, id: RandomId = randomId()): RowChange[] {
  const { audience, source, title, createdAt, album, albumOwner, open, since, photos, salt } = share;
  const { places, readers, hidden } = share;
  const was = [share.share, ...(share.was ?? [])].slice(0, MOST_MOVES);
  const kept = { audience, source, title, createdAt, album, albumOwner, open, since, photos, salt };
  return [
    { id: shareId(id), attributes: withoutUndefined({ ...kept, places, readers, hidden, was }) },
    { id: share.id, attributes: { readers: [] } },
  ];
}

/** Everybody who may have a row that says where it lies. */
export const toldOf = ({ told, readers }: Share): IdentityId[] => [
  ...new Set([...(told ?? []), ...(readers ?? [])]),
];

/** The rows that go when nothing of it is left in S3. */
export const rowsOf = (share: Share): string[] => [
  ...toldOf(share).map((reader) => sharedWithId(share.share, reader)),
  share.id,
];

export interface Published {
  manifest: Manifest;
  bytes: number;
  /** Undefined when it lacks something that has to be tried again. */
  digest: string | undefined;
}

/** What is noted of a publication, and what each of its readers is told. */
export function tellings(share: Share, { manifest, bytes, digest }: Published): RowChange[] {
  const { news, title, photos, cover } = manifest;
  const readers = share.readers ?? [];
  const about = withoutUndefined({
    source: share.source,
    title,
    count: photos.length,
    album: share.album,
    albumOwner: share.albumOwner,
    open: share.open,
    cover: cover ?? photos.at(0)?.id ?? null,
    added: news?.count,
    addedAt: news?.at,
    deletedAt: null,
  });
  return [
    ...readers.map((reader) => ({
      id: sharedWithId(share.share, reader),
      attributes: { recipient: reader, ...about },
    })),
    {
      id: share.id,
      attributes: {
        count: photos.length,
        bytes,
        publishedAt: manifest.changedAt,
        published: digest ?? null,
        told: readers,
      },
    },
  ];
}

/** Everybody else who is in an album that several people fill: whom what one adds to it is for. */
export const membersOf = ({ owner, album }: Manifest, me: IdentityId): IdentityId[] =>
  [owner, ...(album?.members ?? [])].filter((one) => one !== me).slice(0, MOST_READERS);
