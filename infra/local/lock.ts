// One process for one data directory: LevelDB and the outbox would not survive two. The lock is that of an empty LevelDB, which
// the kernel frees when its process ends, however it ends.
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { syncFolderNow } from './sync-folder.ts';

/** Somebody else works on these data; `address` is where, if they have said so. */
export class LockedError extends Error {
  readonly address: string | undefined;
  constructor(address: string | undefined) {
    super(`Another Shoebox is already running on these data${address ? `: ${address}` : '.'}`);
    this.name = 'LockedError';
    this.address = address;
  }
}

export interface Lock {
  /** Says where the holder is found. */
  announce(address: string): void;
  release(): Promise<void>;
}

function readAddress(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // The holder is not up yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Takes the directory's lock. Throws a LockedError where another process, or this one, has it. */
export async function lock(directory: string): Promise<Lock> {
  // Photos and keys lie in it.
  const created = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (created !== undefined) syncFolderNow(dirname(created));
  // LevelDB would not say so plainly.
  accessSync(directory, constants.W_OK);
  const file = join(directory, 'address');
  const held = new ClassicLevel(join(directory, 'lock.db'));
  try {
    await held.open();
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    if (cause?.code === 'LEVEL_LOCKED') throw new LockedError(readAddress(file));
    throw error;
  }
  // That of a holder who died.
  rmSync(file, { force: true });
  return {
    announce: (address) => {
      // Never half written.
      writeFileSync(`${file}.new`, address);
      renameSync(`${file}.new`, file);
    },
    release: async () => {
      rmSync(file, { force: true });
      await held.close();
    },
  };
}
