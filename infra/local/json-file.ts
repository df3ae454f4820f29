// What a stand-in keeps in a small JSON file, readable by its owner only: written whole to a neighbor, synced and renamed, so that a crash
// leaves the old or the new one.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolderNow } from './sync-folder.ts';

export const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

export function writeJson(file: string, value: unknown): void {
  const temporary = `${file}.new`;
  const descriptor = openSync(temporary, 'w', 0o600);
  writeSync(descriptor, JSON.stringify(value, null, 1));
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, file);
  syncFolderNow(dirname(file));
}
