// How files come to be in a folder that may hold anything: whole or not at all, and never in the place of another.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { photoIdOfDigest, type PhotoId } from '../../src/schema/ids.ts';
import { fields } from '../../src/schema/parse.ts';
import { Problem } from '../problem.ts';
import { Unreadable } from './found.ts';

/** Not one file's fault, but that of the place. */
export function asProblem(error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Problem('The disk is full. Make room, then run this again: it goes on where it was.');
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new Problem(`Nothing may be written to ${path ?? 'that folder'}.`);
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return new Problem(`${path ?? 'The folder'} is in the way: it is no folder.`);
  return error;
}

/** Whether there is a file, and if it has exactly these bytes. */
export async function standing(
  file: string,
  photoId: PhotoId,
  bytes: number,
): Promise<'none' | 'same' | 'other'> {
  const state = await stat(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (!state) return 'none';
  if (!state.isFile() || state.size !== bytes) return 'other';
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return photoIdOfDigest(hash.digest()) === photoId ? 'same' : 'other';
}

const partOf = (file: string, photoId: PhotoId): string => join(dirname(file), `.shoebox-${photoId}.part`);

/** Writes the bytes of a photo, and puts them in their place once they are known to be its. Gives how many. */
export async function writePhoto(
  file: string,
  photoId: PhotoId,
  body: AsyncIterable<Uint8Array>,
  modified: Date,
): Promise<number> {
  const part = partOf(file, photoId);
  const handle = await open(part, 'w');
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of body) {
      hash.update(chunk);
      bytes += chunk.length;
      await handle.writeFile(chunk);
    }
    if (photoIdOfDigest(hash.digest()) !== photoId)
      throw new Unreadable('It did not arrive as it was uploaded: its bytes are not those of its hash.');
    await handle.sync();
    await handle.close();
    await utimes(part, modified, modified);
    await rename(part, file);
    return bytes;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}

/** The same bytes once more, without taking room again where the disk can do that. */
export async function placeAgain(from: string, to: string, photoId: PhotoId, bytes: number): Promise<void> {
  const [source, target] = await Promise.all([stat(from), stat(to).catch(() => undefined)]);
  if (target && target.ino === source.ino && target.dev === source.dev) return;
  const state = await standing(to, photoId, bytes);
  if (state === 'same') return;
  if (state === 'other') throw new Unreadable('Another file of this name is there already.');
  await link(from, to).catch(() => copyFile(from, to));
}

/** JSON of our own making; what somebody else has put there stays, and is told of. */
export async function writeJson(file: string, json: object): Promise<void> {
  const text = `${JSON.stringify(json, undefined, 2)}\n`;
  const before = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (before === text) return;
  if (before !== undefined && !isOurs(before))
    throw new Unreadable('Another file is there already, in the place of what Shoebox knows of the photo.');
  const part = join(dirname(file), `.shoebox-${createHash('sha256').update(file).digest('hex')}.part`);
  const handle = await open(part, 'w');
  await handle.writeFile(text).finally(() => handle.close());
  await rename(part, file);
}

function isOurs(text: string): boolean {
  try {
    return fields(JSON.parse(text))?.['shoebox'] !== undefined;
  } catch {
    // Whatever it is, it is not ours.
    return false;
  }
}

export const makeFolder = (folder: string): Promise<unknown> => mkdir(folder, { recursive: true });
