// What is said of a shared photo: everybody writes in their own partition, one row for each reader, and pages put it together. Pure.
import { nameOf, type Circle } from '../library/friends.ts';
import type { RowChange } from '../library/share-rows.ts';
import type { IdentityId, RandomId } from '../schema/ids.ts';
import type { Manifest } from '../schema/manifest.ts';
import {
  commentId,
  COMMENT_LENGTH,
  likeId,
  MOST_READERS,
  randomId,
  type Comment,
  type Like,
  type SocialRow,
} from '../schema/social.ts';
import type { Instant } from '../schema/time.ts';
import { words as people } from '../ui/words/people.ts';

export interface Said {
  comment: RandomId;
  by: IdentityId;
  name: string;
  text: string;
  at: Instant;
  hidden: boolean;
}

export interface Talk {
  likes: { by: IdentityId; name: string }[];
  /** The oldest first. */
  comments: Said[];
}

/** Everybody who may say something there, and be told: whose it is, and those it is for. */
export const audienceOf = ({ owner, readers = [] }: Manifest): IdentityId[] => [
  ...new Set([owner, ...readers.slice(0, MOST_READERS)]),
];

/** What was said of a photo, by those who can see it and nobody else. What its owner has hidden only the owner sees. */
export function talkOf(
  { manifest, photo }: { manifest: Manifest; photo: RandomId },
  rows: Iterable<SocialRow>,
  circle: Circle,
): Talk {
  const shares = new Set([manifest.share, ...(manifest.was ?? [])]);
  const audience = new Set(audienceOf(manifest));
  const hidden = new Set(manifest.hidden);
  const likes = new Map<IdentityId, Talk['likes'][number]>();
  const comments = new Map<string, Said>();
  const name = (row: Like | Comment): string => {
    const known = nameOf(circle, row.owner);
    return known === people.nameless ? (row.by?.trim() ?? '') || known : known;
  };
  for (const row of rows) {
    if (row.kind !== 'like' && row.kind !== 'comment') continue;
    if (row.deletedAt || row.photo !== photo || !shares.has(row.share) || !audience.has(row.owner)) continue;
    const blocked = circle.mutes.get(row.owner);
    if (blocked?.blocked && !blocked.deletedAt) continue;
    if (row.kind === 'like') likes.set(row.owner, { by: row.owner, name: name(row) });
    else {
      const isHidden = hidden.has(row.comment);
      if (isHidden && manifest.owner !== circle.identityId) continue;
      comments.set(`${row.owner} ${row.comment}`, {
        comment: row.comment,
        by: row.owner,
        name: name(row),
        text: row.text,
        at: row.saidAt,
        hidden: isHidden,
      });
    }
  }
  return {
    likes: [...likes.values()],
    comments: [...comments.values()].toSorted((a, b) => (a.at < b.at ? -1 : 1)),
  };
}

interface Saying {
  manifest: Manifest;
  photo: RandomId;
  me: IdentityId;
  /** What one is called there. */
  by: string | undefined;
}

const others = ({ manifest, me }: Pick<Saying, 'manifest' | 'me'>): IdentityId[] =>
  audienceOf(manifest).filter((one) => one !== me);

export const liking = ({ manifest, photo, me, by }: Saying): RowChange[] =>
  others({ manifest, me }).map((recipient) => ({
    id: likeId(manifest.share, photo, recipient),
    attributes: { recipient, by: by ?? null, deletedAt: null },
  }));

export const commenting = (
  { manifest, photo, me, by }: Saying,
  text: string,
  saidAt: Instant,
): RowChange[] => {
  const comment = randomId();
  return others({ manifest, me }).map((recipient) => ({
    id: commentId(manifest.share, photo, comment, recipient),
    attributes: { recipient, text: text.slice(0, COMMENT_LENGTH), saidAt, by: by ?? null },
  }));
};

/** One's own rows of a like of that photo, or of one comment. */
export const ownRows = (
  own: Iterable<SocialRow>,
  { photo, comment }: { photo: RandomId; comment?: RandomId },
): string[] =>
  [...own].flatMap((row) => {
    if (row.deletedAt) return [];
    if (comment === undefined) return row.kind === 'like' && row.photo === photo ? [row.id] : [];
    return row.kind === 'comment' && row.comment === comment ? [row.id] : [];
  });
