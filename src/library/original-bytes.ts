// The bytes of an original, as they come: a connection that breaks, stalls or ends early is taken up where it was.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError, refusalOf, toCloudError, type CloudErrorCode } from '../cloud/error.ts';
import type { Photo } from '../schema/photo.ts';

/** What downloading needs of the cloud, and of the browser. */
export interface OriginalSource {
  playUrl: Cloud['playUrl'];
  fetch: typeof fetch;
  /** Before another try after so many in vain: waits a while, or for the connection. */
  pause: (failures: number, signal: AbortSignal) => Promise<void>;
}

/** So often in a row it is tried again; one that is not there may be only a signature that ran out. */
const TRIES: Partial<Record<CloudErrorCode, number>> = {
  offline: 4,
  throttled: 4,
  unexpected: 3,
  missing: 1,
};
/** A connection that brings nothing for so long is given up, and another one made. */
const STALLED_MS = 60_000;

/** All of it, in order, or it fails with a CloudError; what was given until then is right. */
export async function* bytesOf(
  photo: Photo,
  source: OriginalSource,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  let failures = 0;
  while (true) {
    const connection = new AbortController();
    const both = AbortSignal.any([signal, connection.signal]);
    try {
      const body = await answer(photo, at, source, both);
      for await (const chunk of read(body, connection)) {
        at += chunk.length;
        failures = 0;
        yield chunk;
      }
      if (at === photo.bytes) return;
      throw new CloudError('offline', `${at} of ${photo.bytes} bytes came`);
    } catch (error) {
      signal.throwIfAborted();
      const problem = connection.signal.aborted
        ? new CloudError('offline', 'the connection stalled')
        : toCloudError(error);
      const code = problem instanceof CloudError ? problem.code : 'unexpected';
      if (at > photo.bytes || failures >= (TRIES[code] ?? 0)) throw problem;
      await source.pause(++failures, signal);
    } finally {
      connection.abort();
    }
  }
}

/** What is left from `at` on. */
async function answer(
  photo: Photo,
  at: number,
  { playUrl, fetch: request }: OriginalSource,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const url = await playUrl(photo);
  const response = await request(url, {
    signal,
    cache: 'no-store',
    ...(at > 0 && { headers: { range: `bytes=${at}-` } }),
  });
  const whole = at === 0 && response.status === 200;
  const rest =
    at > 0 && response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${at}-`);
  if ((whole || rest) && response.body) return response.body;
  if (response.status === 403) throw new CloudError(await refusalOf(response), 'S3 refuses the original');
  await response.body?.cancel();
  // 416: what is missing at the end is not in S3 either.
  if (response.status === 404) throw new CloudError('missing', 'no original');
  if (response.status === 429 || response.status === 503) throw new CloudError('throttled', 'S3 is busy');
  throw new CloudError('unexpected', `S3 answers ${response.status}`);
}

/** Its chunks; the connection is ended when none comes for too long. Nobody is hurried who takes them slowly. */
async function* read(
  body: ReadableStream<Uint8Array>,
  connection: AbortController,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    while (true) {
      const timer = setTimeout(() => connection.abort(), STALLED_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } finally {
    // Of a connection that is broken already there is nothing left to cancel.
    await reader.cancel().catch(() => {});
  }
}
