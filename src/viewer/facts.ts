// What is known about a photo, in the person's words and order. Whatever came out of a file stays text. Pure.
import { gpsOf, isVideo, placeOf, takenAtOf, type Exposure, type Photo } from '../schema/photo.ts';
import { fullDateOf, momentOf, shutterOf, sizeOf, typeOf } from '../ui/details.ts';
import { durationOf } from '../ui/duration.ts';
import { coordinatesOf, fullPlaceOf } from '../ui/place.ts';
import { whyNotShown } from '../ui/words/problems.ts';
import { words } from '../ui/words/viewer.ts';

export interface Fact {
  label: string;
  text: string;
  more?: string;
}

/** What has to be known before all else: why the photo cannot be shown, or not in full. */
export function noteOf(photo: Photo): string | undefined {
  if (photo.status === 'failed') return whyNotShown(photo.failure);
  if (photo.note === 'preview' && photo.flags?.includes('raw')) return words.info.notes.rawPreview;
  return photo.note && words.info.notes[photo.note];
}

/** The lines of the information panel; what is not known has none. `path` is its folder, where more is known of that than it says itself. */
export function factsOf(photo: Photo, path = photo.path): Fact[] {
  const { info } = words;
  return [
    fact(
      info.taken,
      fullDateOf(takenAtOf(photo)),
      photo.takenAtOverride === undefined ? info.takenFrom[photo.takenAtSource] : info.takenByHand,
    ),
    whereOf(photo),
    fact(info.duration, photo.duration === undefined ? undefined : durationOf(photo.duration)),
    fact(info.kind, inLine(photo.flags?.map((flag) => words.kinds[flag]))),
    fact(info.camera, photo.camera, photo.lens) ?? fact(info.lens, photo.lens),
    fact(info.exposure, photo.exposure && exposureOf(photo.exposure)),
    fact(info.name, photo.name, sizesOf(photo)),
    fact(info.folder, path),
    fact(info.uploaded, momentOf(photo.uploadedAt)),
  ].filter((found) => found !== undefined);
}

/** Keywords of the file and tags of the owner, each once. */
export const keywordsOf = ({ keywords = [], tags = [] }: Photo): string[] => [
  ...new Set([...tags, ...keywords]),
];

const fact = (label: string, text: string | undefined, more?: string): Fact | undefined =>
  text ? { label, text, ...(more && { more }) } : undefined;

const inLine = (parts: readonly (string | undefined)[] = []): string => parts.filter(Boolean).join('  ·  ');

/** The owner's own words for the place go before those of the map. */
function whereOf(photo: Photo): Fact | undefined {
  const [place, gps] = [placeOf(photo), gpsOf(photo)];
  const name = photo.placeOverride?.name ?? (place && fullPlaceOf(place));
  const coordinates = gps && coordinatesOf(gps);
  return name ? fact(words.info.place, name, coordinates) : fact(words.info.place, coordinates);
}

const exposureOf = ({ time, aperture, iso, focalLength }: Exposure): string =>
  inLine([
    time === undefined ? undefined : shutterOf(time),
    aperture === undefined ? undefined : `ƒ/${Math.round(aperture * 10) / 10}`,
    iso === undefined ? undefined : `ISO ${iso}`,
    focalLength === undefined ? undefined : `${Math.round(focalLength)} mm`,
  ]);

const sizesOf = (photo: Photo): string =>
  inLine([
    photo.width > 0 ? `${photo.width.toLocaleString()} × ${photo.height.toLocaleString()}` : undefined,
    sizeOf(photo.bytes),
    typeOf(photo.type) || (isVideo(photo) ? words.kinds.video : undefined),
  ]);
