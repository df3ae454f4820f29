// The snapshot of the library, asked for by whoever has credentials: a first visit does before anything else of the page is there.
import { bucketUrl, type Config } from '../schema/config.ts';
import type { IdentityId } from '../schema/ids.ts';
import { snapshotKey, type SnapshotName } from '../schema/keys.ts';
import type { AwsCredentials } from './kept.ts';
import { Presigner } from './presign.ts';

/** Kept by no cache: the address is signed, and what it holds is written anew under the same name. */
export async function fetchSnapshot(
  library: Presigner,
  identityId: IdentityId,
  name: SnapshotName,
  signal: AbortSignal,
): Promise<Response> {
  const url = await library.url(snapshotKey(identityId, name));
  return fetch(url, { cache: 'no-store', signal });
}

/** An answer that may lie a while until somebody reads it: `at` is when it came, by the local clock. */
export interface Answer {
  response: Response;
  at: number;
}

/** Its first part, by credentials that are good. */
export async function fetchFirst(config: Config, held: AwsCredentials, signal: AbortSignal): Promise<Answer> {
  const credentials = { current: () => held, get: async () => held };
  const library = new Presigner(credentials, config.region, bucketUrl(config, 'library'));
  const response = await fetchSnapshot(library, held.identityId, 'first', signal);
  return { response, at: Date.now() };
}
