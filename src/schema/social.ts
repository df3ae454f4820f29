// Rows of the `social` table: albums, friends, shares, comments. One writer each, the owner of the partition; a row with a `recipient`
// is read by that person too, through the `inbox` index. Who sends a row is always its partition key, never an attribute. Pure.
import {
  isIdentityId,
  isPhotoId,
  isRandomId,
  toBase64Url,
  type IdentityId,
  type PhotoId,
  type RandomId,
} from './ids.ts';
import { defined, fields, flag, list, oneOf, text, whole, type Fields } from './parse.ts';
import { PATH_LENGTH } from './original.ts';
import { TTL_ATTRIBUTE } from './photo.ts';
import { instant, type Instant } from './time.ts';

/** A new one, that nobody can guess. */
export const randomId = (): RandomId => toBase64Url(crypto.getRandomValues(new Uint8Array(16))) as RandomId;

export const TITLE_LENGTH = 200;
export const TEXT_LENGTH = 4000;
/** Of the folders that an album is in. */
export const FOLDER_LENGTH = PATH_LENGTH;
export const COMMENT_LENGTH = 1000;
export const NAME_LENGTH = 80;
/** base64 of a picture of a person: a small WebP. */
export const PICTURE_LENGTH = 16_000;
/** So many people may read one share. */
export const MOST_READERS = 50;
/** So many photos may be shared one by one, because they stand in one row; more make an album. */
export const MOST_CHOSEN = 2000;
/** A share that has moved more often forgets where it began. */
export const MOST_MOVES = 50;
/** So many comments in one share may be hidden. */
export const MOST_HIDDEN = 1000;
export const SOCIAL_TOMBSTONE_DAYS = 90;

/** The sort keys. */
export const profileId = 'profile';
export const albumId = (album: RandomId): string => `album#${album}`;
export const entryId = (album: RandomId, photoId: PhotoId): string => `entry#${album}#${photoId}`;
export const friendId = (friend: IdentityId): string => `friend#${friend}`;
export const inviteId = (invite: RandomId): string => `invite#${invite}`;
export const shareId = (share: RandomId): string => `share#${share}`;
export const sharedWithId = (share: RandomId, reader: IdentityId): string => `share#${share}#${reader}`;
export const likeId = (share: RandomId, photo: RandomId, reader: IdentityId): string =>
  `like#${share}#${photo}#${reader}`;
export const commentId = (share: RandomId, photo: RandomId, comment: RandomId, reader: IdentityId): string =>
  `comment#${share}#${photo}#${comment}#${reader}`;
export const pushId = (device: RandomId): string => `push#${device}`;
export const muteId = (person: IdentityId): string => `mute#${person}`;
export const seenId = (share: RandomId): string => `seen#${share}`;
export const pathId = (photoId: PhotoId): string => `path#${photoId}`;
export const mailId = 'mail';
/** The notifier's own partition, where it notes whom it has told what; nobody's identity id. */
export const NOTIFIER = 'notifier';
/** What it may set in the rows of people: that a device is gone, and when an address was asked. */
export const NOTIFIER_ATTRIBUTES = [
  'owner',
  'id',
  'changedAt',
  'askedAt',
  'deletedAt',
  'deletedAtEditedAt',
  TTL_ATTRIBUTE,
] as const;

export type AlbumSort = 'oldest' | 'newest' | 'hand';
export const ALBUM_SORTS: readonly AlbumSort[] = ['oldest', 'newest', 'hand'];

interface Base {
  owner: IdentityId;
  /** The sort key as it is stored. */
  id: string;
  changedAt: Instant;
  /** Whom it is addressed to. */
  recipient?: IdentityId;
  /** Gone; the row stays until its TTL, so that replicas and the recipient learn of it. */
  deletedAt?: Instant;
  /** When each attribute was last edited, by the server's clock: stored flat, as `{attribute}EditedAt`. */
  editedAt: Readonly<Record<string, Instant>>;
}

/** What friends are shown of its owner: copied into each `friend` row, because nobody else reads this one. */
export interface Profile extends Base {
  kind: 'profile';
  name?: string;
  picture?: string;
}

export interface Album extends Base {
  kind: 'album';
  album: RandomId;
  title: string;
  description?: string;
  /** Else its first photo. */
  cover?: PhotoId;
  sort: AlbumSort;
  /** The folders it is in, `/` between them. */
  folder?: string;
}

/** A photo in an album. */
export interface Entry extends Base {
  kind: 'entry';
  album: RandomId;
  photoId: PhotoId;
  /** Sorts by text where its owner has sorted by hand. */
  position?: string;
}

