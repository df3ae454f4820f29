// Forgetting the replicas on this device: light, for the page before sign-in does it too.

/** Names of replica databases: this prefix, then the identity id. */
export const REPLICA_PREFIX = 'shoebox-library-';

/** Removes every replica on this device, whoever's. */
export async function forgetReplicas(): Promise<void> {
  const databases = await indexedDB.databases();
  await Promise.all(
    databases.flatMap(({ name }) => (name?.startsWith(REPLICA_PREFIX) ? [forget(name)] : [])),
  );
}

const forget = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.addEventListener('success', () => resolve());
    request.addEventListener('error', () => reject(request.error));
  });
