// Albums that fill with what is being uploaded: each photo is put in once it is safe, also one that was here already.
import { addTo, createAlbum } from '../library/album-changes.ts';
import type { Social } from '../library/social.svelte.ts';
import type { PhotoId, RandomId } from '../schema/ids.ts';
import { albumId } from '../schema/social.ts';
import type { Notices } from '../ui/notices.svelte.ts';
import { words } from '../ui/words/albums.ts';
import { saved } from './act.ts';
import { albumsIn, type DroppedFile, type Wanted } from './dropped.ts';

/** What is needed of an upload. */
export interface Arriving {
  readonly photoId: PhotoId | undefined;
  /** It is remembered that it is to be put into this album, until it is in it. */
  goInto(album: RandomId): void;
  isIn(album: RandomId): void;
  /** Calls once it is safe, or at once if it is. */
  whenSafe(call: () => void): void;
}

/** Those that arrive within so long are put in together. */
const TOGETHER_MS = 100;

/** Calls with those that have arrived since it called last, until all have. One that failed may be tried again, and come yet. */
export function whenSafe<T extends Pick<Arriving, 'photoId' | 'whenSafe'>>(
  uploads: readonly T[],
  arrived: (photoIds: PhotoId[], uploads: readonly T[]) => void,
): void {
  let some: T[] = [];
  const tell = (): void => {
    const all = some;
    some = [];
    arrived(
      all.flatMap(({ photoId }) => photoId ?? []),
      all,
    );
  };
  for (const upload of uploads) {
    upload.whenSafe(() => {
      if (some.push(upload) === 1) setTimeout(tell, TOGETHER_MS);
    });
  }
}

export interface Filling {
  social: () => Promise<Social>;
  notices: Pick<Notices, 'say'>;
}

/** Puts them into an album as they arrive. */
function fill(
  social: Social,
  album: RandomId,
  uploads: readonly Arriving[],
  notices: Filling['notices'],
): void {
  for (const upload of uploads) upload.goInto(album);
  whenSafe(uploads, (photoIds, arrived) => {
    const put = async (): Promise<void> => {
      await addTo(social, album, photoIds).saving;
      for (const upload of arrived) upload.isIn(album);
    };
    void saved(put(), notices);
  });
}

/** What was on its way into an album when the page was closed; one that was deleted meanwhile is not filled. */
export async function fillOn(
  album: RandomId,
  uploads: readonly Arriving[],
  { social, notices }: Filling,
): Promise<void> {
  const found = await social();
  if (found.get(albumId(album))?.deletedAt === undefined) fill(found, album, uploads, notices);
  else for (const upload of uploads) upload.isIn(album);
}

/** Files were dropped on an open album. */
export async function fillAlbum(
  album: RandomId,
  uploads: readonly Arriving[],
  { social, notices }: Filling,
): Promise<void> {
  const found = await social();
  const row = found.get(albumId(album));
  const title = (row?.kind === 'album' && row.title) || words.untitled;
  fill(found, album, uploads, notices);
  notices.say(words.offer.into(uploads.length, title));
}

/** Files were dropped in folders: offers to make albums of these. `uploads` are of the files, in their order. */
export async function offerAlbums(
  files: readonly DroppedFile[],
  uploads: readonly Arriving[],
  { social, notices }: Filling,
): Promise<void> {
  const wanted = await albumsIn(files);
  const [first] = wanted;
  if (!first) return;
  const make = async (): Promise<void> => {
    const own = wanted.map((one) => ({ ...one, uploads: one.files.flatMap((i) => uploads[i] ?? []) }));
    await albumsOf(own, { social, notices });
    const one = wanted.length === 1;
    notices.say(one ? words.offer.made(first.title) : words.offer.madeAll(wanted.length));
  };
  const one = wanted.length === 1;
  notices.say(
    one ? words.offer.one(first.title) : words.offer.many(wanted.length),
    {
      label: one ? words.offer.yes : words.offer.all,
      run: () => void saved(make(), notices),
    },
    { stays: true },
  );
}

type Album = Pick<Wanted, 'title' | 'description'> & { folder?: string | undefined };

/** Makes these albums, each of its own uploads; one that is there already is filled. */
export async function albumsOf(
  albums: readonly (Album & { uploads: readonly Arriving[] })[],
  { social, notices }: Filling,
): Promise<void> {
  if (albums.length === 0) return;
  const found = await social();
  for (const one of albums) fill(found, madeOrKnown(found, one, notices), one.uploads, notices);
}

/** The same folder dropped again fills the same album. */
function madeOrKnown(
  social: Social,
  { title, folder, description }: Album,
  notices: Filling['notices'],
): RandomId {
  const known = social.albums.find((one) => one.title === title && one.folder === folder);
  if (known) return known.album;
  const { album, saving } = createAlbum(social, {
    title,
    ...(folder === undefined ? {} : { folder }),
    ...(description === undefined ? {} : { description }),
  });
  void saved(saving, notices);
  return album;
}
