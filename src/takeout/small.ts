// A shortcut to the small files of a zip. There is a sidecar for each photo, and what zip.js sets up for one takes ten times as long as
// reading it: here one slice is read and inflated. Whatever is not as expected is left to zip.js, which says what is wrong with it.
import type { FileEntry } from '@zip.js/zip.js/lib/zip-core-custom.js';

const DEFLATED = 8;
const LOCAL = 0x04034b50;
const HEADER = 30;
/** What may stand between header and content, beside the name. */
const EXTRA = 256;
const MOST_BYTES = 2 ** 16;

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let rest = n;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

function crc32(bytes: Uint8Array): number {
  let sum = -1;
  for (const byte of bytes) sum = (sum >>> 8) ^ (TABLE[(sum ^ byte) & 255] as number);
  return ~sum >>> 0;
}

type Small = Pick<
  FileEntry,
  | 'encrypted'
  | 'compressionMethod'
  | 'compressedSize'
  | 'uncompressedSize'
  | 'crc32'
  | 'offset'
  | 'rawFilename'
>;

/** Its bytes, whole and checked; undefined for a file that is not small, or not as expected. */
export async function smallFile(zip: Blob, file: Small): Promise<Uint8Array | undefined> {
  const { encrypted, compressionMethod, compressedSize, uncompressedSize, offset, rawFilename } = file;
  if (encrypted || compressionMethod !== DEFLATED) return undefined;
  if (uncompressedSize > MOST_BYTES || compressedSize > MOST_BYTES) return undefined;
  const end = offset + HEADER + rawFilename.length + EXTRA + compressedSize;
  const bytes = new Uint8Array(await zip.slice(offset, end).arrayBuffer());
  if (bytes.length < HEADER) return undefined;
  const view = new DataView(bytes.buffer);
  const from = HEADER + view.getUint16(26, true) + view.getUint16(28, true);
  if (view.getUint32(0, true) !== LOCAL || from + compressedSize > bytes.length) return undefined;
  const content = await inflated(bytes.subarray(from, from + compressedSize), uncompressedSize);
  return content && crc32(content) === file.crc32 ? content : undefined;
}

/** Exactly so many bytes, or undefined. */
async function inflated(bytes: Uint8Array<ArrayBuffer>, size: number): Promise<Uint8Array | undefined> {
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  const reader = source.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const content = new Uint8Array(size);
  let length = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (length + read.value.length > size) {
        await reader.cancel();
        return undefined;
      }
      content.set(read.value, length);
      length += read.value.length;
    }
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  return length === size ? content : undefined;
}
