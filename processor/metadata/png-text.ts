// The texts of a PNG, some of which are whole blocks of metadata in hexadecimal. (https://www.w3.org/TR/png-3/#11textinfo)
import { inflateSync } from 'node:zlib';
import type { Block } from './blocks.ts';
import { decoded } from './words.ts';

export interface PngText {
  keyword: string;
  text: string;
}

const MAX_TEXT_BYTES = 2_000_000;

/** A `tEXt`, `zTXt` or `iTXt` chunk, from its length on. Undefined for other chunks; throws when the text cannot be unpacked. */
export function pngTextOf(chunk: Buffer): PngText | undefined {
  const type = chunk.toString('latin1', 4, 8);
  const data = chunk.subarray(8, 8 + Math.min(chunk.readUInt32BE(0), Math.max(0, chunk.length - 12)));
  const keywordEnd = data.indexOf(0);
  if (keywordEnd < 0) return undefined;
  const keyword = data.toString('latin1', 0, keywordEnd);
  const rest = data.subarray(keywordEnd + 1);
  if (type === 'tEXt') return { keyword, text: decoded(rest) };
  if (type === 'zTXt') return { keyword, text: decoded(inflated(rest.subarray(1))) };
  if (type !== 'iTXt') return undefined;
  // Behind the flag and the method stand a language and the keyword in that language.
  const translated = rest.indexOf(0, 2) + 1;
  const text = rest.indexOf(0, translated) + 1;
  if (translated === 0 || text === 0) return undefined;
  const bytes = rest.subarray(text);
  return { keyword, text: decoded(rest[0] === 1 ? inflated(bytes) : bytes) };
}

const inflated = (bytes: Buffer): Buffer => inflateSync(bytes, { maxOutputLength: MAX_TEXT_BYTES });

/** `tIME` is UTC; of a picture that nobody edited, the time it was made. */
export function pngTimeOf(chunk: Buffer): string | undefined {
  if (chunk.toString('latin1', 4, 8) !== 'tIME' || chunk.length < 15) return undefined;
  const two = (at: number): string => String(chunk.readUInt8(8 + at)).padStart(2, '0');
  const year = String(chunk.readUInt16BE(8)).padStart(4, '0');
  return `${year}-${two(2)}-${two(3)}T${two(4)}:${two(5)}:${two(6)}Z`;
}

/** ImageMagick's way: the name of the profile, the number of its bytes, and these in hexadecimal. */
export function profileIn({ keyword, text }: PngText): Block | undefined {
  if (keyword === 'XML:com.adobe.xmp') return { kind: 'xmp', bytes: Buffer.from(text) };
  const kind = /^Raw profile type (exif|APP1|xmp|iptc|8bim)$/i.exec(keyword)?.[1]?.toLowerCase();
  const hex = /^\s*\S+\s+\d+\s+([\s\da-f]+)/i.exec(text)?.[1];
  if (kind === undefined || hex === undefined) return undefined;
  const bytes = Buffer.from(hex.replaceAll(/\s+/g, ''), 'hex');
  if (kind === 'iptc' || kind === '8bim') return { kind: 'iptc', bytes };
  return { kind: kind === 'xmp' || bytes.includes('<x:xmpmeta') ? 'xmp' : 'exif', bytes };
}
