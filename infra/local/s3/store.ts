// What S3 keeps: an index in LevelDB (keys in UTF-8 order, as S3 lists them) and each object's bytes in a file of its own.
// Bytes are synced and renamed into place before the index names them, and a change and its event are one synced batch:
// what was acknowledged survives a crash at any moment.
import { randomBytes } from 'node:crypto';
import { ClassicLevel } from 'classic-level';
import type { ObjectEvent } from '../contract.ts';
import { openFiles, type Files } from './files.ts';
import type { Change, Part, Upload, Versions } from './object.ts';

type Operation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };

export const objectName = (bucket: string, key: string): string => `o\0${bucket}\0${key}`;
const uploadName = (uploadId: string): string => `u\0${uploadId}`;
const partName = (uploadId: string, number: number): string =>
  `p\0${uploadId}\0${String(number).padStart(5, '0')}`;
const eventName = (id: string): string => `e\0${id}`;
const SEQUENCE = 's';
const END = Buffer.from([0xff]);

/** The range of all names that begin with a text. */
const below = (prefix: string) => ({
  gte: Buffer.from(prefix),
  lt: Buffer.concat([Buffer.from(prefix), END]),
});

export const newId = (): string => randomBytes(24).toString('base64url');

export class Store {
  readonly files: Files;
  readonly #db: ClassicLevel<string, unknown>;
  readonly #now: () => number;
  readonly #onEvent: (event: ObjectEvent) => void;
  readonly #locks = new Map<string, Promise<unknown>>();
  #sequence = 0;

  private constructor(
    db: ClassicLevel<string, unknown>,
    files: Files,
    now: () => number,
    onEvent: (event: ObjectEvent) => void,
  ) {
    this.#db = db;
    this.#onEvent = onEvent;
    this.files = files;
    this.#now = now;
  }

  static async open(
    directory: string,
    now: () => number,
    onEvent: (event: ObjectEvent) => void,
  ): Promise<Store> {
    const files = await openFiles(directory);
    const db = new ClassicLevel<string, unknown>(`${directory}/index`, { valueEncoding: 'json' });
    await db.open();
    const store = new Store(db, files, now, onEvent);
    store.#sequence = Number((await db.get(SEQUENCE)) ?? 0);
    if (!files.wasClosed) await store.#sweepOrphans();
    return store;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#locks.values());
    await this.#db.close();
    await this.files.close();
  }

  async versions(bucket: string, key: string): Promise<Versions> {
    return ((await this.#db.get(objectName(bucket, key))) as Versions | undefined) ?? [];
  }

  /** Keys in order, those after `after` only; `past` skips all that begin with it. */
  async *scan(
    bucket: string,
    { prefix = '', after, past }: { prefix?: string; after?: string; past?: string } = {},
  ): AsyncGenerator<[key: string, versions: Versions]> {
    const { gte, lt } = below(objectName(bucket, prefix));
    const from =
      past === undefined
        ? after === undefined
          ? gte
          : Buffer.from(objectName(bucket, after))
        : below(objectName(bucket, past)).lt;
    const range =
      Buffer.compare(from, gte) < 0 || (after === undefined && past === undefined) ? { gte } : { gt: from };
    const start = objectName(bucket, '').length;
    for await (const [name, versions] of this.#db.iterator<Buffer, Versions>({
      ...range,
      lt,
      keyEncoding: 'buffer',
      valueEncoding: 'json',
    }))
      yield [name.toString().slice(start), versions];
  }

