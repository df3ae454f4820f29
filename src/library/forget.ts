// Forgetting the replicas on this device: light, for the page before sign-in does it too.
import { settled } from './request.ts';

/** Names of replica databases: this prefix, then the identity id. */
export const REPLICA_PREFIX = 'shoebox-library-';

/** Removes one person's replica from this device, or everybody's. */
export async function forgetReplicas(identityId = ''): Promise<void> {
  const databases = await indexedDB.databases();
  const names = databases.flatMap(({ name }) =>
    name?.startsWith(REPLICA_PREFIX + identityId) ? [name] : [],
  );
  await Promise.all(names.map((name) => settled(indexedDB.deleteDatabase(name))));
}
