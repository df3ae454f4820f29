// Where the pictures of shared photos come from, as grid and viewer ask for them.
import type { Cloud } from '../cloud/cloud.ts';
import { CloudError } from '../cloud/error.ts';
import type { Shares } from '../cloud/shares.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { SharedList } from './list.ts';

type Source = Pick<
  Cloud,
  'renditionUrl' | 'cachedRenditionUrl' | 'anotherRenditionUrl' | 'playUrl' | 'originalUrl'
>;

export function sourceOf(list: SharedList, shares: Pick<Shares, 'url' | 'cachedUrl' | 'anotherUrl'>): Source {
  const missing = () => new CloudError('missing', 'the photo is not shared (any more)');
  const originOf = (photoId: PhotoId) => {
    const origin = list.originOf(photoId);
    if (!origin) throw missing();
    return origin;
  };
  return {
    renditionUrl: async (photoId, rendition) => {
      const { address, id } = originOf(photoId);
      return shares.url(address, id, rendition);
    },
    cachedRenditionUrl: (photoId, rendition) => {
      const origin = list.originOf(photoId);
      return origin && shares.cachedUrl(origin.address, origin.id, rendition);
    },
    anotherRenditionUrl: async (url, photoId, rendition) => {
      const { address, id } = originOf(photoId);
      return shares.anotherUrl(url, address, id, rendition);
    },
    // Originals are not shared with friends.
    playUrl: () => Promise.reject(missing()),
    originalUrl: () => Promise.reject(missing()),
  };
}
