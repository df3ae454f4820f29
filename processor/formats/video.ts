// Video: nothing is decoded, so all there is to know is what the container says: how large, how long, when and where.
//
// The well-kept libraries for containers expand the tables of samples by counts that the file names (a few bytes become
// gigabytes) or take the whole file, and none tells the time of recording: the few boxes that matter are read here by hand.
import { Unshowable } from '../failure.ts';
import type { Source } from '../source.ts';
import type { Opened } from './format.ts';
import { tiffBlock, type TagValue } from './tiff-block.ts';
import type { Video } from './video-facts.ts';
import { readMp4 } from './video-mp4.ts';
import { readWebm } from './video-webm.ts';

export async function openVideo(source: Source): Promise<Opened> {
  const isWebm = (await source.read(0, 4)).toString('hex') === '1a45dfa3';
  const video = await (isWebm ? readWebm(source) : readMp4(source));
  if (!video) throw damagedVideo();
  if (!video.size) throw noPictures();
  const { size, duration, time } = video;
  return {
    documents: [blockOf(video)],
    flags: [],
    size,
    duration: duration && duration > 0 && duration < 1e9 ? Number(duration.toFixed(3)) : undefined,
    containerTime: time,
  };
}

const damagedVideo = (): Unshowable =>
  new Unshowable('damaged', 'The video is damaged: it does not say what is in it. The original is kept.');

const noPictures = (): Unshowable =>
  new Unshowable(
    'unsupported',
    'This is a sound recording without pictures, which Shoebox cannot show. The original is kept.',
  );

/** What the container knows in words of its own, as EXIF. */
function blockOf({ make, model, title, gps, xmp }: Video): Buffer {
  const said: (readonly [number, string | Buffer | undefined])[] = [
    [0x010e, title],
    [0x010f, make],
    [0x0110, model],
    [0x02bc, xmp],
  ];
  const tags = said.filter((tag): tag is readonly [number, string | Buffer] => Boolean(tag[1]));
  const place: TagValue[] = gps
    ? [
        [1, gps.latitude < 0 ? 'S' : 'N'],
        [2, [Math.abs(gps.latitude), 0, 0]],
        [3, gps.longitude < 0 ? 'W' : 'E'],
        [4, [Math.abs(gps.longitude), 0, 0]],
      ]
    : [];
  return tiffBlock(tags, new Map(gps ? [[0x8825, place]] : []));
}
