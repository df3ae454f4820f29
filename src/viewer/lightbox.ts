// PhotoSwipe, told where our pictures come from: view renditions signed on demand, opening out of their place in the grid.
import PhotoSwipe, { type SlideData } from 'photoswipe';
import 'photoswipe/style.css';
import type { Cloud } from '../cloud/cloud.ts';
import type { PhotoList } from '../library/list.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import { words } from '../ui/words/viewer.ts';

/** The `view` rendition's longest edge, px. */
const VIEW_EDGE = 2000;

export interface LightboxOptions {
  host: HTMLElement;
  photos: PhotoList;
  index: number;
  cloud: Pick<Cloud, 'renditionUrl' | 'anotherRenditionUrl'>;
  /** Px kept free at the right, for the info panel. */
  panelWidth: () => number;
  onmove: (index: number) => void;
  /** Which slides have no picture to show. */
  onlack: (indexes: ReadonlySet<number>) => void;
  onclose: () => void;
}

export function openLightbox(options: LightboxOptions): PhotoSwipe {
  const { photos } = options;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const lightbox = new PhotoSwipe({
    appendToEl: options.host,
    index: options.index,
    loop: false,
    bgOpacity: 1,
    showHideAnimationType: still ? 'none' : 'zoom',
    showAnimationDuration: 200,
    hideAnimationDuration: 180,
    // The dialog around it keeps the focus and gives it back.
    trapFocus: false,
    returnFocus: false,
    close: false,
    zoom: false,
    counter: false,
    wheelToZoom: true,
    arrowPrevTitle: words.viewer.previous,
    arrowNextTitle: words.viewer.next,
    paddingFn: () => ({ top: 0, bottom: 0, left: 0, right: options.panelWidth() }),
  });

  lightbox.addFilter('numItems', () => photos.length);
  lightbox.addFilter('itemData', (_data, index) => slideOf(photos.at(index)));
  lightbox.addFilter('thumbEl', (_thumb, data) => tileOf(data['photo'] as Photo | undefined) as HTMLElement);

  lightbox.on('contentLoad', (event) => {
    const { content } = event;
    if ((content.data['photo'] as Photo | undefined)?.status === 'ready') return;
    event.preventDefault();
    content.element = messageOf(`${words.viewer.noPicture} ${words.viewer.kept}`);
    content.state = 'loaded';
  });
  lightbox.on('contentLoadImage', (event) => {
    const { content } = event;
    const photo = content.data['photo'] as Photo;
    const image = content.element as HTMLImageElement;
    event.preventDefault();
    content.state = 'loading';
    image.crossOrigin = 'anonymous';
    image.alt = photo.caption ?? photo.name;
    void load(image, photo.photoId).then((found) => {
      note(content.index, found);
      content.onLoaded();
    });
  });
  /** Slides that show less than they should. PhotoSwipe is not told: it would put its error in the place of the picture for good. */
  const lacking = new Map<number, 'thumb' | 'nothing'>();
  const note = (index: number, found: 'view' | 'thumb' | 'nothing'): void => {
    if (found === 'view') lacking.delete(index);
    else lacking.set(index, found);
    options.onlack(new Set([...lacking].filter(([, what]) => what === 'nothing').map(([slide]) => slide)));
  };
  /**
   * Shows the view. The first address may be signed with what is no longer taken, so there is one more try. Offline the thumbnail,
   * which this device may have kept, is better than nothing.
   */
  async function load(image: HTMLImageElement, photoId: PhotoId): Promise<'view' | 'thumb' | 'nothing'> {
    const { cloud } = options;
    try {
      const url = await cloud.renditionUrl(photoId, 'view');
      if (await shows(image, url)) return 'view';
      const another = navigator.onLine ? await cloud.anotherRenditionUrl(url, photoId, 'view') : url;
      if (another !== url && (await shows(image, another))) return 'view';
      if (await shows(image, await cloud.renditionUrl(photoId, 'thumb'))) return 'thumb';
    } catch (error) {
      // No credentials, so no address: as good as no connection, and said in the same words.
      console.warn(error);
    }
    // Not the browser's broken picture: the viewer says it in words.
    image.removeAttribute('src');
    image.alt = '';
    return 'nothing';
  }
  /** What is lacking is tried again when one comes back to it, and when the connection does. */
  const refresh = () => {
    const { currIndex } = lightbox;
    if (!navigator.onLine || !lacking.delete(currIndex)) return;
    lightbox.refreshSlideContent(currIndex);
  };
  lightbox.on('change', refresh);
  addEventListener('online', refresh);
  lightbox.on('destroy', () => removeEventListener('online', refresh));
  lightbox.on('change', () => options.onmove(lightbox.currIndex));
  lightbox.on('destroy', options.onclose);
  closeAlways(lightbox);
  lightbox.init();
  // The dialog is the viewer around it, which has a name.
  lightbox.element?.removeAttribute('role');
  return lightbox;
}

/** PhotoSwipe ignores a close while it is still opening: then it closes as soon as it has opened. */
function closeAlways(lightbox: PhotoSwipe): void {
  const close = lightbox.close.bind(lightbox);
  lightbox.close = () => {
    if (lightbox.opener.isOpen) close();
    else lightbox.on('openingAnimationEnd', close);
  };
}

/** Whether the image can show `url`; answers when it does or cannot. */
const shows = (image: HTMLImageElement, url: string): Promise<boolean> =>
  new Promise((resolve) => {
    image.addEventListener('load', () => resolve(true), { once: true });
    image.addEventListener('error', () => resolve(false), { once: true });
    image.src = url;
  });

const tileOf = (photo: Photo | undefined): HTMLElement | null =>
  photo ? document.querySelector(`.tile[data-photo="${photo.photoId}"]`) : null;

function slideOf(photo: Photo | undefined): SlideData {
  if (photo?.status !== 'ready') return { photo, type: 'html' };
  const scale = Math.min(1, VIEW_EDGE / Math.max(photo.width, photo.height));
  const thumb = tileOf(photo)?.querySelector('img');
  return {
    photo,
    type: 'image',
    width: Math.round(photo.width * scale),
    height: Math.round(photo.height * scale),
    thumbCropped: true,
    ...(thumb?.complete && thumb.src ? { msrc: thumb.src } : {}),
  };
}

/** A sentence in place of a picture. Text only: nothing here is ever read as HTML. */
function messageOf(sentence: string): HTMLDivElement {
  const box = document.createElement('div');
  box.className = 'viewer-message';
  box.textContent = sentence;
  return box;
}
