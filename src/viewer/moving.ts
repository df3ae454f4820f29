// Pictures that move: their still is shown at once, and the original, which moves, takes its place when it is there.
import type { Cloud } from '../cloud/cloud.ts';
import { hasRenditions, type Photo } from '../schema/photo.ts';

/** Larger ones stay still: they would be downloaded whole to be looked at in passing. */
const LARGEST_BYTES = 20e6;
/** What browsers show moving. */
const TYPES = new Set(['image/avif', 'image/gif', 'image/png', 'image/webp']);

/** Whether the original is to be shown moving. `still` is whether the person has asked for less motion. */
export const moves = (photo: Photo, still: boolean): boolean =>
  !still &&
  hasRenditions(photo) &&
  (photo.flags?.includes('animated') ?? false) &&
  TYPES.has(photo.type) &&
  photo.bytes <= LARGEST_BYTES;

/** Swaps the image's still for the moving original until the signal is aborted. What cannot be fetched or decoded stays still. */
export async function move(
  image: HTMLImageElement,
  photo: Photo,
  cloud: Pick<Cloud, 'playUrl'>,
  signal: AbortSignal,
): Promise<void> {
  const still = image.src;
  let moving: string | undefined;
  try {
    const response = await fetch(await cloud.playUrl(photo), { signal, cache: 'no-store' });
    if (!response.ok) throw new Error(`S3 answers ${response.status}`);
    moving = URL.createObjectURL(await response.blob());
    // Decoded apart first: a picture that fails where it is shown would take the still with it.
    const trial = new Image();
    trial.src = moving;
    await trial.decode();
    if (signal.aborted) throw signal.reason;
  } catch (error) {
    if (moving !== undefined) URL.revokeObjectURL(moving);
    if (!signal.aborted) console.warn('A moving picture stays still.', error);
    return;
  }
  image.src = moving;
  const url = moving;
  signal.addEventListener(
    'abort',
    () => {
      image.src = still;
      URL.revokeObjectURL(url);
    },
    { once: true },
  );
}
