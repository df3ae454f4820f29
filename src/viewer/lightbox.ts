// PhotoSwipe, told where our pictures come from: view renditions signed on demand, opening out of their place in the grid.
import PhotoSwipe, { type SlideData } from 'photoswipe';
import 'photoswipe/style.css';
import type { Cloud } from '../cloud/cloud.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import { words } from '../ui/words/viewer.ts';

/** The `view` rendition's longest edge, px. */
const VIEW_EDGE = 2000;

export interface LightboxOptions {
  host: HTMLElement;
  photos: readonly Photo[];
  index: number;
  cloud: Pick<Cloud, 'renditionUrl' | 'anotherRenditionUrl'>;
  /** Px kept free at the right, for the info panel. */
  panelWidth: () => number;
  onmove: (index: number) => void;
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
  lightbox.addFilter('itemData', (_data, index) => slideOf(photos[index]));
  lightbox.addFilter('thumbEl', (_thumb, data) => tileOf(data['photo'] as Photo | undefined) as HTMLElement);

  lightbox.on('contentLoad', (event) => {
    const { content } = event;
    if ((content.data['photo'] as Photo).status === 'ready') return;
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
    load(image, photo.photoId).then(
      () => content.onLoaded(),
      () => content.onError(),
    );
  });
  /** The first address may be signed with what is no longer taken; there is one more try. */
  async function load(image: HTMLImageElement, photoId: PhotoId): Promise<void> {
    const url = await options.cloud.renditionUrl(photoId, 'view');
    try {
      await shown(image, url);
    } catch {
      await shown(image, await options.cloud.anotherRenditionUrl(url, photoId, 'view'));
    }
  }
  /** What could not be fetched is tried again when one comes back to it, and when the connection does. */
  const refresh = () => {
    if (lightbox.currSlide?.content.isError()) lightbox.refreshSlideContent(lightbox.currIndex);
  };
  lightbox.on('change', refresh);
  addEventListener('online', refresh);
  lightbox.on('destroy', () => removeEventListener('online', refresh));
  lightbox.addFilter('contentErrorElement', () => messageOf(words.viewer.notReached));
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

/** Resolves when the image shows `url`, rejects when it cannot. */
const shown = (image: HTMLImageElement, url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    image.addEventListener('load', () => resolve(), { once: true });
    image.addEventListener('error', () => reject(new Error('the picture could not be fetched')), {
      once: true,
    });
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
