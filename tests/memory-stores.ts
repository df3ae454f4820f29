// The processor's stores in memory, with S3's ways where they matter: versions, sequencers, events, and a hook before every
// operation by which a test throttles it, or holds it back.
import { buildOriginalMetadata } from '../src/schema/original.ts';
import { originalKey, renditionKey, wishKey, type Rendition } from '../src/schema/keys.ts';
import { instantOf } from '../src/schema/time.ts';
import type { EventRecord } from '../processor/process.ts';
import type { RowUpdate } from '../processor/row.ts';
import type { Original, PhotoKey, Stores } from '../processor/stores.ts';

interface StoredOriginal extends Omit<Original, 'body' | 'bytes' | 'read'> {
  content: Buffer;
}

export class MemoryStores implements Stores {
  readonly originals = new Map<string, StoredOriginal>();
  readonly renditions = new Map<string, Buffer>();
  readonly rows = new Map<string, Record<string, unknown>>();
  /** Called before each operation; may throw, or wait. */
  before: (operation: keyof Stores) => void | Promise<void> = () => {};
  #events = 0;
  #clock = Date.parse('2026-01-01T00:00:00Z');

  /** Server time: moves on by itself, so that no two things happen at once. */
  now = (): number => (this.#clock += 1000);

  upload(
    photo: PhotoKey,
    content: Buffer,
    file: { name: string; lastModified?: number } = { name: 'a.jpg' },
  ): EventRecord {
    const metadata = buildOriginalMetadata(file);
    const version = `v${this.#events}`;
    this.originals.set(keyOf(photo), { version, content, metadata, uploadedAt: instantOf(this.now()) });
    return this.#event(photo);
  }

  remove(photo: PhotoKey): EventRecord {
    this.originals.delete(keyOf(photo));
    return this.#event(photo);
  }

  row = (photo: PhotoKey): Record<string, unknown> | undefined => this.rows.get(keyOf(photo));
  rendition = (photo: PhotoKey, rendition: Rendition): Buffer | undefined =>
    this.renditions.get(renditionKey(photo.owner, photo.photoId, rendition));

  /** S3's sequencers grow in length too: they have to be padded to be compared. */
  #event(photo: PhotoKey): EventRecord {
    const sequencer = `5F${(++this.#events).toString(16).padStart(2, '0')}${'A'.repeat(this.#events % 3)}`;
    return { s3: { object: { key: encodeURIComponent(keyOf(photo)), sequencer } } };
  }

  async readOriginal(photo: PhotoKey): Promise<Original | undefined> {
    await this.before('readOriginal');
    const found = this.originals.get(keyOf(photo));
    if (!found) return undefined;
    const { content, ...rest } = found;
    const original = originalOf(content, rest);
    return {
      ...original,
      read: async (start, length) => {
        await this.before('readOriginal');
        if (this.originals.get(keyOf(photo)) !== found) throw new Error('the original is no longer the same');
        return original.read(start, length);
      },
    };
  }

  async lookAtOriginal(photo: PhotoKey): Promise<Pick<Original, 'version' | 'bytes'> | undefined> {
    await this.before('lookAtOriginal');
    const found = this.originals.get(keyOf(photo));
    return found && { version: found.version, bytes: found.content.length };
  }

  /** The event of a wish, as the owner's browser makes it. */
  wish({ owner, photoId }: PhotoKey): EventRecord {
    return { s3: { object: { key: encodeURIComponent(wishKey(owner, photoId)), sequencer: 'FF' } } };
  }

  async putRendition({ owner, photoId }: PhotoKey, rendition: Rendition, webp: Buffer): Promise<void> {
    await this.before('putRendition');
    this.renditions.set(renditionKey(owner, photoId, rendition), webp);
  }

  async deleteRendition({ owner, photoId }: PhotoKey, rendition: Rendition): Promise<void> {
    await this.before('deleteRendition');
    this.renditions.delete(renditionKey(owner, photoId, rendition));
  }

  async readRow(photo: PhotoKey): Promise<Record<string, unknown> | undefined> {
    await this.before('readRow');
    return this.row(photo);
  }

  async updateRow(photo: PhotoKey, { set, remove, sequencer }: RowUpdate): Promise<boolean> {
    await this.before('updateRow');
    const row = { ...this.row(photo) };
    if (typeof row['sequencer'] === 'string' && row['sequencer'] > sequencer) return false;
    for (const name of remove) delete row[name];
    const known = Object.entries(set).filter(([, value]) => value !== undefined);
    this.rows.set(keyOf(photo), { ...row, ...photo, ...Object.fromEntries(known), sequencer });
    return true;
  }
}

/** An original that is in no store. */
export const originalOf = (content: Buffer, more: Partial<Original> = {}): Original => ({
  version: 'v1',
  bytes: content.length,
  uploadedAt: '2026-01-01T00:00:00.000Z',
  metadata: {},
  body: inPieces(content),
  read: (start, length) => Promise.resolve(content.subarray(start, start + length)),
  ...more,
});

const keyOf = ({ owner, photoId }: PhotoKey): string => originalKey(owner, photoId);

async function* inPieces(content: Buffer): AsyncIterable<Uint8Array> {
  for (let at = 0; at < content.length; at += 10_000) yield content.subarray(at, at + 10_000);
}
