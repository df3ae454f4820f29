// The slides for which there is no picture: a video, which plays in its place, and a photo that cannot be shown, which says why.
import { mount, unmount } from 'svelte';
import type PhotoSwipe from 'photoswipe';
import type { Cloud } from '../cloud/cloud.ts';
import { isVideo, type Photo } from '../schema/photo.ts';
import { whyNotShown } from '../ui/words/problems.ts';
import Instead from './Instead.svelte';
import Video from './Video.svelte';

/** At the lower edge of a video: its bar of controls and a little more, px. */
const PLAYER_CONTROLS = 80;

export interface StageOptions {
  cloud: Pick<Cloud, 'playUrl' | 'originalUrl'>;
  ondownload: () => void;
}

export interface Stage {
  element: HTMLElement;
  /** It is the slide one looks at. Until then nothing in it can have the focus, and no video loads. */
  enter: () => void;
  leave: () => void;
  /** Lets go of it for good. */
  close: () => void;
}

export function stageOf(photo: Photo, { cloud, ondownload }: StageOptions): Stage {
  const element = document.createElement('div');
  element.className = 'viewer-stage';
  element.inert = true;
  const video = isVideo(photo) && photo.status === 'ready';
  let drawn: object | undefined;
  const draw = () => {
    drawn ??= video
      ? mount(Video, { target: element, props: { photo, cloud, ondownload } })
      : mount(Instead, {
          target: element,
          props: { icon: 'file', text: whyNotShown(photo.failure), ondownload },
        });
  };
  const close = () => {
    if (drawn) void unmount(drawn);
    drawn = undefined;
  };
  if (!video) draw();
  return {
    element,
    enter: () => {
      element.inert = false;
      draw();
    },
    leave: () => {
      element.inert = true;
      if (video) close();
    },
    close,
  };
}

/** Controls of a player are dragged, and steered by keys, themselves: PhotoSwipe keeps its hands off. */
export function letPlayerBeUsed(lightbox: PhotoSwipe): void {
  let clicked = false;
  lightbox.on('pointerDown', (event) => {
    const { target, pointerType, clientY } = event.originalEvent as PointerEvent;
    if (!(target instanceof HTMLVideoElement)) return;
    clicked = true;
    // A finger can still swipe over the picture itself.
    const overControls = target.getBoundingClientRect().bottom - clientY < PLAYER_CONTROLS;
    if (pointerType === 'mouse' || overControls) event.preventDefault();
  });
  lightbox.on('keydown', (event) => {
    const { target, key } = event.originalEvent;
    if (key === 'Tab') clicked = false;
    // Who tabbed to the player steers it by the arrows; who only clicked there goes on walking with them.
    const steers = target instanceof HTMLVideoElement && !clicked;
    if (steers && key.startsWith('Arrow')) event.preventDefault();
  });
}
