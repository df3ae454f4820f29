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
  /** Calls once it is safe, or at once if it is. */
  whenSafe(call: () => void): void;
}

/** Those that arrive within so long are put in together. */
const TOGETHER_MS = 100;

/** Calls with the photos that have arrived since it called last, until all have. One that failed may be tried again, and come yet. */
export function whenSafe(uploads: readonly Arriving[], arrived: (photoIds: PhotoId[]) => void): void {
  let photoIds: PhotoId[] = [];
  const tell = (): void => {
    const all = photoIds;
    photoIds = [];
    arrived(all);
  };
  for (const upload of uploads) {
    upload.whenSafe(() => {
      if (!upload.photoId) return;
      if (photoIds.push(upload.photoId) === 1) setTimeout(tell, TOGETHER_MS);
    });
  }
}

export interface Filling {
  social: () => Promise<Social>;
  notices: Notices;
}

/** Puts them into an album as they arrive. */
function fill(social: Social, album: RandomId, uploads: readonly Arriving[], notices: Notices): void {
  whenSafe(uploads, (photoIds) => void saved(addTo(social, album, photoIds).saving, notices));
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
function madeOrKnown(social: Social, { title, folder, description }: Album, notices: Notices): RandomId {
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
