// What uploads need around them, in memory: a page, a cloud that keeps originals, a processor that may be down, and files.
import { createHash } from 'node:crypto';
import { vi } from 'vitest';
import type { Carrier } from '../../src/upload/journeys.ts';
import type { Rows } from '../../src/upload/arrivals.ts';
import { UnreadableFile } from '../../src/upload/hash.ts';
import type { Upload } from '../../src/upload/upload.svelte.ts';
import { Uploads, type Aftermath } from '../../src/upload/uploads.svelte.ts';
import { foundOf, type FoundFile } from '../../src/upload/walk.ts';
import type { IdentityId, PhotoId, RandomId } from '../../src/schema/ids.ts';
import type { Photo } from '../../src/schema/photo.ts';
import { instantOf } from '../../src/schema/time.ts';
import { Locks, MemoryStorage } from './fake-browser.ts';
import { photo, START } from './library-photos.ts';

/** From so many bytes on a file goes in parts. */
export const PARTS = 1000;

let people = 0;

/** A `localStorage` whose entries are its own keys, as a browser's are. */
export function localEntries(): Storage {
  const storage = new MemoryStorage();
  return new Proxy(storage, {
    ownKeys: () => Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? ''),
    getOwnPropertyDescriptor: (_, key) => ({
      value: storage.getItem(String(key)),
      enumerable: true,
      configurable: true,
    }),
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

export const idOf = (bytes: string | Uint8Array): PhotoId =>
  createHash('sha256').update(bytes).digest('base64url') as PhotoId;

export const fileOf = (name: string, bytes = name, lastModified = 5): File =>
  new File([bytes], name, { lastModified });
export const found = (...files: readonly (File | FoundFile)[]) => ({
  files: files.map((one) => (one instanceof File ? foundOf(one) : one)),
  skipped: 0,
  unreadable: [],
});

/** One person's account, and the browser before which they sit. */
export class World {
  readonly identityId =
    `eu-central-1:00000000-0000-0000-0001-${String(++people).padStart(12, '0')}` as IdentityId;
  readonly originals = new Map<PhotoId, string>();
  readonly rows = new Map<PhotoId, Photo>();
  /** Every request that went as far as being answered. */
  readonly puts: PhotoId[] = [];
  /** Those of which it was said that they had been sent before. */
  readonly agains: PhotoId[] = [];
  /** Rows that the cloud has, and this device no room for. */
  readonly unkept = new Map<PhotoId, Photo>();
  readonly edits: [PhotoId, object][] = [];
  /** Of what was sent in parts: what was gone on with. */
  readonly begun: (string | undefined)[] = [];
  readonly abandoned: [PhotoId, string][] = [];
  /** What went on into an album after the page was closed. */
  readonly filling: { album: RandomId; some: readonly Upload[] }[] = [];
  /** Of what something is still to be told after the page was closed. */
  readonly telling: Upload[] = [];
  /** What has a path too long for its original. */
  readonly longPaths: Upload[] = [];
  /** The most that were sent at once. */
  most = 0;
  processing = true;
  /** What happens to a PUT instead; undefined lets it through. */
  fault: (photoId: PhotoId) => Error | undefined = () => undefined;
  /** PUTs wait for this. */
  gate: Promise<void> | undefined;
  /** Files that cannot be read (any more), by name. */
  readonly unreadable = new Set<string>();
  syncState: Rows['syncState'] = 'idle';
  readonly page = new EventTarget();
  readonly #pages: Uploads[] = [];
  #sending = 0;
  #changes = 0;

  constructor() {
    const { page } = this;
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
    vi.stubGlobal('navigator', { onLine: true, locks: new Locks() });
    vi.stubGlobal('localStorage', localEntries());
  }

  /** Another tab or visit. */
  open(): Uploads {
    const after: Aftermath = {
      fill: (album, some) => void this.filling.push({ album, some }),
      tell: (some) => void this.telling.push(...some),
      keepPaths: (some) => void this.longPaths.push(...some),
    };
    const uploads = new Uploads(this.#carrier, this.#library, after, {
      photoIdOf: async (file) => {
        if (this.unreadable.has(file.name)) throw new UnreadableFile('gone');
        return idOf(await file.text());
      },
      close: () => {},
    });
    this.#pages.push(uploads);
    return uploads;
  }

  close(): void {
    for (const page of this.#pages) page.close();
    vi.unstubAllGlobals();
  }

  /** The processor looks at what is stored. */
  row(photoId: PhotoId, more: Partial<Photo> = {}): Photo {
    const row = photo(0, { photoId, changedAt: instantOf(START + ++this.#changes), ...more });
    this.rows.set(photoId, row);
    return row;
  }

  readonly #carrier: Carrier = {
    putOriginal: async (photoId, blob, _, { signal, onProgress, upload, onbegun, again } = {}) => {
      if (again) this.agains.push(photoId);
      this.most = Math.max(this.most, ++this.#sending);
      try {
        if (blob.size >= PARTS) {
          this.begun.push(upload);
          if (!upload) onbegun?.(`parts ${this.begun.length}`);
        }
        onProgress?.(Math.floor(blob.size / 2));
        await Promise.race([
          this.gate,
          aborted(signal),
          new Promise((go) => setTimeout(go, this.gate ? 1e6 : 1)),
        ]);
        signal?.throwIfAborted();
        const fault = this.fault(photoId);
        if (fault) throw fault;
        this.puts.push(photoId);
        if (this.originals.has(photoId)) return 'exists';
        this.originals.set(photoId, await blob.text());
        return 'stored';
      } finally {
        this.#sending--;
      }
    },
    abandonOriginal: async (photoId, uploadId) => {
      this.abandoned.push([photoId, uploadId]);
    },
    deleteOriginal: async (photoId) => {
      this.originals.delete(photoId);
    },
    readPhoto: async (photoId) => this.unkept.get(photoId) ?? this.rows.get(photoId),
  };

  get #library(): Rows & { identityId: IdentityId } {
    const get = (photoId: PhotoId): Photo | undefined => this.rows.get(photoId);
    const sync = async (): Promise<void> => {
      if (!this.processing) return;
      for (const [photoId, bytes] of this.originals) {
        const row = this.rows.get(photoId);
        if (!row || (row.failure && idOf(bytes) === photoId)) this.row(photoId);
      }
    };
    const edit: Rows['edit'] = async (photoId, change) => {
      this.edits.push([photoId, change]);
      return 'sent' as Awaited<ReturnType<Rows['edit']>>;
    };
    // oxlint-disable-next-line typescript/no-this-alias
    const world = this;
    return {
      identityId: this.identityId,
      get,
      ready: Promise.resolve(),
      sync,
      edit,
      get syncState() {
        return world.syncState;
      },
    };
  }
}

const aborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
  });
