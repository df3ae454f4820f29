// Reads the JSON files of a folder: what they say of photos, and of the album that the folder is.
import { breather } from '../library/slices.ts';
import { readAlbumSaid, type AlbumSaid } from '../schema/takeout.ts';
import { TakeoutError } from './entry.ts';
import type { Folder, Held, Problem } from './gather.ts';
import { MOST_BYTES, readPhotoSaid, type PhotoSaid } from './said.ts';

/** What a sidecar says, and where it came from. */
export interface Told {
  said: PhotoSaid;
  source: string;
}

export interface Sidecars {
  /** By name: several where parts of an export hold the same. */
  photos: Map<string, Told[]>;
  album: AlbumSaid | undefined;
  /** JSON that speaks of neither. */
  other: number;
}

export const speaks = ({ photos, album }: Sidecars): boolean => photos.size > 0 || album !== undefined;

/** Reading is mostly waiting. */
const AT_ONCE = 8;

export interface Reading {
  problems: Problem[];
  signal?: AbortSignal | undefined;
  /** After each file. */
  onread: () => void;
}

export async function readSidecars(folder: Folder, reading: Reading): Promise<Sidecars> {
  const read: Sidecars = { photos: new Map(), album: undefined, other: 0 };
  const all = [...folder.json].flatMap(([name, held]) => held.map((one) => ({ name, ...one })));
  const waiting = all.values();
  const breath = breather();
  const work = async (): Promise<void> => {
    for (const one of waiting) {
      note(read, one.name, one.source, await jsonOf(one, reading));
      reading.onread();
      await breath();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return read;
}

function note(read: Sidecars, name: string, source: string, json: unknown): void {
  const said = readPhotoSaid(json);
  const album = said ? undefined : readAlbumSaid(json);
  if (said) {
    const told = read.photos.get(name) ?? [];
    read.photos.set(name, told);
    told.push({ said, source });
  } else if (!album) read.other++;
  else if (read.album?.title === undefined) read.album = album;
}

/** Undefined for what is no JSON, and for what is far too large to be a sidecar. */
async function jsonOf({ entry }: Held, { problems, signal }: Reading): Promise<unknown> {
  signal?.throwIfAborted();
  if (entry.size > MOST_BYTES) return undefined;
  let text: string;
  try {
    text = await entry.text(signal);
  } catch (error) {
    if (!(error instanceof TakeoutError)) throw error;
    console.warn(error);
    problems.push({ name: entry.name, reason: error.reason });
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    // Whatever it is, it says nothing of photos.
    return undefined;
  }
}
