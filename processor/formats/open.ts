// Which reader opens which family of formats.
import type { Source } from '../source.ts';
import type { Family, Opened, Reader } from './format.ts';
import { openHeif } from './heif.ts';
import { openJxl } from './jxl.ts';
import { openPicture } from './picture.ts';
import { openRaw } from './raw.ts';
import { openVideo } from './video.ts';

const READERS: Readonly<Record<Family, Reader>> = {
  picture: openPicture,
  heif: openHeif,
  jxl: openJxl,
  raw: openRaw,
  video: openVideo,
};

export async function open(family: Family, source: Source): Promise<Opened> {
  return READERS[family](source);
}
