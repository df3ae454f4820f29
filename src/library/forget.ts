// Forgetting the replicas on this device: light, for the page before sign-in does it too.
import { EDITS_SUFFIX, REPLICA_PREFIX } from './databases.ts';
import { settled } from './request.ts';

/** By which tabs tell each other of edits that wait for the cloud. */
export const editChannel = (identityId: string): string => `shoebox-edits-${identityId}`;

/** What somebody has searched for: this prefix in the storage, then the identity id. */
export const SEARCHES_PREFIX = 'shoebox.searches.';
/** Work that was begun and has not ended: the same. */
export const TRIES_PREFIX = 'shoebox.tries.';

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

export function forgetHabitsOf(identityId = ''): void {
  const prefixes = [SEARCHES_PREFIX, TRIES_PREFIX].map((prefix) => prefix + identityId);
  for (const key of Object.keys(localStorage))
    if (prefixes.some((prefix) => key.startsWith(prefix))) localStorage.removeItem(key);
}
