// Decodes a picture to upright pixels of the view's size, within bounds of memory and time: strictly first, and what does not
// pass as far as it goes.
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { NoteCode } from '../src/schema/photo.ts';
import { damaged, tooLarge, tooSlow } from './failure.ts';
import type { Drawable, Size } from './formats/format.ts';
import { inSrgb, type Pixels } from './pixels.ts';
import { colored, colorsOf } from './renditions-color.ts';

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
/** A larger profile is a scanner's or a printer's table: to convert the colors costs less than to send it with every view. */
const MAX_KEPT_PROFILE = 32_000;

/** What decoders say of a file in which nothing is missing. */
const HARMLESS = /extraneous bytes|Invalid SOS parameters|revision|Adobe color transform/;
const ENDS_EARLY = /premature end of JPEG image/;
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);
/** Formats whose decoders give what they have when the rest is missing. */
const PARTLY_READABLE: ReadonlySet<string> = new Set(['jpeg', 'png', 'tiff']);

type FailOn = 'warning' | 'error' | 'none';

// Pictures come from anywhere: of libvips' many loaders only these formats' decoders may run at all.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif', 'Tiff'].map((name) => `VipsForeignLoad${name}Buffer`),
});

/** At most `edge` pixels wide and high; `width` and `height` are the whole picture's. Throws Unshowable. */
export async function decoded(drawable: Drawable, edge: number): Promise<Decoded> {
  const { bytes } = drawable;
  const header = await readHeader(bytes);
  const orientation = drawable.orientation ?? header.orientation ?? 1;
  const colors = await colorsOf(bytes, header);
  const deadline = Date.now() + DECODE_SECONDS * 1000;
  const decode = async (from: Buffer, failOn: FailOn): Promise<Pixels> => {
    const seconds = Math.ceil((deadline - Date.now()) / 1000);
    if (seconds <= 0) throw tooSlow(new Error(`${DECODE_SECONDS} s`));
    const pipeline = sharp(from, { failOn, ignoreIcc: colors.ignoreIcc, limitInputPixels: MAX_PIXELS })
      .timeout({ seconds })
      .resize({ width: edge, height: edge, fit: 'inside', kernel: 'lanczos2', withoutEnlargement: true });
    return colored(turned(pipeline, orientation), colors);
  };
  const { pixels, note } = await strictlyOrNot(bytes, header, decode);
  const size =
    orientation < 5
      ? { width: header.width, height: header.height }
      : { width: header.height, height: header.width };
  const isHuge = (pixels.profile?.length ?? 0) > MAX_KEPT_PROFILE;
  return { ...size, pixels: isHuge ? await inSrgb(pixels) : pixels, note };
}

/** Size, orientation and color from the header; throws Unshowable when there is no picture to read. */
async function readHeader(bytes: Buffer): Promise<Metadata> {
  const header = await picturesFault(sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata());
  const pixels = header.width * header.height;
  if (pixels > MAX_PIXELS || pixels * decoderBytesPerPixel(header) > MAX_DECODER_BYTES) {
    throw tooLarge(`it has ${Math.round(pixels / 1e6)} million pixels`);
  }
  return header;
}

/** What a decoder holds in memory for each pixel, as measured; most go line by line and hold next to nothing. */
function decoderBytesPerPixel({ format, depth, channels, isProgressive }: Metadata): number {
  const sample = depth === 'uchar' ? 1 : 2;
  if (format === 'heif') return sample === 1 ? 18 : 24;
  if (format === 'gif') return 5;
  if (format === 'jpeg') return isProgressive ? channels * 2 : 0;
  return isProgressive || format === 'webp' ? channels * sample : 0;
}

/** The eight ways of EXIF, undone after the shrinking, when there is less to turn. (EXIF 2.32, 4.6.4, Orientation) */
function turned(pipeline: Sharp, orientation: number): Sharp {
  if ([4, 5, 7].includes(orientation)) pipeline.flip();
  if (orientation === 2) pipeline.flop();
  const angle = { 3: 180, 5: 90, 6: 90, 7: 270, 8: 270 }[orientation];
  return angle === undefined ? pipeline : pipeline.rotate(angle);
}

type Decode = (from: Buffer, failOn: FailOn) => Promise<Pixels>;

/** Whole files cost nothing more for it that others are given a second chance. */
async function strictlyOrNot(
  bytes: Buffer,
  { format }: Metadata,
  decode: Decode,
): Promise<{ pixels: Pixels; note?: NoteCode }> {
  // Of a JPEG whose data is broken libvips only warns; of others it warns for reasons that harm nobody.
  const strict = format === 'jpeg' ? 'warning' : 'error';
  const attempt = await settled(decode(bytes, strict));
  if ('pixels' in attempt) return attempt;
  if (/timeout/i.test(attempt.message)) throw tooSlow(attempt.error);
  if (!PARTLY_READABLE.has(format)) throw damaged(attempt.error);
  if (format === 'jpeg' && onlyHarmless(attempt.message))
    return { pixels: await picturesFault(decode(bytes, 'none')) };
  if (ENDS_EARLY.test(attempt.message)) {
    // Only the two last bytes may be missing, and nothing of the picture.
    const ended = await settled(decode(Buffer.concat([bytes, END_OF_IMAGE]), 'warning'));
    if ('pixels' in ended) return ended;
  }
  if (!(await hasSensiblePart(bytes))) throw damaged(attempt.error);
  return { pixels: await picturesFault(decode(bytes, 'none')), note: 'cut-short' };
}

type Attempt = { pixels: Pixels } | { error: unknown; message: string };

const settled = (work: Promise<Pixels>): Promise<Attempt> =>
  work.then(
    (pixels) => ({ pixels }),
    (error: unknown) => ({ error, message: String(error) }),
  );

/** libvips gives each of its complaints a line. */
const onlyHarmless = (message: string): boolean => message.split('\n').every((line) => HARMLESS.test(line));

const PROBE = { width: 20, height: 100 };
const SENSIBLE_ROWS = 5;

/** Whether at least a twentieth of the picture is there: below its end decoders repeat one gray or the last line. */
async function hasSensiblePart(bytes: Buffer): Promise<boolean> {
  const probe = await picturesFault(
    sharp(bytes, { failOn: 'none', ignoreIcc: true, limitInputPixels: MAX_PIXELS })
      .timeout({ seconds: DECODE_SECONDS })
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

/** Nothing but the picture goes into sharp, so whatever it objects to is the picture's fault. */
async function picturesFault<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw /timeout/i.test(String(error)) ? tooSlow(error) : damaged(error);
  }
}
