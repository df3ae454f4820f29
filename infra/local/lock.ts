// One process for one data directory: LevelDB and the outbox would not survive two.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Somebody else works on these data; `address` is where, if they have said so. */
export class LockedError extends Error {
  readonly pid: number;
  readonly address: string | undefined;
  constructor(pid: number, address: string | undefined) {
    super(
      `Another Shoebox (process ${pid}) is already running on these data${address ? `: ${address}` : '.'}`,
    );
    this.name = 'LockedError';
    this.pid = pid;
    this.address = address;
  }
}

export interface Lock {
  /** Says where the holder is found. */
  announce(address: string): void;
  release(): void;
}

interface Holder {
  pid: number;
  address?: string;
}

// In a container a process may well have the id of the one that died: a file alone does not tell that we hold the lock.
const held = new Set<string>();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    // Gone meanwhile, or cut short by a crash: nobody's.
    return undefined;
  }
}

/** Takes the directory's lock; a lock whose process is dead is taken over. Throws a LockedError otherwise. */
export function lock(directory: string): Lock {
  // Photos and keys lie in it.
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'lock');
  const own = `${file}.${process.pid}`;
  const write = (holder: Holder) => writeFileSync(own, JSON.stringify(holder));
  write({ pid: process.pid });
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        // A link comes into being whole or not at all, and only where there is none: two starts cannot both win.
        linkSync(own, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 10) throw error;
        const holder = readHolder(file);
        if (holder && (holder.pid === process.pid ? held.has(file) : isAlive(holder.pid))) {
          throw new LockedError(holder.pid, holder.address);
        }
        rmSync(file, { force: true });
      }
    }
  } finally {
    rmSync(own, { force: true });
  }
  held.add(file);
  return {
    announce: (address) => {
      write({ pid: process.pid, address });
      // Never half written: half a lock looks like that of a process that died.
      renameSync(own, file);
    },
    release: () => {
      held.delete(file);
      rmSync(file, { force: true });
    },
  };
}
