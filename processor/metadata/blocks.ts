// Where a file keeps its metadata: the blocks of EXIF, XMP, IPTC and text in a JPEG, PNG, WebP, HEIF, AVIF or JPEG XL, each cut out
// and small. ExifReader walks the containers; what is in the blocks is read one by one, so that a broken one costs only itself.
import { brotliDecompressSync } from 'node:zlib';
import ExifReader from 'exifreader';
import { isCrumbs } from './crumbs.ts';

// The package is CommonJS to Node: only its default export is there by name.
// oxlint-disable-next-line import/no-named-as-default-member
const { loadView } = ExifReader;

export type BlockKind = 'exif' | 'xmp' | 'iptc' | 'png';

export interface Block {
  kind: BlockKind;
  bytes: Buffer;
}

/** More is no metadata that we look for, but depth maps and the like in extended XMP. */
export const MAX_BLOCK_BYTES = 1_000_000;
const MAX_BLOCKS = 100;
const MAX_BYTES = 4_000_000;
const KINDS: readonly string[] = ['exif', 'xmp', 'iptc', 'png'] satisfies BlockKind[];
/** Adobe's extension of XMP beyond 64 kB in a JPEG holds pictures, not words. */
const EXTENDED_XMP = 'http://ns.adobe.com/xmp/extension/';

/** Rejects for a file that is none of these formats. */
export async function blocksOf(document: Buffer, skipped: (why: string) => void): Promise<Block[]> {
  if (isCrumbs(document)) throw new RangeError('the file is made of too many parts');
  const { buffer, byteOffset, length } = document;
  // Only where things are is asked for: the type is told without decoding anything. Without `async`, packed texts are left out.
  const { metadataRange } = await loadView(new DataView(buffer, byteOffset, length), {
    async: true,
    expanded: true,
    includeOffsets: true,
    includeTags: { file: ['FileType'] },
  });
  const blocks: Block[] = [];
  let total = 0;
  for (const { type, start, end } of metadataRange?.blocks.slice(0, MAX_BLOCKS) ?? []) {
    const bytes = document.subarray(start, end);
    if (!KINDS.includes(type) || bytes.subarray(0, 64).includes(EXTENDED_XMP)) continue;
    total += bytes.length;
    if (bytes.length > MAX_BLOCK_BYTES || total > MAX_BYTES)
      skipped(`${type} of ${bytes.length} bytes is too large`);
    else blocks.push({ kind: type as BlockKind, bytes: unpacked(bytes) });
  }
  return isIsoMedia(document) ? joined(blocks) : blocks;
}

/** A `brob` box of JPEG XL is another box in Brotli. (ISO/IEC 18181-2) */
const unpacked = (bytes: Buffer): Buffer =>
  bytes.toString('latin1', 4, 8) === 'brob'
    ? brotliDecompressSync(bytes.subarray(12), { maxOutputLength: MAX_BLOCK_BYTES })
    : bytes;

const isIsoMedia = (document: Buffer): boolean => document.toString('latin1', 4, 8) === 'ftyp';

/** An item of a HEIF file may lie in several places: they are one block. */
const joined = (blocks: readonly Block[]): Block[] =>
  (['exif', 'xmp'] as const).flatMap((kind) => {
    const parts = blocks.filter((block) => block.kind === kind).map(({ bytes }) => bytes);
    return parts.length > 0 ? [{ kind, bytes: Buffer.concat(parts) }] : [];
  });

/** The TIFF header lies behind a marker and `Exif` in a JPEG, behind an offset in HEIF: always near the beginning. */
const TIFF_HEADER = /II\*\0|MM\0\*/;

export function tiffIn(block: Buffer): Buffer | undefined {
  const at = TIFF_HEADER.exec(block.toString('latin1', 0, 64))?.index;
  return at === undefined ? undefined : block.subarray(at);
}
