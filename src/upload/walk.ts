// What was dropped or picked, as files with the folder they lay in. Folders are read until empty; system files are left out.

import { isSystem } from '../schema/system-files.ts';
import { rootOf, type Root } from './sources.ts';
import type { Origin } from './upload.svelte.ts';

/** Of a file in a folder, no more is asked for than what a list says of it: it is opened when its turn comes. */
export interface FoundFile extends Origin {
  readonly open: () => Promise<File>;
}

export interface Found {
  files: FoundFile[];
  /** How many hidden and system files were passed over. */
  skipped: number;
  /** Paths of files and folders that the browser could not read. */
  unreadable: string[];
}

/** More single files than this are not come back to: the browser asks the person for each. */
const FEW = 10;
/** Files of a folder that are looked at together: thousands at once would hold up the page. */
const AT_ONCE = 100;
/** So many are handed on before the rest is read. */
const PART = 1000;

/** Is given what was found as it is found; in the end, all of it has been. */
type OnPart = (part: Found) => void;

/** From `<input type=file>`, with `webkitdirectory` or without. The input may be emptied at once. */
export async function filesOf(list: Iterable<File>, onpart?: OnPart): Promise<Found> {
  const files = [...list];
  const walk = await walkFor(onpart);
  await walk.list(files);
  return walk.end();
}

export const foundOf = (file: File, path = ''): FoundFile => ({
  name: file.name,
  size: file.size,
  lastModified: file.lastModified,
  path: path || undefined,
  file,
  open: () => Promise.resolve(file),
});

/** Files and nested folders of a drop. Call it in the event handler itself: the browser forgets the items afterwards. */
export async function filesOfDrop(transfer: DataTransfer, onpart?: OnPart): Promise<Found> {
  const few = transfer.items.length <= FEW;
  const dropped = [...transfer.items].flatMap((item) => {
    const entry = item.webkitGetAsEntry();
    return entry ? [{ entry, root: entry.isDirectory || few ? rootOf(item) : undefined }] : [];
  });
  if (dropped.length === 0) return filesOf(transfer.files, onpart);
  const walk = await walkFor(onpart);
  for (const { entry, root } of dropped) await walk.from(entry, await root);
  return walk.end();
}

async function walkFor(onpart: OnPart = () => {}): Promise<Walk> {
  const { breather } = await import('../library/slices.ts');
  return new Walk(onpart, breather());
}

const nothing = (): Found => ({ files: [], skipped: 0, unreadable: [] });

class Walk {
  readonly #onpart: OnPart;
  readonly #breath: () => Promise<void> | undefined;
  readonly #all = nothing();
  #part = nothing();
  #root: Root | undefined;

  constructor(onpart: OnPart, breath: () => Promise<void> | undefined) {
    this.#onpart = onpart;
    this.#breath = breath;
  }

  async from(entry: FileSystemEntry, root: Root | undefined): Promise<void> {
    this.#root = root;
    await this.#walk(entry, '');
    this.#handMany();
  }

  /** The browser looks at a file when it is asked how large it is: of thousands, that takes its time. */
  async list(files: readonly File[]): Promise<void> {
    for (const file of files) {
      const path = file.webkitRelativePath.split('/').slice(0, -1).join('/');
      if ([...path.split('/'), file.name].some(isSystem)) this.#part.skipped++;
      else this.#part.files.push(foundOf(file, path));
      this.#handMany();
      await this.#breath();
    }
  }

  end(): Found {
    this.#hand();
    return this.#all;
  }

  #handMany(): void {
    if (this.#part.files.length >= PART) this.#hand();
  }

  /** Hands on what was found since the last time. */
  #hand(): void {
    const part = this.#part;
    this.#part = nothing();
    for (const file of part.files) this.#all.files.push(file);
    this.#all.skipped += part.skipped;
    this.#all.unreadable.push(...part.unreadable);
    this.#onpart(part);
  }

  /** One entry that cannot be read does not keep the others back. */
  async #walk(entry: FileSystemEntry, path: string): Promise<void> {
    try {
      await this.#enter(entry, path);
    } catch (error) {
      console.warn(error);
      this.#part.unreadable.push(path ? `${path}/${entry.name}` : entry.name);
    }
  }

  async #enter(entry: FileSystemEntry, path: string): Promise<void> {
    if (isSystem(entry.name)) {
      this.#part.skipped++;
    } else if (entry.isDirectory) {
      const inside = path ? `${path}/${entry.name}` : entry.name;
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      // A batch holds at most 100 entries; an empty one is the end.
      for (let batch = await readBatch(reader); batch.length > 0; batch = await readBatch(reader)) {
        const files = batch.filter((child) => child.isFile);
        for (let i = 0; i < files.length; i += AT_ONCE) {
          await Promise.all(files.slice(i, i + AT_ONCE).map((child) => this.#walk(child, inside)));
          await this.#breath();
        }
        this.#handMany();
        for (const child of batch) if (!child.isFile) await this.#walk(child, inside);
      }
    } else {
      const found = await look(entry as FileSystemFileEntry, path);
      this.#part.files.push({ ...found, root: this.#root });
    }
  }
}

const readBatch = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => {
    reader.readEntries(resolve, reject);
  });

/** What not every browser has, and TypeScript does not know of: of 50,000 files, to open each would take half a minute and much memory. */
interface Described {
  getMetadata?: (
    done: (metadata: { size: number; modificationTime: Date }) => void,
    failed: (error: unknown) => void,
  ) => void;
}

async function look(entry: FileSystemFileEntry & Described, path: string): Promise<FoundFile> {
  const open = () => new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  if (!entry.getMetadata) return foundOf(await open(), path);
  const { size, modificationTime } = await new Promise<{ size: number; modificationTime: Date }>(
    (resolve, reject) => entry.getMetadata?.(resolve, reject),
  );
  return { name: entry.name, size, lastModified: modificationTime.getTime(), path: path || undefined, open };
}