/** "You may read what I share with you": two people are friends when each has one for the other. */
export interface Friend extends Base {
  kind: 'friend';
  friend: IdentityId;
  recipient: IdentityId;
  /** What its owner wants to be called by this friend. */
  name?: string;
  picture?: string;
  /** Of an answer to an invitation: which, and base64url of HMAC-SHA-256(its secret, `inviteId|inviter|answerer`). */
  invite?: RandomId;
  proof?: string;
}

export interface Invite extends Base {
  kind: 'invite';
  invite: RandomId;
  /** base64url of 32 random bytes; travels in the link's fragment, and in no other row. */
  secret: string;
  until: Instant;
  /** Whoever came first. */
  usedBy?: IdentityId;
}

export const SHARE_SOURCES = ['photos', 'album', 'everything'] as const;
export type ShareSource = (typeof SHARE_SOURCES)[number];

/** What its owner shares, with friends or by link. Its readers have no right to this row: what they get is in the manifest. */
export interface Share extends Base {
  kind: 'share';
  share: RandomId;
  audience: 'friends' | 'link';
  source: ShareSource;
  title: string;
  createdAt: Instant;
  /** Of `source: album`: whose album it is when it is one that several people fill. */
  album?: RandomId;
  albumOwner?: IdentityId;
  /** Whether its readers may add photos of their own, by shares with the same album. */
  open?: boolean;
  /** Of `source: everything`: from then on. */
  since?: Instant;
  /** Of `source: photos`, and of what one adds to an album that is somebody else's. */
  photos?: PhotoId[];
  /** What the names of its photos are made with, so that the same photo always has the same one. Nobody else knows it. */
  salt?: RandomId;
  /** Whether readers see where photos were taken. */
  places?: boolean;
  /** Of `audience: friends`; without any it is over, and goes as soon as what lies in S3 has gone. */
  readers?: IdentityId[];
  /** Who has been told where it lies. One who is no reader any more still knows, and then it has to move. */
  told?: IdentityId[];
  /** The ids it had before it moved: what was said of it then still belongs to it. */
  was?: RandomId[];
  /** Comments that nobody is to see. */
  hidden?: RandomId[];
  /** Of `audience: link`: how long it lives, whether readers may download, and whether the originals are with it. */
  linkClass?: '7d' | '30d' | 'keep';
  download?: boolean;
  originals?: boolean;
  password?: boolean;
  /** Photos, and bytes of all copies, as of the last publishing. */
  count?: number;
  bytes?: number;
  publishedAt?: Instant;
  /** A digest of all that was published, by which it is known whether anything has changed. */
  published?: string;
}

/** "You may read this": addressed to one reader. */
export interface SharedWith extends Base {
  kind: 'shared';
  share: RandomId;
  recipient: IdentityId;
  source: ShareSource;
  title: string;
  count: number;
  album?: RandomId;
  albumOwner?: IdentityId;
  open?: boolean;
  /** The photo that stands for it. */
  cover?: RandomId;
  /** What came last: so many photos, then. */
  added?: number;
  addedAt?: Instant;
}

export interface Like extends Base {
  kind: 'like';
  share: RandomId;
  photo: RandomId;
  recipient: IdentityId;
  /** How its owner wants to be called there. */
  by?: string;
}

export interface Comment extends Base {
  kind: 'comment';
  share: RandomId;
  photo: RandomId;
  comment: RandomId;
  recipient: IdentityId;
  text: string;
  saidAt: Instant;
  by?: string;
}

/** A device of its owner that wants to be told; https://www.w3.org/TR/push-api/ */
export interface Push extends Base {
  kind: 'push';
  device: RandomId;
  endpoint: string;
  p256dh: string;
  auth: string;
  /** Minutes of the day, UTC, in which nothing is sent. */
  quietFrom?: number;
  quietTo?: number;
}

/** Its owner wants e-mail when friends share something. Nobody else may read the address. */
export interface Mail extends Base {
  kind: 'mail';
  address: string;
  /** When the notifier last had the address asked whether it wants this. */
  askedAt?: Instant;
}

/** What its owner wants of a person; nobody else knows. */
export interface Mute extends Base {
  kind: 'mute';
  person: IdentityId;
  /** No notifications. */
  muted?: boolean;
  /** Nothing of that person is shown, and nothing may be asked. */
  blocked?: boolean;
  /** That friend's photos stand in the timeline too. */
  inTimeline?: boolean;
  /** A wish to be friends that was put aside, or a friend no more: not offered again. */
  dismissed?: boolean;
  /** What to call somebody who is blocked: their own rows are not looked at any more. */
  name?: string;
}

/** Up to when its owner has seen what is new in a share. */
export interface Seen extends Base {
  kind: 'seen';
  share: RandomId;
  until: Instant;
}

