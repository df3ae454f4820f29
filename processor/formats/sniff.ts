// What a file is, by its first bytes and never by its name.
import type { Family } from './format.ts';
import type { Source } from '../source.ts';
import { rawKindOf } from './raw-kind.ts';

export interface Kind {
  /** MIME type. */
  type: string;
  /** In plain words, with an article: `a JPEG photo`. */
  words: string;
  /** Who reads it; absent for what cannot be shown. */
  family?: Family;
  /** Of one that cannot be played. */
  isVideo?: true;
}

/** So many bytes decide; of a TIFF file also its directories. */
const SNIFF_BYTES = 4096;

const shown = (type: string, words: string): Kind => ({ type, words, family: 'picture' });
const other = (type: string, words: string): Kind => ({ type, words });

const UNKNOWN = other('application/octet-stream', 'a file of an unknown kind');
const TIFF = shown('image/tiff', 'a TIFF picture');
const AVIF = shown('image/avif', 'an AVIF picture');
const HEIC: Kind = { type: 'image/heic', words: 'a HEIC photo', family: 'heif' };
const JXL: Kind = { type: 'image/jxl', words: 'a JPEG XL picture', family: 'jxl' };
const JP2 = other('image/jp2', 'a JPEG 2000 picture');
const VIDEO = (type: string): Kind => ({ type, words: 'a video', family: 'video' });
/** Browsers play what is in MP4, QuickTime, WebM and Matroska, as far as they know its codecs; what is in these they do not. */
const unplayed = (type: string, words: string): Kind => ({ type, words, isVideo: true });
const SOUND = (type: string): Kind => other(type, 'a sound recording');
const RAW = (type: string, maker: string): Kind => ({ type, words: `a raw photo (${maker})`, family: 'raw' });

// oxlint-disable no-control-regex -- bytes of a file are no text
/** Leading bytes, as Latin-1 text; a dot stands for any byte. First match wins. */
const SIGNATURES: readonly [RegExp, Kind][] = [
  [/^\xff\xd8\xff/, shown('image/jpeg', 'a JPEG photo')],
  [/^\x89PNG\r\n\x1a\n/, shown('image/png', 'a PNG picture')],
  [/^GIF8[79]a/, shown('image/gif', 'a GIF picture')],
  [/^RIFF[^]{4}WEBP/, shown('image/webp', 'a WebP picture')],
  [/^RIFF[^]{4}AVI /, unplayed('video/x-msvideo', 'an AVI video')],
  [/^II\x2a\x00[^]{4}CR/, RAW('image/x-canon-cr2', 'Canon')],
  [/^FUJIFILMCCD-RAW/, RAW('image/x-fuji-raf', 'Fujifilm')],
  [/^IIU\x00/, RAW('image/x-panasonic-rw2', 'Panasonic')],
  [/^(?:IIR[OS]|MMOR)/, RAW('image/x-olympus-orf', 'Olympus')],
  [/^FOVb/, RAW('image/x-sigma-x3f', 'Sigma')],
  [/^II[^]{4}HEAPCCDR/, RAW('image/x-canon-crw', 'Canon')],
  [/^\x00MRM/, RAW('image/x-minolta-mrw', 'Minolta')],
  [/^(?:II\x2a\x00[^]{4}IIII|MM\x00\x2a[^]{4}MMMM)/, RAW('image/x-phaseone-iiq', 'Phase One')],
  [/^(?:II[\x2a\x2b]\x00|MM\x00[\x2a\x2b])/, TIFF],
  [/^(?:\xff\x0a|\x00\x00\x00\x0cJXL )/, JXL],
  [/^(?:\x00\x00\x00\x0cjP {2}|\xff\x4f\xff\x51)/, JP2],
  [/^8BPS/, other('image/vnd.adobe.photoshop', 'a Photoshop file')],
  [/^BM[^]{4}\x00\x00\x00\x00/, other('image/bmp', 'a BMP picture')],
  [/^\x00\x00\x01\x00/, other('image/x-icon', 'an icon')],
  [/^%PDF-/, other('application/pdf', 'a PDF document')],
  [/^PK\x03\x04/, other('application/zip', 'a ZIP archive or an office document')],
  [/^\x1a\x45\xdf\xa3[^]{0,60}\x42\x82[^]{1,8}matroska/, VIDEO('video/x-matroska')],
  [/^\x1a\x45\xdf\xa3/, VIDEO('video/webm')],
  // QuickTime before it had brands.
  [/^(?:\x00[^]{3}(?:moov|wide|free|skip|pnot)|[^]{4}mdat)/, VIDEO('video/quicktime')],
  [/^\x00\x00\x01[\xb0-\xbf]/, unplayed('video/mpeg', 'an MPEG video')],
  // Packets of 188 bytes; camcorders have a time before each.
  [
    /^(?:(?:G[^]{187}){5}|(?:[^]{4}G[^]{187}){5})/,
    unplayed('video/mp2t', 'a camcorder or television video (MPEG-TS)'),
  ],
  [/^\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9/, unplayed('video/x-ms-asf', 'a Windows Media video')],
  [/^FLV\x01/, unplayed('video/x-flv', 'a Flash video')],
  [/^\.RMF/, unplayed('application/vnd.rn-realmedia', 'a RealMedia video')],
  [/^OggS[^]{24,60}\x80theora/, unplayed('video/ogg', 'an Ogg video')],
  [/^OggS/, SOUND('audio/ogg')],
  [/^ID3/, SOUND('audio/mpeg')],
  [/^fLaC/, SOUND('audio/flac')],
  [/^RIFF[^]{4}WAVE/, SOUND('audio/wav')],
  [/^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|script)/i, other('text/html', 'a web page')],
  [/^(?:\xef\xbb\xbf)?\s*<(?:svg|[?!][^]*<svg)/i, other('image/svg+xml', 'an SVG drawing')],
];

/** Brands of the ISO base media format (`ftyp`); a still picture may name its true kind only among the compatible ones. */
const BRANDS: readonly [RegExp, Kind][] = [
  [/^avi[fs]$/, AVIF],
  [/^(?:hei[cxms]|hev[cxms])$/, HEIC],
  [/^crx $/, RAW('image/x-canon-cr3', 'Canon')],
];

function kindOfBrands(head: string, size: number): Kind {
  const end = Math.min(size, head.length);
  const brands = [head.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.slice(at, at + 4));
  for (const brand of brands) {
    const kind = BRANDS.find(([pattern]) => pattern.test(brand))?.[1];
    if (kind) return kind;
  }
  if (/^m[is]f1$/.test(brands[0] ?? '')) return HEIC;
  const [major = ''] = brands;
  if (/^[MF]4[ABP] $/.test(major)) return SOUND('audio/mp4');
  if (major === 'qt  ') return VIDEO('video/quicktime');
  return VIDEO(major.startsWith('3g') ? 'video/3gpp' : 'video/mp4');
}

/** The kind of a file. Throws only when the source fails. */
export async function sniff(source: Source): Promise<Kind> {
  const bytes = await source.read(0, SNIFF_BYTES);
  const head = bytes.toString('latin1');
  if (head.slice(4, 8) === 'ftyp') return kindOfBrands(head, bytes.readUInt32BE(0));
  const kind = SIGNATURES.find(([signature]) => signature.test(head))?.[1] ?? UNKNOWN;
  // Most raw photos are TIFF files whose first picture is a small preview: shown as such they would look like the photo.
  const raw = kind === TIFF ? await rawKindOf(source) : undefined;
  return raw ? RAW(raw.type, raw.words) : kind;
}
