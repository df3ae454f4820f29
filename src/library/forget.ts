// Forgetting the replicas on this device: light, for the page before sign-in does it too.
import { EDITS_SUFFIX, REPLICA_PREFIX } from './databases.ts';
import { settled } from './request.ts';

/** By which tabs tell each other of edits that wait for the cloud. */
export const editChannel = (identityId: string): string => `shoebox-edits-${identityId}`;

/** What somebody has searched for: this prefix in the storage, then the identity id. */
export const SEARCHES_PREFIX = 'shoebox.searches.';

/** Removes one person's replica from this device, or everybody's; what the cloud does not have yet may be spared. */
export async function forgetReplicas(identityId = '', { spareEdits = false } = {}): Promise<void> {
  const databases = await indexedDB.databases();
  const names = databases.flatMap(({ name }) =>
    name?.startsWith(REPLICA_PREFIX + identityId) && !(spareEdits && name.endsWith(EDITS_SUFFIX))
      ? [name]
      : [],
  );
  await Promise.all(names.map((name) => settled(indexedDB.deleteDatabase(name))));
}

export function forgetSearchesOf(identityId = ''): void {
  for (const key of Object.keys(localStorage))
    if (key.startsWith(SEARCHES_PREFIX + identityId)) localStorage.removeItem(key);
}
