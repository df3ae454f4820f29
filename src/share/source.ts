// Where the pictures of shared photos come from, as grid and viewer ask for them.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError } from '../cloud/error.ts';
import type { Shares } from '../cloud/shares.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Rendition } from '../schema/keys.ts';
import type { SharedList } from './list.ts';

type Source = Pick<
  Cloud,
  'renditionUrl' | 'cachedRenditionUrl' | 'anotherRenditionUrl' | 'playUrl' | 'originalUrl'
>;

export function sourceOf(list: SharedList, shares: Pick<Shares, 'url' | 'cachedUrl'>): Source {
  const missing = () => new CloudError('missing', 'the photo is not shared (any more)');
  const renditionUrl = async (photoId: PhotoId, rendition: Rendition): Promise<string> => {
    const origin = list.originOf(photoId);
    if (!origin) throw missing();
    return shares.url(origin.address, origin.id, rendition);
  };
  return {
    renditionUrl,
    cachedRenditionUrl: (photoId, rendition) => {
      const origin = list.originOf(photoId);
      return origin && shares.cachedUrl(origin.address, origin.id, rendition);
    },
    // Signed with the credentials of this moment.
    anotherRenditionUrl: (_url, photoId, rendition) => renditionUrl(photoId, rendition),
    // Originals are not shared with friends.
    playUrl: () => Promise.reject(missing()),
    originalUrl: () => Promise.reject(missing()),
  };
}
