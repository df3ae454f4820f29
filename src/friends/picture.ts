// A chosen file becomes a small square picture of a person. Drawn anew, so that nothing of the file but its pixels is passed on.
import { toBase64 } from '../schema/ids.ts';

/** Characters of base64: it travels in one row to each friend. */
export const MOST_CHARACTERS = 12_000;
const LARGEST_FILE = 60_000_000;
/** The best that is small enough. */
const TRIES: readonly { size: number; quality: number }[] = [
  { size: 192, quality: 0.85 },
  { size: 192, quality: 0.7 },
  { size: 160, quality: 0.6 },
  { size: 128, quality: 0.5 },
  { size: 96, quality: 0.4 },
];

/** The largest square in the middle. */
export function squareIn(width: number, height: number): { x: number; y: number; side: number } {
  const side = Math.min(width, height);
  return { x: (width - side) / 2, y: (height - side) / 2, side };
}

/** base64 of it; undefined for what this browser cannot draw. */
export async function pictureOfFile(file: Blob): Promise<string | undefined> {
  if (file.size > LARGEST_FILE) return undefined;
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    // No picture, or none of a kind that browsers know.
    return undefined;
  }
  try {
    for (const { size, quality } of TRIES) {
      const found = toBase64(new Uint8Array(await (await drawn(bitmap, size, quality)).arrayBuffer()));
      if (found.length <= MOST_CHARACTERS) return found;
    }
    return undefined;
  } finally {
    bitmap.close();
  }
}

async function drawn(bitmap: ImageBitmap, size: number, quality: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('there is no canvas');
  const { x, y, side } = squareIn(bitmap.width, bitmap.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, x, y, side, side, 0, 0, size, size);
  const webp = await canvas.convertToBlob({ type: 'image/webp', quality });
  // Browsers that cannot write WebP give PNG, which is large.
  return webp.type === 'image/webp' ? webp : canvas.convertToBlob({ type: 'image/jpeg', quality });
}
