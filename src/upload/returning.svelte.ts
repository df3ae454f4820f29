// What an earlier visit has left comes back: it waits for its file, goes on by itself, or only for its row.
import { inSlices } from '../library/slices.ts';
import type { Left } from './queue.ts';
import { askToRead, mayRead, type Root } from './sources.ts';
import { Upload, type Watcher } from './upload.svelte.ts';

/** Folders and files that the person has to let the page read again. */
export class Roots {
  readonly #closed = new Set<Root>();
  #count = $state(0);

  get count(): number {
    return this.#count;
  }

  /** Those of what is left that may be read. */
  async readable(left: readonly Left[]): Promise<ReadonlySet<Root>> {
    const open = new Set<Root>();
    for (const root of new Set(left.map((one) => one.root))) {
      if (!root) continue;
      if ((await mayRead(root)) === 'granted') open.add(root);
      else this.#closed.add(root);
    }
    this.#count = this.#closed.size;
    return open;
  }

  /** Asks the person for all of them; gives those that may be read now. */
  async ask(): Promise<ReadonlySet<Root>> {
    const open = new Set<Root>();
    for (const root of this.#closed) {
      try {
        if (await askToRead(root)) open.add(root);
      } catch (error) {
        // The browser wants another click for the next one, or the folder is gone.
        console.warn(error);
      }
    }
    for (const root of open) this.#closed.delete(root);
    this.#count = this.#closed.size;
    return open;
  }
}

/** The uploads of what is left, in their order, each with its place. */
export async function uploadsOf(
  left: readonly Left[],
  watcher: Watcher,
  take: (upload: Upload, from: Left) => void,
): Promise<Upload[]> {
  const uploads: Upload[] = [];
  await inSlices(left, (one) => {
    const { name, size, lastModified, path, photoId, uploadId, tried, albums = [], facts } = one.file;
    const origin = { name, size, lastModified, path, root: one.root };
    const upload = new Upload(origin, watcher, 'needed', photoId);
    if (photoId && uploadId) upload.begun = { photoId, uploadId };
    if (tried) upload.tried = photoId;
    upload.albums = albums;
    upload.facts = facts;
    uploads.push(upload);
    take(upload, one);
  });
  return uploads;
}
