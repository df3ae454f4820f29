// Decodes JPEG XL with jxl-oxide, in the decoding thread: upright pixels in stripes, because its memory grows with what it draws at once.
import { initSync, JxlImage } from 'jxl-oxide-wasm';
import { Refusal, tooManyPixels } from './decoder-refusal.ts';

export interface JxlPicture {
  width: number;
  height: number;
  /** From top to bottom, PNGs as wide as the picture; each names the colors of all. */
  strips: Uint8Array<ArrayBuffer>[];
  /** Whether there are more frames than this first one. */
  animated: boolean;
  /** Whether the file ends before the picture does. */
  cutShort: boolean;
}

/** More would take longer than there is time: about 0.6 seconds for each million. */
const MAX_PIXELS = 100_000_000;
/** What jxl-oxide says of sizes beyond what the standard asks of decoders. (ISO/IEC 18181-1, annex M) */
const BEYOND_PROFILE = /not supported by current profile: .*too large/;
/** About 33 bytes each. */
const STRIP_PIXELS = 4_000_000;
/** Groups of pixels are decoded as a whole, so that stripes cut through none. */
const GROUP_ROWS = 256;

export class JxlDecoder {
  readonly memory: WebAssembly.Memory;

  constructor(module: WebAssembly.Module) {
    this.memory = initSync({ module }).memory;
  }

  /** Throws a Refusal, or any other error for what jxl-oxide cannot read; this object is of no use then. */
  decode(file: Uint8Array): JxlPicture {
    try {
      return decoded(file);
    } catch (error) {
      throw BEYOND_PROFILE.test(String(error)) ? new Refusal('no decoder has to bear its size') : error;
    }
  }
}

function decoded(file: Uint8Array): JxlPicture {
  const image = new JxlImage();
  image.feedBytes(file);
  if (!image.tryInit()) throw new TypeError('the picture has no complete header');
  const { width = 0, height = 0, animated = false } = image;
  const cutShort = !image.loaded;
  if (!(width * height <= MAX_PIXELS)) throw tooManyPixels(width, height);
  const rows = Math.max(1, Math.floor(STRIP_PIXELS / width / GROUP_ROWS)) * GROUP_ROWS;
  const strips: Uint8Array<ArrayBuffer>[] = [];
  for (let top = 0; top < height; top += rows) {
    image.renderingRegion = { left: 0, top, width, height: Math.min(rows, height - top) };
    strips.push(Uint8Array.from(image.render(0).encodeToPng()));
  }
  image.free();
  return { width, height, strips, animated, cutShort };
}
