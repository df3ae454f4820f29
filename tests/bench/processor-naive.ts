// The bench's process that does it the naive way: for each rendition sharp's default pipeline from the original, all metadata
// parsed, and a ThumbHash of the thumb. Sizes, formats and qualities are the processor's, everything else is what sharp chooses.
import { readFile } from 'node:fs/promises';
import { load } from 'exifreader';
import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { writeRenditions } from './processor-files.ts';
import { serve } from './processor-worker.ts';

serve(async ({ path }) => {
  const bytes = await readFile(path);
  const [view, thumb] = await Promise.all([
    sharp(bytes)
      .autoOrient()
      .resize(2000, 2000, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer(),
    sharp(bytes)
      .autoOrient()
      .resize({ width: 400, withoutEnlargement: true })
      .webp({ quality: 75 })
      .toBuffer(),
    load(bytes, { expanded: true }),
  ]);
  const { data, info } = await sharp(thumb)
    .resize(100, 100, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  rgbaToThumbHash(info.width, info.height, data);
  return { view, thumb };
}, writeRenditions);
