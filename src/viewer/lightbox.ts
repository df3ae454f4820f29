// PhotoSwipe, told where our pictures come from: view renditions signed on demand, opening out of their place in the grid.
import PhotoSwipe, { type SlideData } from 'photoswipe';
import 'photoswipe/style.css';
import type { Cloud } from '../cloud/cloud.ts';
import type { PhotoList } from '../library/list.ts';
import type { PhotoId } from '../schema/ids.ts';
import { hasRenditions, type Photo } from '../schema/photo.ts';
import { words } from '../ui/words/viewer.ts';
import { move, moves } from './moving.ts';
import { letPlayerBeUsed, stageOf, type Stage } from './stage.ts';

/** The `view` rendition's longest edge, px. */
const VIEW_EDGE = 2000;

type Content = NonNullable<PhotoSwipe['currSlide']>['content'];

export interface LightboxOptions {
  host: HTMLElement;
  photos: PhotoList;
  index: number;
  cloud: Pick<Cloud, 'renditionUrl' | 'anotherRenditionUrl' | 'playUrl' | 'originalUrl'>;
  ondownload: () => void;
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

  /** Of the slides without a picture. */
  const stages = new Map<Content, Stage>();
  lightbox.on('contentLoad', (event) => {
    const { content } = event;
    const photo = content.data['photo'] as Photo | undefined;
    if (!photo || hasRenditions(photo)) return;
    event.preventDefault();
    const stage = stageOf(photo, options);
    stages.set(content, stage);
    content.element = stage.element as HTMLDivElement;
    content.state = 'loaded';
  });
  lightbox.on('contentActivate', ({ content }) => stages.get(content)?.enter());
  lightbox.on('contentDeactivate', ({ content }) => stages.get(content)?.leave());
  lightbox.on('contentDestroy', ({ content }) => {
    stages.get(content)?.close();
    stages.delete(content);
  });
  // Before the closing animation, which would be heard.
  lightbox.on('close', () => options.host.querySelector('video')?.pause());
  letPlayerBeUsed(lightbox);
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
      if (found === 'view') stills.add(image);
      if (content.slide?.isActive) begin(content);
    });
  });
  /** Images that show their view, and those that move in its place, with what stops them. */
  const stills = new WeakSet<Element>();
  const moving = new Map<Content, AbortController>();
  const begin = (content: Content): void => {
    const { element } = content;
    const photo = content.data['photo'] as Photo;
    if (!element || !stills.has(element) || moving.has(content) || !moves(photo, still)) return;
    const controller = new AbortController();
    moving.set(content, controller);
    void move(element as HTMLImageElement, photo, options.cloud, controller.signal);
  };
  const halt = ({ content }: { content: Content }): void => {
    moving.get(content)?.abort();
    moving.delete(content);
  };
  lightbox.on('contentActivate', ({ content }) => begin(content));
  lightbox.on('contentDeactivate', halt);
  lightbox.on('contentDestroy', halt);
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
  if (!photo || !hasRenditions(photo)) return { photo, type: 'html' };
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
