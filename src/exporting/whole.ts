// All that is to be brought out, up to date: photos that are not in the trash, albums, and what else lies among the originals.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError } from '../cloud/error.ts';
import type { Library } from '../library/library.svelte.ts';
import { inSlices } from '../library/slices.ts';
import type { Social } from '../library/social.svelte.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import { planInSlices, type Plan } from '../takeout/plan.ts';
import { worldClocks } from '../takeout/zones.ts';

export interface Whole {
  plan: Plan;
  /** Originals of which the library knows nothing (yet). */
  unprepared: number;
}

/** What this device shows may not be all there is: it is asked for first. Fails with a CloudError. */
export async function wholeOf(
  library: Library,
  social: Social,
  cloud: Pick<Cloud, 'originalsAfter'>,
  signal: AbortSignal,
): Promise<Whole> {
  await Promise.all([library.sync(signal), social.sync(signal), library.ready]);
  signal.throwIfAborted();
  for (const state of [library.syncState, social.problem]) if (state instanceof CloudError) throw state;
  if (!library.complete || !social.complete) throw new CloudError('offline', 'not all of it is known yet');
  const unprepared = await countUnprepared(library, cloud, signal);
  const { columns } = library;
  const photos: Photo[] = [];
  const known = (reference: number): void => {
    const photo = columns.photo(reference);
    if (photo && !photo.trashedAt) photos.push(photo);
  };
  await inSlices(columns.order, known, signal);
  const entries = social.albums.flatMap(({ album }) => [...social.entriesOf(album)]);
  const clocks = await worldClocks();
  const { albums } = social;
  return { plan: await planInSlices(photos, { albums, entries }, clocks, signal), unprepared };
}

async function countUnprepared(
  library: Library,
  cloud: Pick<Cloud, 'originalsAfter'>,
  signal: AbortSignal,
): Promise<number> {
  const known = (photoId: PhotoId): boolean => library.columns.referenceOf(photoId) !== undefined;
  let count = 0;
  for (let after: string | undefined; ;) {
    const page = await cloud.originalsAfter(after, signal);
    count += page.entries.filter(({ photoId }) => !known(photoId)).length;
    after = page.next;
    if (after === undefined) return count;
  }
}
