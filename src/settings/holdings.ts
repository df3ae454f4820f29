// What a library holds, for what it costs: originals by age, year and album, counted from the replica.
import { Cohorts, type Amount, type Cohort } from '../cost/estimate.ts';
import type { Columns } from '../library/columns.ts';
import { inSlices } from '../library/slices.ts';
import type { Social } from '../library/social.svelte.ts';
import { takenAtOf } from '../schema/photo.ts';

export interface Part extends Amount {
  name: string;
}

export interface Holdings extends Amount {
  cohorts: Cohort[];
  /** Of when photos were taken, newest first. */
  years: Part[];
}

const grow = (parts: Map<string, Part>, name: string, bytes: number): void => {
  const part = parts.get(name) ?? { name, photos: 0, bytes: 0 };
  part.photos++;
  part.bytes += bytes;
  parts.set(name, part);
};

/** Aborted, it fails with the signal's reason. */
export async function holdingsOf(columns: Columns, now: number, signal: AbortSignal): Promise<Holdings> {
  const cohorts = new Cohorts(now);
  const years = new Map<string, Part>();
  let photos = 0;
  let bytes = 0;
  await inSlices(
    columns.order,
    (reference) => {
      const photo = columns.photo(reference);
      if (!photo) return;
      cohorts.add(photo.bytes, photo.uploadedAt);
      grow(years, takenAtOf(photo).slice(0, 4), photo.bytes);
      photos++;
      bytes += photo.bytes;
    },
    signal,
  );
  const newest = [...years.values()].sort((one, other) => (one.name < other.name ? 1 : -1));
  return { photos, bytes, cohorts: cohorts.all, years: newest };
}

/** The largest first; a photo counts in each album that it is in. */
export async function albumsOf(
  social: Pick<Social, 'albums' | 'entriesOf'>,
  columns: Columns,
  signal: AbortSignal,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const { album, title } of social.albums) {
    const part: Part = { name: title, photos: 0, bytes: 0 };
    await inSlices(
      social.entriesOf(album),
      ({ photoId }) => {
        const bytes = columns.get(photoId)?.bytes;
        if (bytes === undefined) return;
        part.photos++;
        part.bytes += bytes;
      },
      signal,
    );
    if (part.photos > 0) parts.push(part);
  }
  return parts.sort((one, other) => other.bytes - one.bytes);
}
