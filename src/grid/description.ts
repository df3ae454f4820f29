// What a photo is called where it cannot be seen: short, and unlike its neighbors. Pure.
import { placeNameOf, takenAtOf, type Photo } from '../schema/photo.ts';
import { minuteOf } from '../ui/format.ts';
import { words } from '../ui/words/photos.ts';

/** As cameras and phones count their files: IMG_0815.JPG, PXL_20210603_182000.jpg, P1010123.RW2. */
const COUNTED = /^_?[a-z]{1,6}[-_]?\d{4,}(?:[-_]\d+)*(?:\.\w+)+$/i;

/** Its caption or its name, where it was taken, and when: `Beach, Lisboa, Jun 3, 2021, 6:20 PM`. */
export function descriptionOf(photo: Photo): string {
  const name = photo.caption ?? (COUNTED.test(photo.name) ? words.photo : photo.name);
  return [name, placeNameOf(photo), minuteOf(takenAtOf(photo))].filter(Boolean).join(', ');
}
