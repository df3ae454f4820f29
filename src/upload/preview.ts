// A small picture of a file that is not uploaded yet, made by the browser itself.

const EDGE = 80;
/** Decoding is not for free: one after the other, and none for files so large that it would be felt. */
const LARGEST = 60e6;
/** Nor is reading, which is done for each to be hashed and sent as it is: of the time, previews have a tenth at most. */
const REST = 9;
let last: Promise<unknown> = Promise.resolve();

/** An object URL to be revoked; undefined where the browser cannot decode the file or the signal was aborted. */
export function previewOf(file: File, signal: AbortSignal): Promise<string | undefined> {
  let begun: number | undefined;
  const made = last.then(() => {
    if (signal.aborted || file.size > LARGEST) return undefined;
    begun = performance.now();
    return make(file);
  });
  last = made.then(() => (begun === undefined ? undefined : pause((performance.now() - begun) * REST)));
  return made;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

async function make(file: File): Promise<string | undefined> {
  try {
    const bitmap = await createImageBitmap(file, { resizeHeight: EDGE, resizeQuality: 'medium' });
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return URL.createObjectURL(await canvas.convertToBlob({ type: 'image/webp', quality: 0.7 }));
  } catch {
    // Not a picture this browser knows: the row shows an icon instead, and the processor has the last word.
    return undefined;
  }
}
