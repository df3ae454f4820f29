// The contract of the format readers: each tells from an original's structure what there is to draw, to read and to know.
import type { Flag, NoteCode } from '../../src/schema/photo.ts';
import type { LocalTime } from '../../src/schema/time.ts';
import type { Source } from '../source.ts';

/** Families of formats, each with a reader of its own; a kind without one cannot be shown. */
export type Family = 'picture' | 'heif' | 'jxl' | 'raw' | 'video';

export interface Size {
  width: number;
  height: number;
}

/** An encoded picture that sharp can decode. */
export interface Drawable {
  bytes: Buffer;
  /** EXIF orientation, 1 to 8, in place of whatever the bytes themselves say; 1 where the pixels are upright already. */
  orientation?: number;
  note?: NoteCode;
  /** Whether pixels have numbers that are neither color nor opacity; libvips would take the last one for opacity. */
  hasSurplus?: boolean;
  /** Whether its colors have been multiplied with their opacity, and the decoder does not know. */
  isPremultiplied?: boolean;
  /** Whether its colors are Adobe RGB unless it says itself what they are. */
  isAdobeRgb?: boolean;
}

/** An original whose structure has been looked at; nothing has been decoded yet. */
export interface Opened {
  /**
   * What carries metadata, the most trustworthy first: whole files (JPEG, PNG, WebP, HEIF, AVIF, JPEG XL, TIFF) or blocks shaped
   * like a TIFF file. What is missing in one is looked for in the next.
   */
  documents: readonly Buffer[];
  flags: readonly Flag[];
  /** Decodes as far as sharp needs it; throws Unshowable. Absent for a video, which gets no renditions. */
  picture?: () => Promise<Drawable>;
  /** Upright, where it is not the size of what `picture` gives: of a raw photo with a smaller preview, of a video. */
  size?: Size;
  /** Of a video, in seconds. */
  duration?: number;
  /** When the container says it was made. */
  containerTime?: LocalTime;
}

/** Throws Unshowable for what can be seen at once; what else it throws counts as a damaged file, unless the source failed. */
export type Reader = (source: Source) => Promise<Opened>;
