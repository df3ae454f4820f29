// Decodes a picture to upright pixels of the view's size, within bounds of memory and time: strictly first, and what does not
// pass as far as it goes.
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { NoteCode } from '../src/schema/photo.ts';
import { damaged, tooLarge, tooSlow, Unshowable } from './failure.ts';
import type { Drawable, Size } from './formats/format.ts';
import { numberOf, openTiff, PLANAR_CONFIGURATION, readDirectory, ROWS_PER_STRIP } from './formats/tiff.ts';
import { scansOf } from './jpeg-scans.ts';
import { straighten } from './opacity.ts';
import type { Pixels } from './pixels.ts';
import { colored, colorsAlone, colorsOf } from './renditions-color.ts';
import { heldSource } from './source.ts';

export interface Decoded extends Size {
  pixels: Pixels;
  note?: NoteCode;
}

/** A thousand million: gigapixel panoramas that libvips decodes line by line, in well below a minute. */
const MAX_PIXELS = 1_000_000_000;
/** Of the Lambda's 1769 MB, for pictures whose decoder wants them whole; Node, sharp and the file itself need the rest. */
const MAX_DECODER_BYTES = 1_000_000_000;
/** For all attempts together; the Lambda has 120, and most of them are left to download and upload. */
const DECODE_SECONDS = 60;
/** Encoders make about ten; a hundred of the largest picture there may be take twenty seconds. */
const MAX_SCANS = 100;

/** What decoders say of a file in which nothing is missing. */
const HARMLESS =
  /extraneous bytes|Invalid SOS parameters|revision|Adobe color transform|Likely invalid strip byte count/;
const ENDS_EARLY = /premature end of JPEG image/;
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);
const FEW_BYTES = 8;
/** Formats whose decoders give what they have when the rest is missing. */
const PARTLY_READABLE: ReadonlySet<string> = new Set(['jpeg', 'png', 'tiff']);

type FailOn = 'warning' | 'error' | 'none';

// Pictures come from anywhere: of libvips' many loaders only these formats' decoders may run at all.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff'].map((name) => `VipsForeignLoad${name}Buffer`),
});

/** At most `edge` pixels wide and high; `width` and `height` are the whole picture's. Throws Unshowable. */
export async function decoded(
  drawable: Drawable,
  edge: number,
  limitSeconds = DECODE_SECONDS,
): Promise<Decoded> {
  const { bytes } = drawable;
  const header = await readHeader(drawable);
  const orientation = drawable.orientation ?? header.orientation ?? 1;
  const colors = await colorsOf(drawable, header);
  const deadline = Date.now() + limitSeconds * 1000;
  const decode = async (from: Buffer, failOn: FailOn): Promise<Pixels> => {
    const seconds = secondsUntil(deadline);
    const options = { failOn, limitInputPixels: MAX_PIXELS };
    const alone = drawable.hasSurplus
      ? await colorsAlone(sharp(from, options).timeout({ seconds }), header)
      : from;
    const pipeline = sharp(alone, { ...options, ignoreIcc: colors.ignoreIcc })
      .timeout({ seconds })
      .resize({ width: edge, height: edge, fit: 'inside', kernel: 'lanczos2', withoutEnlargement: true });
    return colored(turned(pipeline, orientation), colors);
  };
  const { pixels, note } = await strictlyOrNot(bytes, header, { decode, deadline });
  const size =
    orientation < 5
      ? { width: header.width, height: header.height }
      : { width: header.height, height: header.width };
  if (drawable.isPremultiplied && pixels.channels === 4) straighten(pixels.data);
  return { ...size, pixels, note };
}

function secondsUntil(deadline: number): number {
  const seconds = Math.ceil((deadline - Date.now()) / 1000);
  if (seconds <= 0) throw tooSlow(new Error('no time is left for another attempt'));
  return seconds;
}

/** Size, orientation and color from the header; throws Unshowable when there is no picture to read. */
async function readHeader({ bytes, hasSurplus = false }: Drawable): Promise<Metadata> {
  const header = await picturesFault(sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata());
  const lines = hasSurplus ? Infinity : header.format === 'tiff' ? await linesTogether(bytes) : LINES_HELD;
  if (header.width * header.height > MAX_PIXELS || decoderBytes(header, lines) > MAX_DECODER_BYTES) {
    const size = `${header.width} x ${header.height} pixels`;
    throw tooLarge(`it has ${Math.round((header.width * header.height) / 1e6)} million pixels (${size})`);
  }
  const scans = header.format === 'jpeg' && header.isProgressive ? scansOf(bytes) : 1;
  if (scans > MAX_SCANS) throw tooSlow(new Error(`${scans} scans`));
  return header;
}

/** Shrinking a wide picture takes up to so many of its lines at a time; measured at 30,000 to 100,000 pixels wide. */
const LINES_HELD = 2500;

/**
 * What a decoder holds in memory, by the byte per pixel as measured with 24 to 100 megapixels: AVIF 18.8 (more than 8 bits: 24.8),
 * GIF 5.4, progressive JPEG 6.5 (CMYK 8.6), lossless WebP 4.3, interlaced PNG 3.7 (16 bits and opacity: 10.2). Others go line by
 * line, and JPEG shrinks its lines before anybody holds them: 300 megapixels take 35 MB.
 */