/** The folder path that a photo was uploaded from, whole, where its original's metadata have no room for it. */
export interface WholePath extends Base {
  kind: 'path';
  photoId: PhotoId;
  path: string;
}

export type SocialRow =
  | Profile
  | Album
  | Entry
  | Friend
  | Invite
  | Share
  | SharedWith
  | Like
  | Comment
  | Push
  | Mail
  | Mute
  | Seen
  | WholePath;
export type SocialKind = SocialRow['kind'];

const BASE64URL = /^[A-Za-z0-9_-]+$/;
const coded = (value: unknown, length: number): string | undefined => {
  const found = text(value, length);
  return found !== undefined && found.length === length && BASE64URL.test(found) ? found : undefined;
};
const random = (value: unknown): RandomId | undefined => (isRandomId(value) ? value : undefined);
const identity = (value: unknown): IdentityId | undefined => (isIdentityId(value) ? value : undefined);
const photo = (value: unknown): PhotoId | undefined => (isPhotoId(value) ? value : undefined);
const picture = (value: unknown): string | undefined => {
  const found = text(value, PICTURE_LENGTH);
  return found !== undefined && /^[A-Za-z0-9+/]+=*$/.test(found) ? found : undefined;
};
/** One address and nothing else: no list, no display name, nothing a mail header could be continued with. */
export const MAIL_ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;
const minutes = (value: unknown): number | undefined => whole(value, 0, 1439);

const album = (from: Fields) => ({
  album: random(from['album']),
  albumOwner: identity(from['albumOwner']),
  open: flag(from['open']),
});

type Read = (from: Fields, parts: readonly string[]) => object | undefined;
/** By the first part of the sort key; undefined for what lacks something it cannot be shown without. */
const READERS: Readonly<Record<string, Read>> = {
  profile: (from, parts) =>
    parts.length === 0
      ? { kind: 'profile', name: text(from['name'], NAME_LENGTH), picture: picture(from['picture']) }
      : undefined,
  album: (from, [id, ...rest]) =>
    isRandomId(id) && rest.length === 0
      ? {
          kind: 'album',
          album: id,
          title: text(from['title'], TITLE_LENGTH) ?? '',
          description: text(from['description'], TEXT_LENGTH),
          cover: photo(from['cover']),
          sort: oneOf(from['sort'], ALBUM_SORTS) ?? 'oldest',
          folder: text(from['folder'], FOLDER_LENGTH),
        }
      : undefined,
  entry: (from, [id, photoId, ...rest]) =>
    isRandomId(id) && isPhotoId(photoId) && rest.length === 0
      ? { kind: 'entry', album: id, photoId, position: text(from['position'], 100) }
      : undefined,
  friend: (from, [friend, ...rest]) =>
    isIdentityId(friend) && from['recipient'] === friend && rest.length === 0
      ? {
          kind: 'friend',
          friend,
          name: text(from['name'], NAME_LENGTH),
          picture: picture(from['picture']),
          invite: random(from['invite']),
          proof: coded(from['proof'], 43),
        }
      : undefined,
  invite: (from, [invite, ...rest]) => {
    const secret = coded(from['secret'], 43);
    const until = instant(from['until']);
    return isRandomId(invite) && secret && until && rest.length === 0
      ? { kind: 'invite', invite, secret, until, usedBy: identity(from['usedBy']) }
      : undefined;
  },
  share: (from, [share, reader, ...rest]) => {
    const source = oneOf(from['source'], SHARE_SOURCES);
    if (!isRandomId(share) || rest.length > 0) return undefined;
    const title = text(from['title'], TITLE_LENGTH) ?? '';
    if (reader !== undefined) {
      if (!isIdentityId(reader) || from['recipient'] !== reader) return undefined;
      return {
        kind: 'shared',
        share,
        source: source ?? 'photos',
        title,
        ...album(from),
        count: whole(from['count'], 0, 1e6) ?? 0,
        cover: random(from['cover']),
        added: whole(from['added'], 0, 1e6),
        addedAt: instant(from['addedAt']),
      };
    }
    const audience = oneOf(from['audience'], ['friends', 'link'] as const);
    const createdAt = instant(from['createdAt']);
    if (!audience || !source || !createdAt) return undefined;
    return {
      kind: 'share',
      share,
      audience,
      source,
      title,
      createdAt,
      ...album(from),
      since: instant(from['since']),
      photos: list(from['photos'], photo, MOST_CHOSEN),
      salt: random(from['salt']),
      places: flag(from['places']),
      readers: list(from['readers'], identity, MOST_READERS),
      told: list(from['told'], identity, MOST_READERS),
      was: list(from['was'], random, MOST_MOVES),
      hidden: list(from['hidden'], random, MOST_HIDDEN),
      linkClass: oneOf(from['linkClass'], ['7d', '30d', 'keep'] as const),
      download: flag(from['download']),
      originals: flag(from['originals']),
      password: flag(from['password']),
      count: whole(from['count'], 0, 1e6),
      bytes: whole(from['bytes']),
      publishedAt: instant(from['publishedAt']),
      published: coded(from['published'], 43),
    };
  },
  like: (from, [share, of, reader, ...rest]) =>
    isRandomId(share) && isRandomId(of) && from['recipient'] === reader && rest.length === 0
      ? { kind: 'like', share, photo: of, by: text(from['by'], NAME_LENGTH) }
      : undefined,
  comment: (from, [share, of, comment, reader, ...rest]) => {
    const saidAt = instant(from['saidAt']);
    const said = text(from['text'], COMMENT_LENGTH);
    if (!isRandomId(share) || !isRandomId(of) || !isRandomId(comment)) return undefined;
    if (from['recipient'] !== reader || rest.length > 0) return undefined;
    // Of one that is gone nothing is left to read.
    if (!from['deletedAt'] && (!saidAt || !said)) return undefined;
    return {
      kind: 'comment',
      share,
      photo: of,
      comment,
      text: said ?? '',
      saidAt: saidAt ?? from['changedAt'],
      by: text(from['by'], NAME_LENGTH),
    };
  },
  push: (from, [device, ...rest]) => {
    const endpoint = text(from['endpoint'], 2000);
    const p256dh = coded(from['p256dh'], 87);
    const auth = coded(from['auth'], 22);
    return isRandomId(device) && endpoint && p256dh && auth && rest.length === 0
      ? {
          kind: 'push',
          device,
          endpoint,
          p256dh,
          auth,
          quietFrom: minutes(from['quietFrom']),
          quietTo: minutes(from['quietTo']),
        }
      : undefined;
  },
  mail: (from, parts) => {
    const address = text(from['address'], 254);
    return address !== undefined && MAIL_ADDRESS.test(address) && parts.length === 0
      ? { kind: 'mail', address, askedAt: instant(from['askedAt']) }
      : undefined;
  },
  mute: (from, [person, ...rest]) =>
    isIdentityId(person) && rest.length === 0
      ? {
          kind: 'mute',
          person,
          muted: flag(from['muted']),
          blocked: flag(from['blocked']),
          inTimeline: flag(from['inTimeline']),
          dismissed: flag(from['dismissed']),
          name: text(from['name'], NAME_LENGTH),
        }
      : undefined,
  seen: (from, [share, ...rest]) => {
    const until = instant(from['until']);
    return isRandomId(share) && until && rest.length === 0 ? { kind: 'seen', share, until } : undefined;
  },
  path: (from, [photoId, ...rest]) => {
    const path = text(from['path'], PATH_LENGTH);
    return isPhotoId(photoId) && path !== undefined && rest.length === 0
      ? { kind: 'path', photoId, path }
      : undefined;
  },
};

