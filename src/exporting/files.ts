// How files come to be in a folder that may hold anything: whole or not at all, and never in the place of another. Whatever is written
// lies beside its place until it is closed; that is the browser's doing.
import { sha256 } from '@noble/hashes/sha2.js';
import { photoIdOfDigest, type PhotoId } from '../schema/ids.ts';
import { fields } from '../schema/parse.ts';
import { NotTaken } from './reasons.ts';

/** Undefined for a file that cannot be read. */
export type Identify = (file: File, signal: AbortSignal) => Promise<PhotoId | undefined>;

/** What a photo's file has to be. */
export interface Expected {
  photoId: PhotoId;
  bytes: number;
}

/** Up to here a photo is known to be right before there is a file: WebCrypto is many times as fast as the stream. */
const WHOLE = 16 * 2 ** 20;

/** The folders below one, each asked for once. */
export class Folders {
  readonly #known = new Map<string, Promise<FileSystemDirectoryHandle>>();

  constructor(root: FileSystemDirectoryHandle) {
    this.#known.set('', Promise.resolve(root));
  }

  /** `/` between their names. Made if need be. */
  at(path: string): Promise<FileSystemDirectoryHandle> {
    const known = this.#known.get(path);
    if (known) return known;
    const cut = path.lastIndexOf('/');
    const made = this.at(path.slice(0, Math.max(0, cut))).then((above) =>
      named(above.getDirectoryHandle(path.slice(cut + 1), { create: true })),
    );
    this.#known.set(path, made);
    return made;
  }
}

/** Browsers keep some names to themselves, and say so by a TypeError. */
const named = <T>(handle: Promise<T>): Promise<T> =>
  handle.catch((error: unknown) => {
    throw error instanceof TypeError ? new NotTaken('name', { cause: error }) : error;
  });

/** Undefined where there is nothing of that name, or an empty file: a page that was closed leaves some, and nothing in them can be lost. */
async function fileAt(folder: FileSystemDirectoryHandle, name: string): Promise<File | 'folder' | undefined> {
  try {
    const file = await (await named(folder.getFileHandle(name))).getFile();
    return file.size === 0 ? undefined : file;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (error.name === 'NotFoundError') return undefined;
    if (error.name === 'TypeMismatchError') return 'folder';
    throw error;
  }
}

/** Whether there is a file, and if it has exactly these bytes. */
export async function standing(
  folder: FileSystemDirectoryHandle,
  name: string,
  { photoId, bytes }: Expected,
  identify: Identify,
  signal: AbortSignal,
): Promise<'none' | 'same' | 'other'> {
  const file = await fileAt(folder, name);
  if (!file) return 'none';
  if (file === 'folder' || file.size !== bytes) return 'other';
  return (await identify(file, signal)) === photoId ? 'same' : 'other';
}

/** Writes the bytes of a photo; they get their place once they are known to be its. */
export async function writePhoto(
  folder: FileSystemDirectoryHandle,
  name: string,
  expected: Expected,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  if (expected.bytes > WHOLE) return write(folder, name, checked(chunks, expected));
  const whole = new Uint8Array(expected.bytes);
  let at = 0;
  for await (const chunk of chunks) {
    if (at + chunk.length > whole.length) throw new NotTaken('damaged');
    whole.set(chunk, at);
    at += chunk.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
  if (at !== whole.length || photoIdOfDigest(digest) !== expected.photoId) throw new NotTaken('damaged');
  await write(folder, name, [whole]);
}

/** The same chunks; fails at their end unless they are what they should be. */
async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  { photoId, bytes }: Expected,
): AsyncGenerator<Uint8Array> {
  const hash = sha256.create();
  let at = 0;
  for await (const chunk of chunks) {
    at += chunk.length;
    if (at > bytes) throw new NotTaken('damaged');
    hash.update(chunk);
    yield chunk;
  }
  if (photoIdOfDigest(hash.digest()) !== photoId) throw new NotTaken('damaged');
}

async function write(
  folder: FileSystemDirectoryHandle,
  name: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const handle = await named(folder.getFileHandle(name, { create: true }));
  try {
    const file = await handle.createWritable();
    try {
      for await (const chunk of chunks) await file.write(chunk as Uint8Array<ArrayBuffer>);
      await file.close();
    } catch (error) {
      // What failed is told; that it cannot even be given up is no news.
      await file.abort().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    await removeEmpty(folder, name).catch(() => undefined);
    throw error;
  }
}

/** The place that was taken for what never came. */
async function removeEmpty(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  const { size } = await (await folder.getFileHandle(name)).getFile();
  if (size === 0) await folder.removeEntry(name);
}

/** JSON of our own making; what somebody else has put there stays. */
export async function writeJson(
  folder: FileSystemDirectoryHandle,
  name: string,
  json: object,
): Promise<void> {
  const text = `${JSON.stringify(json, undefined, 2)}\n`;
  const file = await fileAt(folder, name);
  const before = file === 'folder' ? '' : await file?.text();
  if (before === text) return;
  if (before !== undefined && !isOurs(before)) throw new NotTaken('taken');
  await write(folder, name, [new TextEncoder().encode(text)]);
}

function isOurs(text: string): boolean {
  try {
    return fields(JSON.parse(text))?.['shoebox'] !== undefined;
  } catch {
    // Whatever it is, it is not ours.
    return false;
  }
}