function decoderBytes(
  { format, width, height, depth, channels, isProgressive }: Metadata,
  lines: number,
): number {
  const sample = depth === 'uchar' ? 1 : 2;
  const pixels = width * height;
  if (format === 'heif') return pixels * (sample === 1 ? 19 : 25);
  if (format === 'gif') return pixels * 5.5;
  if (format === 'webp') return pixels * 4.5;
  if (format === 'jpeg') return isProgressive ? pixels * channels * 2.2 : 0;
  return width * channels * sample * (isProgressive ? height * 1.3 : Math.min(height * 1.4, lines));
}

const APART = 2;

/** Of a TIFF with each color in a plane of its own libvips holds whole strips, and those of all planes. */
async function linesTogether(tiff: Buffer): Promise<number> {
  const opened = await openTiff(heldSource(tiff));
  const directory = opened && (await readDirectory(opened.tiff, opened.first));
  if (!directory || (await numberOf(opened.tiff, directory.tags, PLANAR_CONFIGURATION)) !== APART)
    return LINES_HELD;
  const rows = await numberOf(opened.tiff, directory.tags, ROWS_PER_STRIP);
  return Math.max(LINES_HELD, (rows ?? Infinity) * 1.4);
}

/** The eight ways of EXIF, undone after the shrinking, when there is less to turn. (EXIF 2.32, 4.6.4, Orientation) */
function turned(pipeline: Sharp, orientation: number): Sharp {
  if ([4, 5, 7].includes(orientation)) pipeline.flip();
  if (orientation === 2) pipeline.flop();
  const angle = { 3: 180, 5: 90, 6: 90, 7: 270, 8: 270 }[orientation];
  return angle === undefined ? pipeline : pipeline.rotate(angle);
}

interface Attempts {
  decode: (from: Buffer, failOn: FailOn) => Promise<Pixels>;
  /** Epoch milliseconds. */
  deadline: number;
}

/** Whole files cost nothing more for it that others are given a second chance. */
async function strictlyOrNot(
  bytes: Buffer,
  { format }: Metadata,
  { decode, deadline }: Attempts,
): Promise<{ pixels: Pixels; note?: NoteCode }> {
  // Of a JPEG whose data is broken libvips only warns; of others it warns for reasons that harm nobody.
  const strict = format === 'jpeg' ? 'warning' : 'error';
  const attempt = await settled(decode(bytes, strict));
  if ('pixels' in attempt) return attempt;
  if (!PARTLY_READABLE.has(format)) throw damaged(attempt.error);
  if (onlyHarmless(attempt.message)) return { pixels: await picturesFault(decode(bytes, 'none')) };
  if (ENDS_EARLY.test(attempt.message)) {
    // Only the two last bytes may be missing, and nothing of the picture.
    const ended = await settled(decode(Buffer.concat([bytes, END_OF_IMAGE]), 'warning'));
    const fewer = Buffer.concat([bytes.subarray(0, -FEW_BYTES), END_OF_IMAGE]);
    // Of the very last lines of some pictures libvips does not tell what is missing: those pass with fewer bytes just as well.
    if ('pixels' in ended)
      return 'pixels' in (await settled(decode(fewer, 'warning'))) ? { ...ended, note: 'cut-short' } : ended;
  }
  if (!(await hasSensiblePart(bytes, deadline))) throw damaged(attempt.error);
  return { pixels: await picturesFault(decode(bytes, 'none')), note: 'cut-short' };
}

type Attempt = { pixels: Pixels } | { error: unknown; message: string };

/** Throws where another attempt would be in vain. */
async function settled(work: Promise<Pixels>): Promise<Attempt> {
  try {
    return { pixels: await work };
  } catch (error) {
    if (error instanceof Unshowable) throw error;
    if (isTimeout(error)) throw tooSlow(error);
    return { error, message: String(error) };
  }
}

/** libvips gives each of its complaints a line. */
const onlyHarmless = (message: string): boolean => message.split('\n').every((line) => HARMLESS.test(line));

const PROBE = { width: 20, height: 100 };
const SENSIBLE_ROWS = 10;

/** Whether at least a tenth of the picture is there: below its end decoders repeat one gray or the last line. */
async function hasSensiblePart(bytes: Buffer, deadline: number): Promise<boolean> {
  const probe = await picturesFault(
    sharp(bytes, { failOn: 'none', ignoreIcc: true, limitInputPixels: MAX_PIXELS })
      .timeout({ seconds: secondsUntil(deadline) })
      .resize({ ...PROBE, fit: 'fill' })
      .flatten()
      .toColourspace('b-w')
      .raw()
      .toBuffer(),
  );
  const { width, height } = PROBE;
  const isAlive = (row: number): boolean =>
    probe
      .subarray(row * width, (row + 1) * width)
      .some((value, column) => Math.abs(value - (probe[(height - 1) * width + column] ?? 0)) > 2);
  return Array.from({ length: height }, (_, row) => row).filter(isAlive).length >= SENSIBLE_ROWS;
}

const isTimeout = (error: unknown): boolean => /timeout/i.test(String(error));

/** Nothing but the picture goes into sharp, so whatever it objects to is the picture's fault. */
async function picturesFault<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Unshowable) throw error;
    throw isTimeout(error) ? tooSlow(error) : damaged(error);
  }
}
