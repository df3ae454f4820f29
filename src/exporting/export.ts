// How a library comes into a folder: by a plan that is the same each time, two photos at once, each streamed, hashed, and put in its place
// only when its bytes are right. What is there is the only state. Needs nothing of the page.
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import { METADATA, type Placed, type Plan, type PlacedAlbum } from '../takeout/plan.ts';
import { Folders, standing, writeJson, writePhoto, type Identify } from './files.ts';
import { inLanes } from './lanes.ts';
import { explained, NotTaken, type Reason } from './reasons.ts';

export interface Tally {
  all: number;
  allBytes: number;
  /** Well or not. */
  done: number;
  bytes: number;
  written: number;
  /** Was there already. */
  there: number;
  albums: number;
  allAlbums: number;
  failed: number;
}

export const noTally = (): Tally => ({
  all: 0,
  allBytes: 0,
  done: 0,
  bytes: 0,
  written: 0,
  there: 0,
  albums: 0,
  allAlbums: 0,
  failed: 0,
});

export interface Export {
  plan: Plan;
  folder: FileSystemDirectoryHandle;
  /** The original's bytes. Fails with a CloudError. */
  read: (photo: Photo, signal: AbortSignal) => AsyncIterable<Uint8Array>;
  identify: Identify;
  signal: AbortSignal;
  tally: Tally;
  told: (what: string, why: Reason) => void;
}

/** Fails with an `Ended`, or with the signal's reason. */
export async function bringOut(run: Export): Promise<void> {
  const { plan, tally, signal } = run;
  tally.all = plan.photos.length;
  tally.allAlbums = plan.albums.length;
  tally.allBytes = plan.photos.reduce((sum, { photo }) => sum + photo.bytes, 0);
  try {
    const folders = new Folders(run.folder);
    const places = await allPhotos(run, folders);
    for (const album of plan.albums) {
      await oneAlbum(album, places, run, folders);
      tally.albums++;
    }
  } catch (error) {
    throw explained(error, signal);
  }
}

/** A photo of the plan, and what its file is called now. */
interface Place {
  placed: Placed;
  file: string;
}

async function allPhotos(run: Export, folders: Folders): Promise<Map<PhotoId, Place>> {
  const { plan, tally } = run;
  const places = new Map<PhotoId, Place>();
  for (const [folder, metadata] of plan.months)
    await orTold(run, `${folder}/${METADATA}`, run.signal, async () =>
      writeJson(await folders.at(folder), METADATA, metadata),
    );
  await inLanes(plan.photos, run.signal, async (placed, signal) => {
    const { photo, folder, name } = placed;
    const before = { come: 0 };
    await orTold(run, `${folder}/${name}`, signal, async () => {
      const into = await folders.at(folder);
      const file = await onePhoto(placed, into, { ...run, signal }, before);
      await writeJson(into, `${file}.json`, placed.sidecar);
      places.set(photo.photoId, { placed, file });
    });
    tally.bytes += photo.bytes - before.come;
    tally.done++;
  });
  return places;
}

/** Gives what its file is called. */
async function onePhoto(
  { photo, name, otherName }: Placed,
  folder: FileSystemDirectoryHandle,
  { read, identify, signal, tally }: Export,
  counted: { come: number },
): Promise<string> {
  for (const one of new Set([name, otherName])) {
    const state = await standing(folder, one, photo, identify, signal);
    if (state === 'other') continue;
    if (state === 'same') tally.there++;
    else {
      const coming = through(read(photo, signal), (bytes) => {
        counted.come += bytes;
        tally.bytes += bytes;
      });
      await writePhoto(folder, one, photo, coming);
      tally.written++;
    }
    return one;
  }
  throw new NotTaken('taken');
}

async function* through(
  chunks: AsyncIterable<Uint8Array>,
  come: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    come(chunk.length);
    yield chunk;
  }
}

async function oneAlbum(
  album: PlacedAlbum,
  places: ReadonlyMap<PhotoId, Place>,
  run: Export,
  folders: Folders,
): Promise<void> {
  await orTold(run, `${album.folder}/${METADATA}`, run.signal, async () =>
    writeJson(await folders.at(album.folder), METADATA, album.metadata),
  );
  await inLanes(album.photos, run.signal, async ({ photoId, name }, signal) => {
    const place = places.get(photoId);
    // Told before.
    if (!place) return;
    await orTold(run, `${album.folder}/${name}`, signal, async () => {
      const [into, from] = await Promise.all([folders.at(album.folder), folders.at(place.placed.folder)]);
      await placeAgain(into, name, place, from, { ...run, signal });
      await writeJson(into, `${name}.json`, place.placed.sidecar);
    });
  });
}

/** The same bytes once more: pages know no links between files. */
async function placeAgain(
  into: FileSystemDirectoryHandle,
  name: string,
  { placed: { photo }, file }: Place,
  from: FileSystemDirectoryHandle,
  { identify, signal }: Export,
): Promise<void> {
  const state = await standing(into, name, photo, identify, signal);
  if (state === 'same') return;
  if (state === 'other') throw new NotTaken('taken');
  const copied = await (await from.getFileHandle(file)).getFile();
  await writePhoto(into, name, photo, chunksOf(copied, signal));
}

async function* chunksOf(file: File, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      signal.throwIfAborted();
      yield part.value;
    }
  } finally {
    await reader.cancel();
  }
}

async function orTold(
  { tally, told }: Export,
  what: string,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const problem = explained(error, signal);
    if (!(problem instanceof NotTaken)) throw problem;
    tally.failed++;
    told(what, problem.reason);
  }
}
