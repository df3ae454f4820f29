// Photos that others share, as the library's screens take photos: one list over the manifests of one album. Pure.
import type { ShareAddress } from '../cloud/shares.ts';
import { listOf, type PhotoList } from '../library/list.ts';
import type { PhotoId, RandomId } from '../schema/ids.ts';
import type { Manifest, SharedPhoto } from '../schema/manifest.ts';
import { defined } from '../schema/parse.ts';
import type { Photo } from '../schema/photo.ts';
import { wallClock } from '../schema/time.ts';
import { words } from '../ui/words/photos.ts';

/** Which photo of which share it is. */
export interface Origin {
  address: ShareAddress;
  id: RandomId;
  manifest: Manifest;
}

/** Screens go by photo ids: here it is the photo's name in its share. */
const photoOf = (shared: SharedPhoto, name: PhotoId, { owner, changedAt }: Manifest): Photo =>
  defined({
    owner,
    photoId: name,
    changedAt,
    status: 'ready',
    name: words.photo,
    // The originals' kind is not told; there is a still picture of each.
    type: 'image/jpeg',
    bytes: 0,
    width: shared.width,
    height: shared.height,
    takenAt: shared.takenAt,
    takenAtSource: 'exif',
    uploadedAt: changedAt,
    placeholder: shared.placeholder,
    caption: shared.caption,
    flags: shared.flags,
    place: shared.place,
    gps: shared.gps,
  }) as Photo;

export class SharedList implements PhotoList {
  readonly #list: PhotoList;
  readonly #places: ReadonlyMap<PhotoId, number>;
  readonly #origins: ReadonlyMap<PhotoId, Origin>;
  readonly #seconds: Float64Array;

  /** Photos of all of them, the latest first. */
  constructor(manifests: readonly Manifest[]) {
    const taken = new Set<string>();
    /** Nobody else's photo has its name, but where somebody means it to: then both are shown. */
    const nameOf = ({ id }: SharedPhoto): PhotoId => {
      let name: string = id;
      while (taken.has(name)) name += '.';
      taken.add(name);
      return name as PhotoId;
    };
    const found = manifests
      .flatMap((manifest) =>
        manifest.photos.map((shared) => ({
          photo: photoOf(shared, nameOf(shared), manifest),
          manifest,
          id: shared.id,
          time: wallClock(shared.takenAt),
        })),
      )
      .toSorted((a, b) => b.time - a.time);
    this.#list = listOf(found.map(({ photo }) => photo));
    this.#seconds = Float64Array.from(found, ({ time }) => time / 1000);
    this.#places = new Map(found.map(({ photo }, i) => [photo.photoId, i]));
    this.#origins = new Map(
      found.map(({ photo, manifest, id }) => [
        photo.photoId,
        { address: { owner: manifest.owner, share: manifest.share }, id, manifest },
      ]),
    );
  }

  get length(): number {
    return this.#list.length;
  }
  get days(): Int32Array {
    return this.#list.days;
  }
  get ratios(): Float32Array {
    return this.#list.ratios;
  }
  at(index: number): Photo | undefined {
    return this.#list.at(index);
  }
  idAt(index: number): PhotoId | undefined {
    return this.#list.idAt(index);
  }
  indexOf(photoId: PhotoId): number {
    return this.#places.get(photoId) ?? -1;
  }
  /** When it was taken, in seconds, by the clock on the wall. */
  secondsAt(index: number): number {
    return this.#seconds[index] ?? 0;
  }
  originOf(photoId: PhotoId): Origin | undefined {
    return this.#origins.get(photoId);
  }
  [Symbol.iterator](): Iterator<Photo> {
    return this.#list[Symbol.iterator]();
  }
}
