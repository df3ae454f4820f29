// Objects of a local cloud that is stopped, as its own S3 stores them: bytes, and names for bytes that are there already.
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { openFiles } from '../../infra/local/s3/files.ts';
import { objectName } from '../../infra/local/s3/store.ts';

/** File systems give a file no more than 65,000 names. */
const MOST_NAMES = 60_000;

interface Stored {
  file: string;
  size: number;
  etag: string;
}

/** Bytes that many objects have. */
export interface Shared {
  bytes: Buffer;
  stored?: Stored & { names: number };
}

export class SeedObjects {
  readonly #bucket: string;
  readonly #files: Awaited<ReturnType<typeof openFiles>>;
  readonly #index: ClassicLevel<string, unknown>;
  readonly #folders = new Set<string>();

  private constructor(
    bucket: string,
    files: Awaited<ReturnType<typeof openFiles>>,
    index: ClassicLevel<string, unknown>,
  ) {
    this.#bucket = bucket;
    this.#files = files;
    this.#index = index;
  }

  static async open(directory: string, bucket: string): Promise<SeedObjects> {
    const files = await openFiles(directory);
    const index = new ClassicLevel<string, unknown>(join(directory, 'index'), { valueEncoding: 'json' });
    await index.open();
    return new SeedObjects(bucket, files, index);
  }

  async put(key: string, bytes: Uint8Array, headers: Record<string, string>): Promise<void> {
    await this.#index.batch([this.#entry(key, await this.#write(bytes), headers)]);
  }

  /** Objects that share their bytes: names of their own for the same few files. */
  async putShared(
    objects: readonly { key: string; shared: Shared }[],
    headers: Record<string, string>,
  ): Promise<void> {
    const entries = await Promise.all(
      objects.map(async ({ key, shared }) => this.#entry(key, await this.#named(shared), headers)),
    );
    await this.#index.batch(entries);
  }

  async #write(bytes: Uint8Array): Promise<Stored> {
    const { file } = await this.#files.create((handle) => handle.writeFile(bytes));
    return { file, size: bytes.length, etag: createHash('md5').update(bytes).digest('hex') };
  }

  async #named(shared: Shared): Promise<Stored> {
    const stored = shared.stored;
    if (!stored || stored.names === MOST_NAMES) {
      throw new RangeError('bytes are shared before they are written: see `ready`');
    }
    stored.names++;
    const file = randomUUID();
    const path = this.#files.path(file);
    if (!this.#folders.has(dirname(path))) {
      await mkdir(dirname(path), { recursive: true });
      this.#folders.add(dirname(path));
    }
    await link(this.#files.path(stored.file), path);
    return { ...stored, file };
  }

  /** Makes sure that each of these can have so many more names. */
  async ready(all: readonly Shared[], names: number): Promise<void> {
    for (const shared of all) {
      if (shared.stored && shared.stored.names + names < MOST_NAMES) continue;
      shared.stored = { ...(await this.#write(shared.bytes)), names: 1 };
    }
  }

  #entry(key: string, { file, size, etag }: Stored, headers: Record<string, string>) {
    const version = {
      id: 'null',
      modified: Date.now(),
      marker: false,
      storageClass: 'STANDARD',
      metadata: {},
      headers,
      file,
      size,
      etag,
    };
    return { type: 'put' as const, key: objectName(this.#bucket, key), value: [version] };
  }

  async close(): Promise<void> {
    await this.#index.close();
    await this.#files.close();
  }
}
