// Uploads that wait on this device, as light as it gets, because every visit asks: whether there are any, and how they are forgotten.
import { settled } from '../library/request.ts';
import type { IdentityId } from '../schema/ids.ts';
import { anyReceived } from './any-received.ts';

/** Names of their databases: this prefix, then the identity id. */
export const QUEUE_PREFIX = 'shoebox-uploads-';
/** How many there are: this prefix, the identity id, a dot, and which visit they are from. */
const NOTE_PREFIX = 'shoebox.uploads.';

export function noteUploads(identityId: IdentityId, visit: string, count: number): void {
  const key = `${NOTE_PREFIX}${identityId}.${visit}`;
  if (count === 0) localStorage.removeItem(key);
  else localStorage.setItem(key, String(count));
}

const notesOf = (identityId: string): string[] =>
  Object.keys(localStorage).filter((key) => key.startsWith(`${NOTE_PREFIX}${identityId}.`));

/** How many wait, of all visits. */
export const keptUploads = (identityId: string): number =>
  notesOf(identityId).reduce((sum, key) => sum + (Number(localStorage.getItem(key)) || 0), 0);

/**
 * Removes what is kept of one person's uploads, or of everybody's; what waits may be spared, and apart from it what other apps have
 * handed over and nobody has answered for yet.
 */
export async function forgetUploads(
  identityId = '',
  { spare = true, spareReceived = true } = {},
): Promise<void> {
  const databases = await indexedDB.databases();
  const whose = databases.flatMap(({ name }) =>
    name?.startsWith(QUEUE_PREFIX + identityId) ? [name.slice(QUEUE_PREFIX.length)] : [],
  );
  const forgotten = whose.filter((one) => !spare || keptUploads(one) === 0);
  for (const key of forgotten.flatMap(notesOf)) localStorage.removeItem(key);
  await Promise.all(forgotten.map((one) => settled(indexedDB.deleteDatabase(QUEUE_PREFIX + one))));
  if (!(await anyReceived())) return;
  const { forget } = await import('./received.ts');
  await forget(({ taken, owner = '' }) =>
    taken ? keptUploads(owner) === 0 : !spareReceived && ['', identityId].includes(owner),
  );
}
