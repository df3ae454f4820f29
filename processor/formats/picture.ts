// Formats that sharp decodes by itself: JPEG, PNG, WebP, AVIF, GIF and TIFF.
import { tooLarge } from '../failure.ts';
import type { Opened } from './format.ts';
import type { Source } from '../source.ts';

/** Metadata is at the beginning of a file, in all that cameras write. */
const HEAD_BYTES = 1_000_000;

export async function openPicture(source: Source): Promise<Opened> {
  const { held } = source;
  return {
    documents: [held ?? (await source.read(0, HEAD_BYTES))],
    flags: [],
    picture: async () => {
      if (!held) throw tooLarge(`the file has ${Math.round(source.bytes / 1e6)} MB`);
      return { bytes: held };
    },
  };
}
