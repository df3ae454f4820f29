// What other apps have handed over, and what the person says to that: nothing is uploaded before they have seen what it is.
import type { IdentityId } from './schema/ids.ts';
import { keptUploads } from './upload/kept.ts';
import { fileOf, forget, take, waiting, type Received } from './upload/received.ts';
import { askToRead, type Root } from './upload/sources.ts';
import type { Upload } from './upload/upload.svelte.ts';
import type { Uploads } from './upload/uploads.svelte.ts';
import { foundOf, type Found } from './upload/walk.ts';

/** Uploads what was found; undefined when that came to nothing, which was said. */
export type Uploading = (found: Found) => Promise<readonly Upload[] | undefined>;

export class Handed {
  readonly #owner: IdentityId;
  #list = $state.raw<readonly Received[]>([]);

  constructor(owner: IdentityId) {
    this.#owner = owner;
  }

  /** What is to be asked about. */
  get list(): readonly Received[] {
    return this.#list;
  }
  async look(): Promise<void> {
    const owner = this.#owner;
    // The bytes of what is not in the queue any more are of no use.
    if (keptUploads(owner) === 0) await forget((one) => one.taken === true && one.owner === owner);
    this.#list = await waiting(this.#owner);
  }

  /** Asked again at the next visit. */
  later(): void {
    this.#list = [];
  }

  async discard(): Promise<void> {
    const numbers = this.#numbers();
    this.#list = [];
    await forget(({ number }) => numbers.has(number));
  }

  /** To be called in answer to a click, because the browser may ask whether a file may be read. */
  async upload(upload: Uploading, uploads: Promise<Uploads | undefined>): Promise<void> {
    const list = this.#list;
    const numbers = this.#numbers();
    this.#list = [];
    const added = await upload(await foundIn(list));
    const queue = await uploads;
    if (!added || !queue) return;
    // From here on the queue knows of them, and how to come back to their bytes.
    await queue.rest();
    await take(list);
    let left = added.length;
    const done = (): void => void forget(({ number }) => numbers.has(number)).catch(console.warn);
    for (const one of added) one.whenSafe(() => --left === 0 && done());
  }

  #numbers(): ReadonlySet<number> {
    return new Set(this.#list.map(({ number }) => number));
  }
}

async function foundIn(list: readonly Received[]): Promise<Found> {
  const found: Found = { files: [], skipped: 0, unreadable: [] };
  for (const { name, what, number } of list) {
    const root: Root = what instanceof Blob ? { kind: 'received', number } : what;
    try {
      await askToRead(root);
      found.files.push({ ...foundOf(await fileOf({ name, what })), root });
    } catch (error) {
      console.warn(error);
      found.unreadable.push(name);
    }
  }
  return found;
}
