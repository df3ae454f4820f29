// What is behind a link, saved: one photo as itself, all of them as one zip that is made while it is written.
import { makeZip } from 'client-zip';
import type { Manifest, SharedPhoto } from '../schema/manifest.ts';
import { Names, safeName } from '../selection/zip-names.ts';
import { chooseTarget } from '../selection/to-disk.ts';
import { wall } from '../ui/format.ts';
import { words } from '../ui/words/link.ts';
import type { Link } from './link.svelte.ts';

/** The original where it is there, and else the picture that is shown. */
const urlOf = (link: Link, photo: SharedPhoto): string =>
  photo.original ? link.originalUrl(photo.id) : link.pictureUrl(photo.id, 'view');

/** `Photo 2021-06-03 18.20.00.webp`, unless it has a name of its own. */
export const fileNameOf = (photo: SharedPhoto): string =>
  photo.original?.name ?? words.name(photo.takenAt.slice(0, 19).replace('T', ' ').replaceAll(':', '.'));

async function fetched(link: Link, photo: SharedPhoto, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(urlOf(link, photo), {
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-cache',
    ...(signal && { signal }),
  });
  if (!response.ok) throw new Error(`the host of links answers ${response.status}`);
  return response;
}

/** A file of bytes: whatever it is, no browser opens it here. */
function saveBlob(parts: Blob, name: string): void {
  const url = URL.createObjectURL(new Blob([parts], { type: 'application/octet-stream' }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export async function saveOne(link: Link, photo: SharedPhoto): Promise<void> {
  saveBlob(await (await fetched(link, photo)).blob(), safeName(fileNameOf(photo)));
}

export interface SaveOptions {
  signal: AbortSignal;
  onbegin: () => void;
  ondone: (done: number) => void;
}

/** Gives how many could not be had; undefined when nobody wanted the file after all. */
export async function saveAll(
  link: Link,
  manifest: Manifest,
  title: string,
  { signal, onbegin, ondone }: SaveOptions,
): Promise<number | undefined> {
  const name = safeName(words.file(title));
  const target = await chooseTarget(name);
  if (target === 'declined') return undefined;
  onbegin();
  let lacking = 0;
  const zip = makeZip(entries(link, manifest.photos, { signal, ondone, onlack: () => lacking++ }));
  // Where a browser has no way to write a file bit by bit, it is made in memory.
  if (target) await target(zip, { signal, onbegin: () => {} });
  else saveBlob(await new Response(zip).blob(), name);
  return lacking;
}

async function* entries(
  link: Link,
  photos: readonly SharedPhoto[],
  { signal, ondone, onlack }: { signal: AbortSignal; ondone: (done: number) => void; onlack: () => void },
) {
  const names = new Names();
  let done = 0;
  for (const photo of photos) {
    signal.throwIfAborted();
    try {
      // Read whole before it begins in the zip: if it fails, nothing of it is in there.
      const input = await (await fetched(link, photo, signal)).blob();
      yield { name: names.take(fileNameOf(photo)), lastModified: dated(photo), input };
    } catch (error) {
      signal.throwIfAborted();
      console.warn(error);
      onlack();
    }
    ondone(++done);
  }
}

/** Zips know wall-clock times from 1980 to 2107, and are written by this device's clock. */
function dated(photo: SharedPhoto): Date {
  const at = wall(photo.takenAt);
  const year = Math.min(2107, Math.max(1980, at.getUTCFullYear()));
  return new Date(
    year,
    at.getUTCMonth(),
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
  );
}
