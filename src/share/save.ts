// Keeping what a friend shares: the picture as it is shown, put into one's own library like any other file.
import type { Sharing } from '../grid/sharing.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { SharedList } from './list.ts';

/** At a time, so that an album of thousands is not held in memory. */
const AT_ONCE = 20;

/** Whether these bytes are a WebP picture: what others wrote behind the name of one may be anything. */
export function isWebp(bytes: Uint8Array): boolean {
  const text = (begin: number): string => String.fromCharCode(...bytes.subarray(begin, begin + 4));
  return bytes.length > 12 && text(0) === 'RIFF' && text(8) === 'WEBP';
}

/** `2019-06-01 12.34.56.webp`: the picture itself says nothing of when it was taken, so that its name has to. */
const nameFor = (takenAt: string): string =>
  `${takenAt.slice(0, 10)} ${takenAt.slice(11, 19).replaceAll(':', '.')}.webp`;

/** The file of one photo; undefined where there is no picture (any more). Fails with a CloudError. */
async function fileOf(
  photoId: PhotoId,
  list: SharedList,
  { shares }: Pick<Sharing, 'shares'>,
): Promise<File | undefined> {
  const origin = list.originOf(photoId);
  const photo = list.at(list.indexOf(photoId));
  const bytes = origin && (await shares.picture(origin.address, origin.id));
  if (!photo || !bytes || !isWebp(bytes)) return undefined;
  return new File([bytes], nameFor(photo.takenAt), { type: 'image/webp' });
}

/** Puts photos into one's own library; gives how many are on their way. */
export async function save(
  photoIds: readonly PhotoId[],
  list: SharedList,
  sharing: Pick<Sharing, 'shares' | 'upload'>,
): Promise<number> {
  let saved = 0;
  for (let at = 0; at < photoIds.length; at += AT_ONCE) {
    const some = photoIds.slice(at, at + AT_ONCE);
    const found = await Promise.all(some.map((photoId) => fileOf(photoId, list, sharing)));
    const files = found.filter((file) => file !== undefined);
    if (files.length > 0) await sharing.upload(files);
    saved += files.length;
  }
  return saved;
}

export const saveAll = (list: SharedList, sharing: Pick<Sharing, 'shares' | 'upload'>): Promise<number> =>
  save(
    Array.from({ length: list.length }, (_, i) => list.idAt(i)).filter((id) => id !== undefined),
    list,
    sharing,
  );
