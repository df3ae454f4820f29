// How alike two pictures are to the eye. (Z. Wang and others, Image Quality Assessment: From Error Visibility to Structural
// Similarity, 2004: https://www.cns.nyu.edu/pub/eero/wang03-reprint.pdf)
import sharp, { type Sharp } from 'sharp';

interface Luma {
  values: Buffer;
  width: number;
  height: number;
}

export async function lumaOf(picture: Sharp): Promise<Luma> {
  const { data, info } = await picture
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const values = Buffer.alloc(width * height);
  for (let at = 0; at < values.length; at++) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at * 3, at * 3 + 3);
    values[at] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return { values, width, height };
}

const WINDOW = 8;
const STEP = 4;
const LIGHT = (0.01 * 255) ** 2;
const CONTRAST = (0.03 * 255) ** 2;

/** 1 for the same picture; the mean over windows of 8 x 8 pixels that overlap by half. Throws when the sizes differ. */
export function ssim(a: Luma, b: Luma): number {
  const { width, height } = a;
  if (b.width !== width || b.height !== height) throw new RangeError('pictures of two sizes');
  let sum = 0;
  let windows = 0;
  for (let top = 0; top + WINDOW <= height; top += STEP) {
    for (let left = 0; left + WINDOW <= width; left += STEP) {
      let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
      for (let y = top; y < top + WINDOW; y++) {
        for (let at = y * width + left; at < y * width + left + WINDOW; at++) {
          const [valueA, valueB] = [a.values[at] ?? 0, b.values[at] ?? 0];
          sumA += valueA;
          sumB += valueB;
          squaresA += valueA * valueA;
          squaresB += valueB * valueB;
          products += valueA * valueB;
        }
      }
      const pixels = WINDOW * WINDOW;
      const [meanA, meanB] = [sumA / pixels, sumB / pixels];
      const variances = squaresA / pixels - meanA ** 2 + squaresB / pixels - meanB ** 2;
      const covariance = products / pixels - meanA * meanB;
      sum +=
        ((2 * meanA * meanB + LIGHT) * (2 * covariance + CONTRAST)) /
        ((meanA ** 2 + meanB ** 2 + LIGHT) * (variances + CONTRAST));
      windows++;
    }
  }
  return sum / windows;
}

/** Of a rendition against the very photo at the same size and without loss, both in the colors that the rendition has. */
export async function likeness(rendition: string, photo: string): Promise<number> {
  const { width, height, icc } = await sharp(rendition).metadata();
  const reference = sharp(photo, { ignoreIcc: icc !== undefined })
    .autoOrient()
    .resize(width, height, { fit: 'fill' });
  return ssim(await lumaOf(sharp(rendition, { ignoreIcc: true })), await lumaOf(reference));
}
