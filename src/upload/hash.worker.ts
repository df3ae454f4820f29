// Names photos off the main thread: SHA-256 of the whole file. Small files in one go by WebCrypto, large ones piece by piece.
import { sha256 } from '@noble/hashes/sha2.js';
import { photoIdOfDigest } from '../schema/ids.ts';
import type { HashReply, HashRequest } from './hash-messages.ts';

/** Up to here a file is held in memory whole: WebCrypto is many times as fast as what takes pieces. */
const WHOLE = 48 * 2 ** 20;
/**
 * Of a large file. Not by its stream: Chromium does not count what a stream has given among the memory that is worth sweeping for, and
 * hundreds of megabytes stay. Nor moved away once they are hashed (`transfer`): such bytes it keeps for good.
 */
const PIECE = 4 * 2 ** 20;

/** Jobs that nobody has given up. */
const wanted = new Set<number>();

/** Undefined when the job is given up meanwhile. */
async function digestOf(file: File, job: number): Promise<Uint8Array | undefined> {
  if (file.size <= WHOLE)
    return new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  const hash = sha256.create();
  const read = (at: number): Promise<ArrayBuffer> => file.slice(at, at + PIECE).arrayBuffer();
  for (let at = 0, next = read(0); at < file.size; at += PIECE) {
    const piece = await next;
    if (!wanted.has(job)) return undefined;
    // Read while the one before it is hashed.
    next = read(at + PIECE);
    hash.update(new Uint8Array(piece));
  }
  return hash.digest();
}

addEventListener('message', async ({ data: { job, file } }: MessageEvent<HashRequest>) => {
  if (!file) return void wanted.delete(job);
  wanted.add(job);
  const reply: HashReply | undefined = await digestOf(file, job).then(
    (digest) => digest && { job, photoId: photoIdOfDigest(digest) },
    (error: unknown) => ({ job, problem: error instanceof Error ? error.message : String(error) }),
  );
  if (wanted.delete(job) && reply) postMessage(reply);
});
