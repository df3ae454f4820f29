// Files for the upload bench. Large ones are sparse: they take no room on the disk until they are stored.
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { photoIdOfDigest, type PhotoId } from '../../src/schema/ids.ts';
import { jpeg } from '../fixtures.ts';

const AT_ONCE = 200;

export interface MadeFile {
  path: string;
  bytes: number;
}

/** A file that begins like this and goes on with nothing. */
async function sparse(path: string, begin: Uint8Array, bytes: number): Promise<MadeFile> {
  const file = await open(path, 'wx');
  try {
    await file.write(begin);
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
  return { path, bytes };
}

/** Photos of this size: a small picture, and what makes the file large behind it. */
export async function photos(folder: string, count: number, bytes: number): Promise<MadeFile[]> {
  await mkdir(folder, { recursive: true });
  const made: MadeFile[] = [];
  for (let i = 0; i < count; i++) {
    const picture = await jpeg({ width: 480, height: 320, seed: i + 1 });
    made.push(await sparse(join(folder, `photo-${i}.jpg`), picture, bytes));
  }
  return made;
}

/** Files of these sizes, of which no two are the same. */
export async function blanks(folder: string, sizes: readonly number[]): Promise<MadeFile[]> {
  await mkdir(folder, { recursive: true });
  const made: MadeFile[] = [];
  for (const [i, bytes] of sizes.entries())
    made.push(await sparse(join(folder, `blank-${i}.mov`), Buffer.from(`blank ${i}`), bytes));
  return made;
}

/** Ten years of very small files, in a folder for each month. */
export async function tenYears(folder: string, count: number): Promise<void> {
  const months = 120;
  for (let month = 0; month < months; month++) {
    const inside = join(folder, String(2010 + Math.floor(month / 12)), String((month % 12) + 1));
    await mkdir(inside, { recursive: true });
    const names: string[] = [];
    for (let i = month; i < count; i += months) names.push(`IMG_${i}.jpg`);
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const some = names.slice(at, at + AT_ONCE);
      await Promise.all(some.map((name) => writeFile(join(inside, name), `${name} of many`)));
    }
  }
}

export async function photoIdOfFile({ path }: MadeFile): Promise<PhotoId> {
  return photoIdOfDigest(
    createHash('sha256')
      .update(await readFile(path))
      .digest(),
  );
}
