// Where everything goes when a library is brought out: `2019/06/IMG_1.jpg`, its sidecar beside it, and once more in the folder of each
// album. The same library gives the same names every time, and what comes later takes nobody's name. Pure.
import { inSlices } from '../library/slices.ts';
import { fromBase64, checksumOfPhotoId, type PhotoId } from '../schema/ids.ts';
import { takenAtOf, type Photo } from '../schema/photo.ts';
import type { Album, Entry } from '../schema/social.ts';
import { marked, safeName, Taken } from './safe-names.ts';
import { albumFile, monthFile, sidecarFor } from './written.ts';
import type { Clocks } from './zones.ts';

export interface Placed {
  photo: Photo;
  /** `/` between them. */
  folder: string;
  name: string;
  /** What it is called where another file has that name already. */
  otherName: string;
  /** Made when it is looked at: of a large library, all of them at once take seconds. */
  readonly sidecar: object;
}

export interface PlacedAlbum {
  folder: string;
  metadata: object;
  /** Each with the name that it has here. */
  photos: { photoId: PhotoId; name: string }[];
}

export interface Plan {
  photos: Placed[];
  albums: PlacedAlbum[];
  /** By folder: what its metadata.json says. */
  months: Map<string, object>;
}

export const ALBUMS = 'Albums';
export const METADATA = 'metadata.json';

/** Eight digits of its hash, of which systems that know no case lose nothing. */
const markOf = (photoId: PhotoId): string =>
  [...(fromBase64(checksumOfPhotoId(photoId)) ?? [])]
    .slice(0, 4)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

const byArrival = (a: Photo, b: Photo): number =>
  a.uploadedAt < b.uploadedAt ? -1 : a.uploadedAt > b.uploadedAt ? 1 : a.photoId < b.photoId ? -1 : 1;

/** Where a photo's file has no name that anybody gave, it still has one. */
function nameIn(taken: Taken, { name, photoId }: Photo): { name: string; otherName: string } {
  const wanted = safeName(name);
  const otherName = marked(wanted, markOf(photoId));
  const free = taken.has(wanted) ? otherName : wanted;
  taken.add(free);
  return { name: free, otherName };
}

function takenIn(folders: Map<string, Taken>, folder: string): Taken {
  const key = folder.toLowerCase();
  const taken = folders.get(key) ?? new Taken();
  if (!folders.has(key)) taken.add(METADATA);
  folders.set(key, taken);
  return taken;
}

interface Social {
  albums: readonly Album[];
  entries: readonly Entry[];
}

/** `photos` are those to bring out; entries of others are left out. */
export function planFor(photos: readonly Photo[], social: Social, clocks: Clocks): Plan {
  const placing = new Placing(clocks);
  for (const photo of photos.toSorted(byArrival)) placing.place(photo);
  return { ...placing, albums: albumsOf(placing.photos, social) };
}

/** The same plan, made where nobody is to wait for it. Aborted, it fails with the signal's reason. */
export async function planInSlices(
  photos: readonly Photo[],
  social: Social,
  clocks: Clocks,
  signal: AbortSignal,
): Promise<Plan> {
  const placing = new Placing(clocks);
  await inSlices(photos.toSorted(byArrival), (photo) => placing.place(photo), signal);
  return { ...placing, albums: albumsOf(placing.photos, social) };
}

class Placing {
  readonly photos: Placed[] = [];
  readonly months = new Map<string, object>();
  readonly #folders = new Map<string, Taken>();
  readonly #clocks: Clocks;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
  }

  place(photo: Photo): void {
    const clocks = this.#clocks;
    const [year = '', month = ''] = takenAtOf(photo).split('-');
    const folder = `${year}/${month}`;
    if (!this.months.has(folder)) this.months.set(folder, monthFile(year));
    const { name, otherName } = nameIn(takenIn(this.#folders, folder), photo);
    this.photos.push({
      photo,
      folder,
      name,
      otherName,
      get sidecar() {
        return sidecarFor(photo, clocks);
      },
    });
  }
}

function albumsOf(placed: readonly Placed[], { albums, entries }: Social): PlacedAlbum[] {
  const by = new Map(placed.map(({ photo }) => [photo.photoId, photo]));
  const inAlbum = new Map<string, Photo[]>();
  for (const { album, photoId } of entries) {
    const photo = by.get(photoId);
    if (!photo) continue;
    const others = inAlbum.get(album);
    if (others) others.push(photo);
    else inAlbum.set(album, [photo]);
  }
  const folders = new Set<string>();
  return albums
    .toSorted((a, b) => (a.album < b.album ? -1 : 1))
    .map((album): PlacedAlbum => {
      const above = (album.folder ?? '').split('/').filter(Boolean).map(safeName);
      const wanted = [ALBUMS, ...above, safeName(album.title || 'Untitled')].join('/');
      const folder = folders.has(wanted.toLowerCase()) ? `${wanted}-${album.album}` : wanted;
      folders.add(folder.toLowerCase());
      const taken = new Taken();
      taken.add(METADATA);
      return {
        folder,
        metadata: albumFile(album),
        photos: (inAlbum.get(album.album) ?? [])
          .toSorted(byArrival)
          .map((photo) => ({ photoId: photo.photoId, name: nameIn(taken, photo).name })),
      };
    });
}
