// Gzip piece by piece, so that the page stays awake, and bounded: what is inflated never grows beyond what was agreed to.
import { breather } from './slices.ts';

const SLICE = 2 ** 18;
/** Deflate swells a thousandfold at most, and the browser inflates what it is given in one go: never more than 16 MB. */
const PACKED_SLICE = 2 ** 14;

function* slices(piece: Uint8Array<ArrayBuffer>, size: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < piece.length; at += size) yield piece.subarray(at, at + size);
}

export async function gzipped(pieces: Iterable<Uint8Array<ArrayBuffer>>): Promise<Blob> {
  const { readable, writable } = new CompressionStream('gzip');
  const breath = breather();
  const feed = async (): Promise<void> => {
    const writer = writable.getWriter();
    for (const piece of pieces) {
      for (const slice of slices(piece, SLICE)) {
        await writer.write(slice);
        await breath();
      }
    }
    await writer.close();
  };
  const [blob] = await Promise.all([new Response(readable).blob(), feed()]);
  return blob;
}

/** Hands out what is packed in there, which must be exactly so many bytes: fails with a RangeError otherwise, before there are more. */
export async function gunzipped(
  packed: Uint8Array<ArrayBuffer>,
  bytes: number,
  take: (part: Uint8Array) => void,
): Promise<void> {
  const { readable, writable } = new DecompressionStream('gzip');
  const writer = writable.getWriter();
  const reader = readable.getReader();
  const stop = new AbortController();
  const breath = breather();
  let length = 0;
  const feed = async (): Promise<void> => {
    for (const slice of slices(packed, PACKED_SLICE)) {
      if (stop.signal.aborted) return;
      await writer.write(slice);
      await breath();
    }
    await writer.close();
  };
  const drain = async (): Promise<void> => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length;
      if (length > bytes) throw new RangeError(`more than the ${bytes} bytes there should be`);
      take(part.value);
    }
    if (length < bytes) throw new RangeError(`${length} of the ${bytes} bytes there should be`);
  };
  const drained = drain().catch(async (error: unknown) => {
    stop.abort();
    await Promise.allSettled([reader.cancel(), writer.abort()]);
    throw error;
  });
  // What stops the one stops the other; the reader knows best why.
  const fed = feed().catch((error: unknown) => error);
  await drained;
  const problem = await fed;
  if (problem !== undefined) throw problem;
}
