// Camera raw: shown by the largest JPEG the camera put beside the sensor's data, turned as the raw photo itself says.
import { unsupported } from '../failure.ts';
import { heldSource, within, type Source } from '../source.ts';
import { exifColors } from './exif-colors.ts';
import type { Opened, Size } from './format.ts';
import { readJpegHeader, type JpegHeader } from './jpeg.ts';
import { cr3Parts } from './raw-cr3.ts';
import type { Place, RawParts } from './raw-parts.ts';
import { rafParts } from './raw-raf.ts';
import { tiffParts } from './raw-tiff.ts';

interface Preview extends Place {
  header: JpegHeader;
}

/** A preview with fewer pixels is a thumbnail: there may be a better one where no tag leads. */
const THUMBNAIL_PIXELS = 500_000;
const MIN_JPEG_BYTES = 100;
/** Three bytes that begin a JPEG also turn up in other data, now and then. */
const MAX_HITS = 2000;
const DOCUMENT_BYTES = 1_000_000;
const TOLERANCE = 0.03;

export async function openRaw(source: Source): Promise<Opened> {
  const parts = await partsOf(source);
  const preview = await bestPreview(source, parts);
  const orientation = parts.orientation ?? preview?.header.orientation;
  const told = preview && parts.previewTells ? [await headOf(source, preview)] : [];
  return {
    documents: [...parts.documents, ...told],
    flags: ['raw'],
    size: preview && upright(fullSize(parts.size, preview.header), orientation),
    picture: async () => {
      if (!preview) throw unsupported('a raw photo without a preview');
      const bytes = await source.read(preview.at, preview.length);
      return { bytes, orientation, isAdobeRgb: await isAdobeRgb(parts.documents) };
    },
  };
}

/** Few previews say so themselves. */
async function isAdobeRgb(documents: readonly Buffer[]): Promise<boolean> {
  for (const document of documents) if ((await exifColors(heldSource(document))) === 'adobe-rgb') return true;
  return false;
}

async function partsOf(source: Source): Promise<RawParts> {
  const head = (await source.read(0, 16)).toString('latin1');
  if (head.startsWith('FUJIFILMCCD-RAW')) return rafParts(source);
  if (head.slice(4, 8) === 'ftyp') return cr3Parts(source);
  return (await tiffParts(source)) ?? { places: [], documents: [], previewTells: true };
}

async function bestPreview(source: Source, { places, complete }: RawParts): Promise<Preview | undefined> {
  const named = await largestOf(source, places);
  if (!source.held || complete || pixelsOf(named) >= THUMBNAIL_PIXELS) return named;
  return largestOf(source, [...places, ...search(source.held)]);
}

const pixelsOf = (preview: Preview | undefined): number =>
  preview ? preview.header.width * preview.header.height : 0;

/** The largest by its pixels, whatever tags say; one that the file's end cuts off only when all are. */
async function largestOf(source: Source, places: readonly Place[]): Promise<Preview | undefined> {
  let best: Preview | undefined;
  const isWhole = ({ at, length }: Place): boolean => at + length <= source.bytes;
  for (const place of places) {
    if (place.length < MIN_JPEG_BYTES) continue;
    const header = await readJpegHeader(within(source, place.at, place.length));
    if (!header) continue;
    const candidate = { ...place, header };
    const isBetter =
      !best || (isWhole(place) === isWhole(best) ? pixelsOf(candidate) > pixelsOf(best) : isWhole(candidate));
    if (isBetter) best = candidate;
  }
  return best;
}

/** Wherever a JPEG may begin. Decoders find its end by themselves; where there is none left, it is taken for cut off. */
function search(held: Buffer): Place[] {
  const places: Place[] = [];
  const lastEnd = held.lastIndexOf(Buffer.from([0xff, 0xd9])) + 2;
  const begin = Buffer.from([0xff, 0xd8, 0xff]);
  for (let at = held.indexOf(begin); at >= 0 && places.length < MAX_HITS; at = held.indexOf(begin, at + 1)) {
    places.push({ at, length: (at < lastEnd ? lastEnd : held.length + 1) - at });
  }
  return places;
}

/**
 * The photo's size. Sensors have a few more rows than photos: where the preview is about as large, it is the size of the photo.
 * A preview is never larger than its photo, so tags that say so are wrong; and where the two differ in shape, the size is that
 * of what is to be seen.
 */
function fullSize(told: Size | undefined, preview: Size): Size {
  if (!told) return preview;
  const [width, height] = [told.width / preview.width, told.height / preview.height];
  const isAlike = Math.abs(width / height - 1) < TOLERANCE;
  return isAlike && width >= 1 && height >= 1 && Math.max(width, height) > 1 + TOLERANCE ? told : preview;
}

const upright = ({ width, height }: Size, orientation = 1): Size =>
  orientation < 5 ? { width, height } : { width: height, height: width };

const headOf = (source: Source, { at, length }: Place): Promise<Buffer> =>
  source.read(at, Math.min(length, DOCUMENT_BYTES));
