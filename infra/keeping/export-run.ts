// How `npm run export` brings a library out: by a plan that is the same each time, several photos at once, each streamed to disk, hashed,
// and put in its place only when its bytes are right. What is there is the only state.
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { join } from 'node:path';
import type { PhotoId } from '../../src/schema/ids.ts';
import { originalKey } from '../../src/schema/keys.ts';
import { parseOriginalMetadata } from '../../src/schema/original.ts';
import { METADATA, planFor, type Placed, type Plan } from '../../src/takeout/plan.ts';
import { momentOf } from '../../src/takeout/written.ts';
import { worldClocks, type Clocks } from '../../src/takeout/zones.ts';
import { inLanes } from '../reprocess-run.ts';
import { Unreadable } from './found.ts';
import { placeIn, type Library } from './library.ts';
import { originalsOf } from './originals.ts';
import { albumsIn, photoRowsIn } from './rows.ts';
import { asProblem, makeFolder, placeAgain, standing, writeJson, writePhoto } from './written-files.ts';

export interface ExportTally {
  written: number;
  bytes: number;
  there: number;
  /** In the trash, and left out. */
  trashed: number;
  albums: number;
  failed: number;
  all: number;
}

export const noExportTally = (): ExportTally => ({
  written: 0,
  bytes: 0,
  there: 0,
  trashed: 0,
  albums: 0,
  failed: 0,
  all: 0,
});

export interface Export {
  library: Library;
  folder: string;
  withTrash: boolean;
  lanes: number;
  signal: AbortSignal;
  tally: ExportTally;
  changed: () => void;
  told: (what: string, why: string) => void;
}

export async function bringOut(run: Export): Promise<void> {
  const { library, tally, signal, withTrash } = run;
  const [rows, social, clocks] = await Promise.all([photoRowsIn(library), albumsIn(library), worldClocks()]);
  const photos = rows.filter(({ trashedAt }) => withTrash || !trashedAt);
  tally.trashed = rows.length - photos.length;
  tally.all = photos.length;
  const originals = new Set<PhotoId>();
  for await (const { photoId } of originalsOf(placeIn(library))) originals.add(photoId);
  const known = new Set(rows.map(({ photoId }) => photoId));
  for (const photoId of originals) {
    if (!known.has(photoId))
      fail(
        run,
        photoId,
        `It has no row yet: "npm run reprocess -- --owner ${library.owner}", then this again.`,
      );
  }
  const plan = planFor(photos, social, clocks);
  try {
    const files = await allPhotos(plan, originals, run, clocks);
    if (!signal.aborted) await allAlbums(plan, files, run);
  } catch (error) {
    throw asProblem(error);
  }
}

function fail({ tally, told }: Export, what: string, why: string): void {
  tally.failed += 1;
  told(what, why);
}

/** Gives where each one is now. */
async function allPhotos(
  plan: Plan,
  originals: ReadonlySet<PhotoId>,
  run: Export,
  clocks: Clocks,
): Promise<Map<PhotoId, string>> {
  const files = new Map<PhotoId, string>();
  for (const [folder, metadata] of plan.months) {
    await makeFolder(join(run.folder, folder));
    await orTold(run, join(folder, METADATA), () => writeJson(join(run.folder, folder, METADATA), metadata));
  }
  await inLanes(plan.photos, run, async (placed) => {
    const { photo, folder, name } = placed;
    await orTold(run, `${folder}/${name}`, async () => {
      if (!originals.has(photo.photoId)) throw new Unreadable('Its original is missing in S3.');
      const file = await onePhoto(placed, run, clocks);
      await writeJson(`${file}.json`, placed.sidecar);
      files.set(photo.photoId, file);
    });
    run.changed();
  });
  return files;
}

async function orTold(run: Export, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    fail(run, what, error.message);
  }
}

async function onePhoto(
  { photo, folder, name, otherName }: Placed,
  run: Export,
  clocks: Clocks,
): Promise<string> {
  for (const one of new Set([name, otherName])) {
    const file = join(run.folder, folder, one);
    const state = await standing(file, photo.photoId, photo.bytes);
    if (state === 'other') continue;
    if (state === 'same') run.tally.there += 1;
    else {
      run.tally.bytes += await download(file, photo.photoId, new Date(momentOf(photo, clocks)), run);
      run.tally.written += 1;
    }
    return file;
  }
  throw new Unreadable('Other files have its names already. Move them away, then run this again.');
}

/** So often a connection may break. */
const MOST_ATTEMPTS = 3;

async function download(
  file: string,
  photoId: PhotoId,
  taken: Date,
  { library: { s3, config, owner } }: Export,
): Promise<number> {
  const command = new GetObjectCommand({ Bucket: config.originalsBucket, Key: originalKey(owner, photoId) });
  for (let attempt = 1; ; attempt++) {
    const { Body, Metadata } = await s3.send(command).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const { lastModified } = parseOriginalMetadata(Metadata);
    const modified = lastModified === undefined ? taken : new Date(lastModified);
    try {
      return await writePhoto(file, photoId, Body as AsyncIterable<Uint8Array>, modified);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const broken = code === 'ECONNRESET' || code === 'ETIMEDOUT' || (error as Error).message === 'aborted';
      if (!broken && !(error instanceof Unreadable)) throw error;
      if (attempt === MOST_ATTEMPTS) {
        if (error instanceof Unreadable) throw error;
        throw new Unreadable('The connection broke while it was read: run this again.', { cause: error });
      }
    }
  }
}

function refusalOf(error: unknown): unknown {
  const { name } = error as Error;
  if (name === 'InvalidObjectState')
    return new Unreadable('It is archived: restore it in the page first, then run this again.');
  if (name === 'NoSuchKey') return new Unreadable('Its original is missing in S3.');
  return error;
}

async function allAlbums(plan: Plan, files: ReadonlyMap<PhotoId, string>, run: Export): Promise<void> {
  const places = new Map(plan.photos.map((placed) => [placed.photo.photoId, placed]));
  for (const album of plan.albums) {
    const folder = join(run.folder, album.folder);
    await makeFolder(folder);
    await orTold(run, `${album.folder}/${METADATA}`, () => writeJson(join(folder, METADATA), album.metadata));
    await inLanes(album.photos, run, async ({ photoId, name }) => {
      const [from, placed] = [files.get(photoId), places.get(photoId)];
      // Told before.
      if (from === undefined || !placed) return;
      await orTold(run, `${album.folder}/${name}`, async () => {
        await placeAgain(from, join(folder, name), photoId, placed.photo.bytes);
        await writeJson(join(folder, `${name}.json`), placed.sidecar);
      });
    });
    run.tally.albums += 1;
    run.changed();
  }
}
