// Names photos off the main thread: SHA-256 of the whole file. Small files in one go by WebCrypto, large ones as a stream.
import { sha256 } from '@noble/hashes/sha2.js';
import { Digester } from '../cloud/reading.ts';
import { photoIdOfDigest } from '../schema/ids.ts';
import type { HashReply, HashRequest } from './hash-messages.ts';

/** Up to here a file is held in memory whole: WebCrypto is many times as fast as the stream. */
const WHOLE = 48 * 2 ** 20;

/** Jobs that nobody has given up. */
const wanted = new Set<number>();

const digester = new Digester();

/** Undefined when the job is given up meanwhile. */
async function digestOf(file: File, job: number): Promise<Uint8Array | undefined> {
  if (file.size <= WHOLE) return digester.digestOf(file);
  const hash = sha256.create();
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (!wanted.has(job)) return void reader.cancel();
    hash.update(part.value);
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
