// Names photos off the main thread: SHA-256 of the whole file. Small files in one go by WebCrypto, large ones as a stream.
import { sha256 } from '@noble/hashes/sha2.js';
import { photoIdOfDigest } from '../schema/ids.ts';
import type { HashReply, HashRequest } from './hash-messages.ts';

/** Up to here a file is held in memory whole: WebCrypto is many times as fast as the stream. */
const WHOLE = 64 * 2 ** 20;

async function digestOf(file: File): Promise<Uint8Array> {
  if (file.size <= WHOLE)
    return new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  const hash = sha256.create();
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) hash.update(part.value);
  return hash.digest();
}

addEventListener('message', async ({ data }: MessageEvent<HashRequest>) => {
  const reply: HashReply = await digestOf(data.file).then(
    (digest) => ({ job: data.job, photoId: photoIdOfDigest(digest) }),
    (error: unknown) => ({ job: data.job, problem: error instanceof Error ? error.message : String(error) }),
  );
  postMessage(reply);
});
