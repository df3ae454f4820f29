// A folder on this computer as something to be taken in: read until empty, system files left out, as the page does when one is dropped.
import { open, opendir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isSystem } from '../../src/schema/system-files.ts';
import { looksLikeSidecar } from '../../src/takeout/names.ts';
import { METADATA } from '../../src/takeout/plan.ts';
import { Problem } from '../problem.ts';
import { Unreadable, type Finding, type Source } from './found.ts';

/** So much is read at a time. */
const CHUNK = 2 ** 20;

/** What is wrong with a file, in a sentence. */
export function whyNot(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'It may not be read here: a permission is missing.';
  if (code === 'ENOENT') return 'It has gone since the folder was read.';
  if (code === 'ELOOP') return 'It is a link that leads nowhere.';
  if (code === 'EIO') return 'The disk could not read it (EIO).';
  return `It cannot be read (${code ?? String(error)}).`;
}

async function orUnreadable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(whyNot(error), { cause: error });
  }
}

/** Everything below a folder. Throws a Problem when there is none. */
export async function* inFolder(folder: string): AsyncGenerator<Finding> {
  const root = resolve(folder);
  const state = await stat(root).catch((cause: unknown) => {
    throw new Problem(`The folder ${folder} cannot be read. ${whyNot(cause)}`, { cause });
  });
  if (!state.isDirectory()) throw new Problem(`${folder} is no folder.`);
  // As the page calls what was dropped: by the folder's own name, and those in it.
  yield* walk(root, basename(root));
}

async function* walk(folder: string, path: string): AsyncGenerator<Finding> {
  const folders: string[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      const { name } = entry;
      const where = join(folder, name);
      if (isSystem(name)) yield { kind: 'system' };
      else if (entry.isDirectory()) folders.push(name);
      else if (entry.isFile() || entry.isSymbolicLink()) yield await look(where, name, path);
      else yield { kind: 'unreadable', where, why: 'It is neither a file nor a folder.' };
    }
  } catch (error) {
    yield { kind: 'unreadable', where: folder, why: whyNot(error) };
  }
  for (const name of folders) yield* walk(join(folder, name), path === '' ? name : `${path}/${name}`);
}

async function look(where: string, name: string, path: string): Promise<Finding> {
  try {
    // A link to a file is that file; one to a folder might lead round in a circle.
    if ((await stat(where)).isDirectory()) {
      return { kind: 'unreadable', where, why: 'It is a link to a folder, and not followed.' };
    }
  } catch (error) {
    return { kind: 'unreadable', where, why: whyNot(error) };
  }
  if (looksLikeSidecar(name) || name === METADATA) return { kind: 'sidecar' };
  return { kind: 'file', found: { where, open: () => orUnreadable(openFile(where, name, path)) } };
}

async function openFile(where: string, name: string, path: string): Promise<Source> {
  const handle = await open(where);
  try {
    const before = await handle.stat();
    return {
      size: before.size,
      metadata: { name, lastModified: before.mtimeMs, ...(path !== '' && { path }) },
      async *read(start, end) {
        for (let at = start; at < end;) {
          const length = Math.min(CHUNK, end - at);
          const { bytesRead, buffer } = await orUnreadable(
            handle.read(Buffer.allocUnsafe(length), 0, length, at),
          );
          if (bytesRead === 0) return;
          at += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      },
      check: async () => {
        const after = await orUnreadable(handle.stat());
        if (after.size !== before.size || after.mtimeMs !== before.mtimeMs)
          throw new Unreadable('It was changed while it was read: run this again when it is done.');
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
