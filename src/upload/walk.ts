// What was dropped or picked, as files with the folder they lay in. Folders are read until empty; system files are left out.

import { rootOf, type Root } from './sources.ts';

export interface FoundFile {
  file: File;
  /** Folder path without the file's name, `/` between parts; undefined for a file dropped by itself. */
  path?: string;
  /** What was dropped, the file itself or a folder around it, where the browser lets the page come back to it. */
  root?: Root;
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

const SYSTEM = /^(?:\..*|Thumbs\.db|desktop\.ini|ehthumbs\.db|@eaDir|__MACOSX|\$RECYCLE\.BIN|Icon\r)$/i;
const isSystem = (path: string): boolean => path.split('/').some((part) => SYSTEM.test(part));

/** From `<input type=file>`, with `webkitdirectory` or without. */
export function filesOf(list: Iterable<File>): Found {
  const found: Found = { files: [], skipped: 0, unreadable: [] };
  for (const file of list) take(found, file, file.webkitRelativePath.split('/').slice(0, -1).join('/'));
  return found;
}

/** Files and nested folders of a drop. Call it in the event handler itself: the browser forgets the items afterwards. */
export async function filesOfDrop(transfer: DataTransfer): Promise<Found> {
  const dropped = [...transfer.items].flatMap((item) => {
    const entry = item.webkitGetAsEntry();
    const few = transfer.items.length <= FEW;
    return entry ? [{ entry, root: entry.isDirectory || few ? rootOf(item) : undefined }] : [];
  });
  if (dropped.length === 0) return filesOf(transfer.files);
  const all: Found = { files: [], skipped: 0, unreadable: [] };
  for (const { entry, root } of dropped) {
    const found: Found = { files: [], skipped: 0, unreadable: [] };
    await walk(entry, '', found);
    const from = await root;
    for (const one of found.files) {
      if (from) one.root = from;
      all.files.push(one);
    }
    all.skipped += found.skipped;
    all.unreadable.push(...found.unreadable);
  }
  return all;
}

/** One entry that cannot be read does not keep the others back. */
async function walk(entry: FileSystemEntry, path: string, found: Found): Promise<void> {
  try {
    await enter(entry, path, found);
  } catch (error) {
    console.warn(error);
    found.unreadable.push(path ? `${path}/${entry.name}` : entry.name);
  }
}

async function enter(entry: FileSystemEntry, path: string, found: Found): Promise<void> {
  if (isSystem(entry.name)) {
    found.skipped++;
  } else if (entry.isDirectory) {
    const inside = path ? `${path}/${entry.name}` : entry.name;
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // A batch holds at most 100 entries; an empty one is the end.
    for (let batch = await readBatch(reader); batch.length > 0; batch = await readBatch(reader)) {
      await Promise.all(batch.map((child) => (child.isFile ? walk(child, inside, found) : undefined)));
      for (const child of batch) if (!child.isFile) await walk(child, inside, found);
    }
  } else {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    take(found, file, path);
  }
}

const readBatch = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => {
    reader.readEntries(resolve, reject);
  });

function take(found: Found, file: File, path: string): void {
  if (isSystem(path ? `${path}/${file.name}` : file.name)) found.skipped++;
  else found.files.push(path ? { file, path } : { file });
}