  /** Changes one key's versions, one change at a time; `decide` may throw to leave all as it was. */
  change(
    bucket: string,
    key: string,
    decide: (versions: Versions) => Change | Promise<Change>,
  ): Promise<void> {
    const name = objectName(bucket, key);
    return this.#alone(name, async () => {
      const before = await this.versions(bucket, key);
      const { versions, event, completes } = await decide(before);
      const sequencer = this.#nextSequencer();
      const record: ObjectEvent | undefined = event && {
        ...event,
        eventTime: new Date(this.#now()).toISOString(),
        bucket,
        key,
        sequencer,
      };
      await this.#commit([
        versions.length > 0 ? { type: 'put', key: name, value: versions } : { type: 'del', key: name },
        ...(record ? [{ type: 'put' as const, key: eventName(sequencer), value: record }] : []),
        ...(completes ? this.#forget(completes.uploadId, completes.parts) : []),
      ]);
      if (record) this.#onEvent(record);
      const kept = new Set(versions.map((version) => version.marker || version.file));
      await this.files.remove([
        ...before.flatMap((version) => (version.marker || kept.has(version.file) ? [] : [version.file])),
        ...(completes?.parts.map((part) => part.file) ?? []),
      ]);
    });
  }

  async startUpload(upload: Upload): Promise<string> {
    const uploadId = newId();
    await this.#commit([{ type: 'put', key: uploadName(uploadId), value: upload }]);
    return uploadId;
  }

  async upload(uploadId: string): Promise<Upload | undefined> {
    return (await this.#db.get(uploadName(uploadId))) as Upload | undefined;
  }

  async *uploads(): AsyncGenerator<[uploadId: string, upload: Upload]> {
    for await (const [name, value] of this.#db.iterator({ gte: 'u\0', lt: 'u\u0001' }))
      yield [name.slice(2), value as Upload];
  }

  async parts(uploadId: string): Promise<Part[]> {
    const parts: Part[] = [];
    for await (const value of this.#db.values({ gte: `p\0${uploadId}\0`, lt: `p\0${uploadId}\u0001` }))
      parts.push(value as Part);
    return parts;
  }

  /** Everything that must not happen to one upload twice at once runs in here. */
  withUpload<T>(uploadId: string, work: () => Promise<T>): Promise<T> {
    return this.#alone(uploadName(uploadId), work);
  }

  async putPart(uploadId: string, part: Part): Promise<void> {
    const name = partName(uploadId, part.number);
    const before = (await this.#db.get(name)) as Part | undefined;
    await this.#commit([{ type: 'put', key: name, value: part }]);
    if (before) await this.files.remove([before.file]);
  }

  async abort(uploadId: string): Promise<void> {
    const parts = await this.parts(uploadId);
    await this.#commit(this.#forget(uploadId, parts));
    await this.files.remove(parts.map((part) => part.file));
  }

  /** Events that nobody has acknowledged, oldest first. */
  async events(): Promise<ObjectEvent[]> {
    const events: ObjectEvent[] = [];
    for await (const value of this.#db.values({ gte: 'e\0', lt: 'e\u0001' }))
      events.push(value as ObjectEvent);
    return events;
  }

  async acknowledge(sequencer: string): Promise<void> {
    await this.#db.del(eventName(sequencer));
  }

  #forget(uploadId: string, parts: readonly Part[]): Operation[] {
    return [
      { type: 'del', key: uploadName(uploadId) },
      ...parts.map((part) => ({ type: 'del' as const, key: partName(uploadId, part.number) })),
    ];
  }

  /** Grows even if the clock is set back, and across restarts. */
  #nextSequencer(): string {
    this.#sequence = Math.max(this.#sequence + 1, this.#now() * 1000);
    return this.#sequence.toString(16).toUpperCase().padStart(16, '0');
  }

  #commit(operations: readonly Operation[]): Promise<void> {
    return this.#db.batch([...operations, { type: 'put', key: SEQUENCE, value: this.#sequence }], {
      sync: true,
    });
  }

  async #alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#locks.get(name);
    const turn = (async () => {
      // Its failure is its caller's.
      await before?.catch(() => undefined);
      return work();
    })();
    this.#locks.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.#locks.get(name) === turn) this.#locks.delete(name);
    }
  }

  /** After a crash: files that were renamed into place, but never made it into the index, and their like. */
  async #sweepOrphans(): Promise<void> {
    const known = new Set<string>();
    for await (const value of this.#db.values({ gte: 'o\0', lt: 'o\u0001' }))
      for (const version of value as Versions) if (!version.marker) known.add(version.file);
    for await (const value of this.#db.values({ gte: 'p\0', lt: 'p\u0001' })) known.add((value as Part).file);
    await this.files.removeAllBut(known);
  }
}
