// Forgetting the replicas on this device: light, for the page before sign-in does it too.
import { settled } from './request.ts';

/** Names of replica databases: this prefix, then the identity id. */
export const REPLICA_PREFIX = 'shoebox-library-';

/** Removes every replica on this device, whoever's. */
export async function forgetReplicas(): Promise<void> {
  const databases = await indexedDB.databases();
  const names = databases.flatMap(({ name }) => (name?.startsWith(REPLICA_PREFIX) ? [name] : []));
  await Promise.all(names.map((name) => settled(indexedDB.deleteDatabase(name))));
}
