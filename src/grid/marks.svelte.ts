// What only some tiles show: fetched with the first photo that is more, or less, than a still picture, or archived.
import { hasRenditions, type Photo } from '../schema/photo.ts';

type Marks = typeof import('./Marks.svelte');

let marks = $state.raw<Marks>();
let loading: Promise<void> | undefined;

async function load(): Promise<void> {
  marks = await import('./Marks.svelte');
}

/** Undefined for a still picture that is not archived, which needs none. Reactive: they come when they can. */
export function marksFor(photo: Photo): Marks | undefined {
  if (hasRenditions(photo) && !photo.flags && !photo.archived) return undefined;
  if (!marks) loading ??= load().catch(console.warn);
  return marks;
}
