// Which TIFF pictures are shown: there are more kinds than any decoder knows, and of some libvips makes wrong colors without a word.
// (TIFF 6.0: https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf)
import { unsupported } from '../failure.ts';
import { heldSource } from '../source.ts';
import type { Drawable } from './format.ts';
import { withoutThumbnail } from './tiff-page.ts';
import {
  BITS_PER_SAMPLE,
  COMPRESSION,
  numberOf,
  numbersOf,
  openTiff,
  PHOTOMETRIC,
  readDirectory,
  SAMPLES_PER_PIXEL,
  type Tags,
  type Tiff,
} from './tiff.ts';

const INK_SET = 0x014c;
const EXTRA_SAMPLES = 0x0152;
const SAMPLE_FORMAT = 0x0153;
const YCBCR_SUBSAMPLING = 0x0212;

const [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, SEPARATED, YCBCR, CIELAB] = [0, 1, 2, 3, 5, 6, 8] as const;
/** How many numbers a color has; the others are colors that libvips does not know. */
const COLOR_SAMPLES: ReadonlyMap<number, number> = new Map([
  [WHITE_IS_ZERO, 1],
  [BLACK_IS_ZERO, 1],
  [RGB, 3],
  [PALETTE, 1],
  [SEPARATED, 4],
  [YCBCR, 3],
  [CIELAB, 3],
]);
const CMYK = 1;
const [SIGNED, FLOAT] = [2, 3];
/** Opacity that the colors are multiplied with, and one that they are not; any other number is anything, but no opacity. */
const OPACITIES = new Set([1, 2]);
/** None, three of fax, LZW, JPEG (old and new), Deflate (both), PackBits, WebP: what sharp's libtiff was built with. */
const SHOWN_COMPRESSIONS = new Set([1, 2, 3, 4, 5, 6, 7, 8, 32_946, 32_773, 50_001]);
const JPEG_COMPRESSIONS = new Set([6, 7]);
const COMPRESSION_NAMES: ReadonlyMap<number, string> = new Map([
  [33_003, 'JPEG 2000'],
  [33_005, 'JPEG 2000'],
  [34_661, 'JBIG'],
  [34_712, 'JPEG 2000'],
  [34_887, 'LERC'],
  [34_925, 'LZMA'],
  [50_000, 'Zstandard'],
  [50_002, 'JPEG XL'],
  [52_546, 'JPEG XL'],
]);

interface Layout {
  compression: number;
  photometric?: number;
  bits: readonly number[];
  samples: number;
  format: number;
  subsampling: readonly number[];
  inkSet: number;
}

/** Throws Unshowable for a kind of picture that would not be shown as it is. */
export async function openTiffPicture(held: Buffer): Promise<Drawable> {
  const bytes = await withoutThumbnail(held);
  const opened = await openTiff(heldSource(bytes));
  const directory = opened && (await readDirectory(opened.tiff, opened.first));
  if (!directory) return { bytes };
  const layout = await layoutOf(opened.tiff, directory.tags);
  const reason = whyNotShown(layout);
  if (reason !== undefined) throw unsupported(`a TIFF picture ${reason}`);
  const extras = await numbersOf(opened.tiff, directory.tags, EXTRA_SAMPLES);
  return { bytes, hasSurplus: hasSurplus(layout, extras) };
}

async function layoutOf(tiff: Tiff, tags: Tags): Promise<Layout> {
  const number = async (id: number, otherwise: number) => (await numberOf(tiff, tags, id)) ?? otherwise;
  const bits = await numbersOf(tiff, tags, BITS_PER_SAMPLE);
  const subsampling = await numbersOf(tiff, tags, YCBCR_SUBSAMPLING);
  return {
    compression: await number(COMPRESSION, 1),
    photometric: await numberOf(tiff, tags, PHOTOMETRIC),
    bits: bits.length > 0 ? bits : [1],
    samples: await number(SAMPLES_PER_PIXEL, 1),
    format: await number(SAMPLE_FORMAT, 1),
    subsampling: subsampling.length > 0 ? subsampling : [2, 2],
    inkSet: await number(INK_SET, CMYK),
  };
}

/** In words that go on from "a TIFF picture"; undefined for one that is shown. */
function whyNotShown(layout: Layout): string | undefined {
  const { compression, photometric, bits, format } = layout;
  if (!SHOWN_COMPRESSIONS.has(compression))
    return `compressed by ${COMPRESSION_NAMES.get(compression) ?? `method ${compression}`}`;
  const [depth = 1] = bits;
  if (bits.some((other) => other !== depth)) return 'with colors of different depths';
  if (photometric === undefined) return undefined;
  const colors = COLOR_SAMPLES.get(photometric);
  if (colors === undefined) return 'in colors of a rare kind';
  if (layout.samples < colors) return 'with less than a color for each pixel';
  if (photometric === CIELAB) return depth === 16 ? undefined : `in Lab colors of ${depth} bits`;
  if (format === FLOAT)
    return photometric === RGB && [16, 32].includes(depth)
      ? undefined
      : `with floating-point numbers of ${depth} bits`;
  if (format === SIGNED) return 'with negative numbers';
  const isShallow = [1, 2, 4].includes(depth) && layout.samples === 1;
  if (depth !== 8 && depth !== 16 && !isShallow) return `with numbers of ${depth} bits`;
  if (photometric === PALETTE && depth > 8) return 'with a palette of 16 bits';
  if (photometric === SEPARATED && layout.inkSet !== CMYK) return 'in inks of its own';
  // Of halved colors libvips has libtiff make red, green and blue, as of JPEG; others it takes for those.
  const isHalved = layout.subsampling.some((factor) => factor > 1);
  if (photometric === YCBCR && (depth !== 8 || !(isHalved || JPEG_COMPRESSIONS.has(compression))))
    return 'in brightness and color difference';
  return undefined;
}

/** Whether pixels have numbers that are neither color nor opacity: selections, masks, spot colors. */
function hasSurplus({ photometric, samples }: Layout, extras: readonly number[]): boolean {
  const further = samples - (COLOR_SAMPLES.get(photometric ?? RGB) ?? samples);
  // One that nobody explains is taken for opacity everywhere.
  if (further < 1 || (further === 1 && extras.length === 0)) return false;
  return further > 1 || !OPACITIES.has(extras[0] ?? 0);
}