const EDIT_TIME = /^([a-zA-Z][a-zA-Z0-9]{0,29})EditedAt$/;

/**
 * A row of the `social` table as read by the SDK's document client, one's own or somebody else's: undefined for what cannot be read.
 * Unknown attributes are passed over.
 */
export function parseSocialRow(item: unknown): SocialRow | undefined {
  const from = fields(item);
  const id = text(from?.['id'], 300);
  const changedAt = instant(from?.['changedAt']);
  if (!from || !isIdentityId(from['owner']) || id === undefined || !changedAt) return undefined;
  const [kind = '', ...parts] = id.split('#');
  const read = Object.hasOwn(READERS, kind) ? READERS[kind]?.(from, parts) : undefined;
  if (!read) return undefined;
  const recipient = from['recipient'] === undefined ? undefined : identity(from['recipient']);
  if (from['recipient'] !== undefined && !recipient) return undefined;
  const editedAt: Record<string, Instant> = {};
  for (const [name, value] of Object.entries(from)) {
    const attribute = EDIT_TIME.exec(name)?.[1];
    const at = instant(value);
    if (attribute !== undefined && at) editedAt[attribute] = at;
  }
  return defined({
    owner: from['owner'],
    id,
    changedAt,
    recipient,
    deletedAt: instant(from['deletedAt']),
    editedAt,
    ...read,
  }) as SocialRow;
}

/** A row as it could have been read from the table: `parseSocialRow` gives it back the same. */
export function socialItem({ editedAt, kind: _kind, ...row }: SocialRow): Record<string, unknown> {
  const times = Object.entries(editedAt).map(([attribute, at]) => [`${attribute}EditedAt`, at]);
  return { ...row, ...Object.fromEntries(times) };
}
