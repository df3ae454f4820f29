// How `npm run adopt` takes in what it finds: several at once, each read, hashed and stored once, within bounded memory. What is there
// is the only state: whatever stops a run, another one goes on where it was.
import { createHash } from 'node:crypto';
import { PARTS_FROM } from '../../src/cloud/parts.ts';
import { photoIdOfDigest, type PhotoId } from '../../src/schema/ids.ts';
import { inLanes } from '../reprocess-run.ts';
import { bytesOf, Unreadable, type Finding, type Found, type Source } from './found.ts';
import { keepPath, placeIn, type Library, type Word } from './library.ts';
import { photoIdOfBytes, putInParts, putWhole } from './originals.ts';
import { Room } from './room.ts';

export interface AdoptTally {
  stored: number;
  /** Of what was stored. */
  bytes: number;
  /** In the library before this run. */
  there: number;
  /** The same bytes as another file of this run. */
  twice: number;
  trashed: number;
  system: number;
  sidecars: number;
  failed: number;
  /** Stored, and the processor has not been there yet. */
  awaited: number;
  /** Stored, and nothing that could be shown. */
  unshowable: number;
}

export const noAdoptTally = (): AdoptTally => ({
  stored: 0,
  bytes: 0,
  there: 0,
  twice: 0,
  trashed: 0,
  system: 0,
  sidecars: 0,
  failed: 0,
  awaited: 0,
  unshowable: 0,
});

export interface Adoption {
  library: Library;
  /** As `photosIn` gives them. */
  known: ReadonlyMap<PhotoId, Word | undefined>;
  lanes: number;
  /** Nothing new is begun after this; what was begun is ended. */
  signal: AbortSignal;
  tally: AdoptTally;
  changed: () => void;
  /** Something to be told of one file. */
  told: (where: string, what: string) => void;
  /** Bytes in memory at once. */
  memory?: number;
  /** From here on a file is sent in parts, of this size. */
  partsFrom?: number;
  partBytes?: number;
}

const MEMORY = 256 * 2 ** 20;
/** The parts of a large file that are in memory at once. */
const LARGE = 5 * 16 * 2 ** 20;
/** So many in a row that S3 did not take: then it is not about them. */
const MOST_IN_A_ROW = 50;

/** Gives the photos whose rows are to be waited for. Fails only for what is wrong with all files. */
export async function adopt(
  findings: AsyncIterable<Finding>,
  adoption: Adoption,
): Promise<Map<PhotoId, string>> {
  const work = new Work(adoption);
  await inLanes(findings, adoption, (finding) => work.take(finding));
  return work.awaited;
}

class Work {
  /** By photo id: where it was found. */
  readonly awaited = new Map<PhotoId, string>();
  readonly #adoption: Adoption;
  readonly #room: Room;
  readonly #sending = new Map<PhotoId, Promise<boolean>>();
  #inARow = 0;

  constructor(adoption: Adoption) {
    this.#adoption = adoption;
    this.#room = new Room(adoption.memory ?? MEMORY);
  }

  async take(finding: Finding): Promise<void> {
    const { tally, changed } = this.#adoption;
    if (finding.kind === 'file') await this.#file(finding.found);
    else if (finding.kind === 'unreadable') this.#failed(finding.where, finding.why);
    else tally[finding.kind === 'system' ? 'system' : 'sidecars'] += 1;
    changed();
  }

  #failed(where: string, why: string): void {
    this.#adoption.tally.failed += 1;
    this.#adoption.told(where, why);
  }

  async #file(found: Found): Promise<void> {
    try {
      // Only Shoebox gives such names, and has looked at the bytes before.
      if (found.said && this.#isThere(found.said, found.where)) return;
      const source = await found.open();
      try {
        await this.#read(found, source);
      } finally {
        await source.close();
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#failed(found.where, error.message);
    }
  }

  async #read({ where, said }: Found, source: Source): Promise<void> {
    if (source.size === 0) throw new Unreadable('It has no bytes, and was left out.');
    const { partsFrom = PARTS_FROM } = this.#adoption;
    const isLarge = source.size >= partsFrom;
    const leave = await this.#room.take(isLarge ? LARGE : source.size);
    try {
      const bytes = isLarge ? undefined : await bytesOf(source, 0, source.size);
      const photoId = bytes ? photoIdOfBytes(bytes) : await hashOf(source);
      await source.check();
      if (said !== undefined && said !== photoId)
        throw new Unreadable('It is damaged: its bytes are not those that its name was made of.');
      if (!this.#isThere(photoId, where)) await this.#store(photoId, source, bytes, where);
    } finally {
      leave();
    }
  }

  /** Says so, too. */
  #isThere(photoId: PhotoId, where: string): boolean {
    const { known, tally, told } = this.#adoption;
    if (!known.has(photoId)) return false;
    const word = known.get(photoId);
    if (word?.failure === 'hash-mismatch') {
      throw new Unreadable(
        'The library has other bytes in its place, broken on their way: delete that photo in the page, then run this again.',
      );
    }
    if (word?.trashed) {
      tally.trashed += 1;
      told(where, 'It is in the trash of the library, and goes from there after 30 days.');
    } else tally.there += 1;
    if (!word) this.awaited.set(photoId, where);
    return true;
  }

  /** Of two files with the same bytes at the same time, one waits for the other, and takes its place if that fails. */
  async #store(photoId: PhotoId, source: Source, bytes: Buffer | undefined, where: string): Promise<void> {
    const { tally } = this.#adoption;
    for (let other = this.#sending.get(photoId); other; other = this.#sending.get(photoId)) {
      if (await other) {
        tally.twice += 1;
        return;
      }
    }
    const sending = this.#send(photoId, source, bytes);
    // Whether it is stored then; what went wrong is told by whoever sends it.
    const settled = sending.then(
      () => true,
      () => {
        this.#sending.delete(photoId);
        return false;
      },
    );
    this.#sending.set(photoId, settled);
    const fate = await sending;
    tally[fate === 'stored' ? 'stored' : 'there'] += 1;
    if (fate === 'stored') tally.bytes += source.size;
    this.awaited.set(photoId, where);
  }

  async #send(photoId: PhotoId, source: Source, bytes: Buffer | undefined) {
    const { library, partBytes } = this.#adoption;
    const place = placeIn(library);
    try {
      const fate = bytes
        ? await putWhole(place, photoId, bytes, source.metadata)
        : await putInParts(place, photoId, source, partBytes);
      await keepPath(library, photoId, source.metadata.path);
      this.#inARow = 0;
      return fate;
    } catch (error) {
      if (error instanceof Unreadable || isAboutAll(error) || ++this.#inARow >= MOST_IN_A_ROW) throw error;
      const { name, message } = error as Error;
      throw new Unreadable(`It could not be stored (${name}: ${message}).`, { cause: error });
    }
  }
}

/** Refused for good, and not because of these bytes: so would be all others. */
function isAboutAll(error: unknown): boolean {
  const { name } = error as Error;
  if (/^(?:BadDigest|InvalidDigest|EntityTooLarge|RequestTimeout|IncompleteBody)$/.test(name)) return false;
  if (/^(?:CredentialsProviderError|TokenProviderError)$/.test(name)) return true;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status !== undefined && status >= 400 && status < 500 && status !== 429 && status !== 409;
}

async function hashOf(source: Source): Promise<PhotoId> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of source.read(0, source.size)) {
    hash.update(chunk);
    length += chunk.length;
  }
  if (length < source.size) throw new Unreadable('It ended early: some of its bytes are missing.');
  return photoIdOfDigest(hash.digest());
}
