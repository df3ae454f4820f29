// Objects' bytes as files: written to `tmp/`, synced, renamed into `data/`, never changed afterwards.
import { randomUUID } from 'node:crypto';
import { access, mkdir, open, readdir, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../sync-folder.ts';

export interface Files {
  /** Whether the last run ended in an orderly way, so that no orphans are about. */
  wasClosed: boolean;
  path: (file: string) => string;
  /** Writes a new file; what `write` throws leaves nothing behind. */
  create: <T>(write: (handle: FileHandle) => Promise<T>) => Promise<{ file: string; result: T }>;
  remove: (files: readonly string[]) => Promise<void>;
  removeAllBut: (known: ReadonlySet<string>) => Promise<void>;
  close: () => Promise<void>;
}

export async function openFiles(directory: string): Promise<Files> {
  const data = join(directory, 'data');
  const temporary = join(directory, 'tmp');
  const closed = join(directory, 'closed');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  await mkdir(temporary);
  await syncFolder(directory);
  await syncFolder(dirname(directory));
  const wasClosed = await access(closed).then(
    () => true,
    () => false,
  );
  await rm(closed, { force: true });

  // 256 folders keep each one small.
  const path = (file: string): string => join(data, file.slice(0, 2), file);

  const folders = new Map<string, Promise<void>>();

  /** Makes a folder once in a run; whoever comes second waits until it is safe, too. */
  function makeFolder(folder: string): Promise<void> {
    const known = folders.get(folder);
    if (known) return known;
    const made = mkdir(folder, { recursive: true }).then(() => syncFolder(data));
    folders.set(folder, made);
    // What failed, as on a full disk, is tried again by the next.
    made.catch(() => folders.delete(folder));
    return made;
  }

  /** A rename is only safe from a power cut once its folder is synced too. */
  async function adopt(from: string, file: string): Promise<void> {
    const folder = join(data, file.slice(0, 2));
    await makeFolder(folder);
    await rename(from, join(folder, file));
    await syncFolder(folder);
  }

  const create: Files['create'] = async (write) => {
    const file = randomUUID();
    const from = join(temporary, file);
    const handle = await open(from, 'wx');
    try {
      const result = await write(handle);
      await handle.sync();
      await adopt(from, file);
      return { file, result };
    } finally {
      await handle.close();
      // There is nothing left to remove unless something failed.
      await rm(from, { force: true });
    }
  };

  return {
    wasClosed,
    path,
    create,
    remove: async (files) => {
      await Promise.all(files.map((file) => rm(path(file), { force: true })));
    },
    removeAllBut: async (known) => {
      const found = (await readdir(data, { recursive: true, withFileTypes: true })).filter((entry) =>
        entry.isFile(),
      );
      await Promise.all(
        found
          .filter((entry) => !known.has(entry.name))
          .map((entry) => rm(join(entry.parentPath, entry.name), { force: true })),
      );
    },
    close: () => writeFile(closed, ''),
  };
}
