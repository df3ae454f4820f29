// Which reader opens which family of formats.
import type { Source } from '../source.ts';
import type { Family, Opened, Reader } from './format.ts';
import { openPicture } from './picture.ts';
import { openRaw } from './raw.ts';
import { openVideo } from './video.ts';

const READERS: Partial<Readonly<Record<Family, Reader>>> = {
  picture: openPicture,
  raw: openRaw,
  video: openVideo,
};

export async function open(family: Family, source: Source): Promise<Opened | undefined> {
  return READERS[family]?.(source);
}
