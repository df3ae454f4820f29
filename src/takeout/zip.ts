// The files in a zip, without reading the zip: only its directory, and each file when it is asked for. What is stored as it is costs no
// copy; what is deflated is inflated by the browser, on this thread, because zip.js' workers come from addresses that the page's content
// security policy forbids.
import {
  BlobReader,
  BlobWriter,
  configure,
  ERR_ENCRYPTED,
  ERR_ENCRYPTED_CENTRAL_DIRECTORY,
  ERR_SPLIT_ZIP_FILE,
  ERR_UNSUPPORTED_COMPRESSION,
  ERR_UNSUPPORTED_ENCRYPTION,
  Uint8ArrayWriter,
  ZipReader,
  type FileEntry,
} from '@zip.js/zip.js/lib/zip-core-custom.js';
import { breather } from '../library/slices.ts';
import { TakeoutError, type Entry, type Reason } from './entry.ts';
import { smallFile } from './small.ts';

const STORED = 0;
/** Between two rests on the way through a directory. */
const STRIDE = 64;

/** The files of a zip, as its directory lists them. Fails with a TakeoutError. */
export async function entriesIn(zip: Blob, signal?: AbortSignal): Promise<Entry[]> {
  configure({ useWebWorkers: false, useCompressionStream: true });
  // Names are only read here: those that would lead out of a folder are not refused, and lead nowhere.
  const reader = new ZipReader(new BlobReader(zip), { filenameValidation: 'tolerant', checkCrc32: true });
  const alone = inTurn();
  const entries: Entry[] = [];
  const breath = breather();
  try {
    for await (const file of reader.getEntriesGenerator()) {
      signal?.throwIfAborted();
      if (!file.directory) entries.push(entryOf(zip, file, alone));
      if (entries.length % STRIDE === 0) await breath();
    }
  } catch (error) {
    throw failure(error, signal);
  }
  return entries;
}

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** One after the other, however each ends. */
function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}

function entryOf(zip: Blob, file: FileEntry, alone: InTurn): Entry {
  const path = file.filename.split(/[/\\]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  const name = path.pop() ?? '';
  const modified = file.lastModDate.getTime();
  const check = async <T>(signal: AbortSignal | undefined, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      throw failure(error, signal);
    }
  };
  return {
    name,
    path,
    size: file.uncompressedSize,
    lastModified: modified > 0 ? modified : 0,
    crc32: file.crc32,
    open: (signal) => check(signal, () => alone(() => contentOf(zip, file, signal))),
    text: (signal) => check(signal, async () => new TextDecoder().decode(await bytesOf(zip, file, signal))),
  };
}

const bytesOf = async (zip: Blob, file: FileEntry, signal?: AbortSignal): Promise<Uint8Array> =>
  (await smallFile(zip, file)) ?? file.getData(new Uint8ArrayWriter(), { signal });

/** What is stored is read once, to see that it is whole, and then cut out of the zip. */
async function contentOf(zip: Blob, file: FileEntry, signal?: AbortSignal): Promise<Blob> {
  if (file.compressionMethod !== STORED) return file.getData(new BlobWriter(), { signal });
  await file.getData(new WritableStream(), { signal });
  const from = file.localDirectory?.dataOffset ?? 0;
  return zip.slice(from, from + file.uncompressedSize);
}

const REASON: Readonly<Record<string, Reason>> = {
  [ERR_ENCRYPTED]: 'encrypted',
  [ERR_UNSUPPORTED_ENCRYPTION]: 'encrypted',
  [ERR_ENCRYPTED_CENTRAL_DIRECTORY]: 'encrypted',
  [ERR_UNSUPPORTED_COMPRESSION]: 'unsupported',
  [ERR_SPLIT_ZIP_FILE]: 'unsupported',
};

/** Somebody's leaving stays what it is. */
function failure(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  // What the browser says of a file that it cannot read any more.
  if (error instanceof DOMException) return new TakeoutError('unreadable', error);
  return new TakeoutError((error instanceof Error && REASON[error.message]) || 'damaged', error);
}
