// Photos shown large, one after the other: which one, what stands beside it, whether the controls over it rest, and whether it plays by itself.
import { tick } from 'svelte';
import type PhotoSwipe from 'photoswipe';
import type { PhotoList } from '../library/list.ts';
import type { PhotoId } from '../schema/ids.ts';
import { openLightbox, type LightboxOptions } from './lightbox.ts';
import type { SlideSource } from './slideshow.svelte.ts';

const IDLE_MS = 3000;
/** What stands beside a photo is this wide; on a narrow screen it stands over it. */
const PANEL_PX = 360;
const NARROW_PX = 900;

export type Panel = 'info' | 'keys';

export interface ViewingOptions {
  /** As it is when the viewer opens: a photo that leaves the page stays in reach until the viewer closes. */
  photos: PhotoList;
  first: PhotoId;
  source: LightboxOptions['cloud'] & SlideSource;
  /** Whether it begins with a slideshow. */
  plays: boolean;
  onmove?: (photoId: PhotoId) => void;
  ondownload?: () => void;
  onclose: (photoId: PhotoId) => void;
}

export class Viewing {
  readonly photos: PhotoList;
  readonly source: ViewingOptions['source'];
  readonly #options: ViewingOptions;
  #dialog: HTMLElement | undefined;
  #lightbox: PhotoSwipe | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Where the address was last. */
  #followed: PhotoId;
  #current: PhotoId;
  #panel = $state<Panel>();
  #idle = $state(false);
  #playing = $state(false);
  #lacking = $state.raw<ReadonlySet<number>>(new Set());
  readonly #index = $derived.by(() => this.photos.indexOf(this.#current));

  constructor(options: ViewingOptions) {
    this.#options = options;
    this.photos = options.photos;
    this.source = options.source;
    this.#followed = options.first;
    this.#current = $state(options.first);
    this.#playing = options.plays;
  }

  /** The photo one looks at. */
  get current(): PhotoId {
    return this.#current;
  }
  get index(): number {
    return this.#index;
  }
  /** Whether there is no picture of it to show. */
  get lacks(): boolean {
    return this.#lacking.has(this.#index);
  }
  get panel(): Panel | undefined {
    return this.#panel;
  }
  /** Whether nothing has moved for a while. */
  get idle(): boolean {
    return this.#idle;
  }
  get playing(): boolean {
    return this.#playing;
  }

  /** Shows the photo in `host`, which is in `dialog`; gives what closes it. */
  open(dialog: HTMLElement, host: HTMLElement): () => void {
    const { onmove, ondownload = () => {}, onclose } = this.#options;
    this.#dialog = dialog;
    dialog.focus();
    document.documentElement.classList.add('viewing');
    this.#lightbox = openLightbox({
      host,
      photos: this.photos,
      index: Math.max(0, this.#index),
      cloud: this.source,
      panelWidth: () => (this.#panel && innerWidth > NARROW_PX ? PANEL_PX : 0),
      onmove: (index) => {
        const moved = this.photos.idAt(index);
        if (!moved || moved === this.#current) return;
        this.#current = moved;
        onmove?.(moved);
      },
      ondownload,
      onlack: (indexes) => (this.#lacking = indexes),
      onclose: () => {
        // Closed from outside (Back): that has been told already, and by now another viewer may be open.
        if (!this.#lightbox) return;
        this.#lightbox = undefined;
        onclose(this.#current);
      },
    });
    this.wake();
    return () => {
      clearTimeout(this.#timer);
      document.documentElement.classList.remove('viewing');
      const open = this.#lightbox;
      if (!open) return;
      this.#lightbox = undefined;
      open.destroy();
      onclose(this.#current);
    };
  }

  /** The address moved (Back, Forward). */
  follow(photoId: PhotoId): void {
    if (photoId === this.#followed) return;
    this.#followed = photoId;
    const index = this.photos.indexOf(photoId);
    if (photoId !== this.#current && index >= 0) this.#lightbox?.goTo(index);
  }

  close(): void {
    this.#lightbox?.close();
  }

  next(): void {
    this.#lightbox?.next();
  }

  /** Goes on; of the last photo, back. The only one is closed. */
  makeRoom(): void {
    if (this.photos.length === 1) this.close();
    else if (this.#index < this.photos.length - 1) this.next();
    else this.#lightbox?.prev();
  }

  /** The one that one looks at, if it is one. */
  get video(): HTMLVideoElement | null {
    return this.#dialog?.querySelector('video') ?? null;
  }

  /** Something moved. */
  wake(): void {
    this.#idle = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#idle = this.#panel === undefined && !this.#dialog?.querySelector('.bar :focus-visible');
    }, IDLE_MS);
  }

  async toggle(which: Panel): Promise<void> {
    this.#panel = this.#panel === which ? undefined : which;
    await tick();
    this.#lightbox?.updateSize(true);
    this.keepFocus();
  }

  /** A button that goes takes the focus with it, and the keys would go nowhere. */
  keepFocus(): void {
    if (!this.#dialog?.contains(document.activeElement)) this.#dialog?.focus();
  }

  async play(): Promise<void> {
    if (this.#panel) await this.toggle(this.#panel);
    this.video?.pause();
    this.#playing = true;
  }

  /** The slideshow is over; the viewer stays on the photo that was shown last. */
  async played(index: number): Promise<void> {
    this.#playing = false;
    await tick();
    if (index !== this.#lightbox?.currIndex) this.#lightbox?.goTo(index);
    this.#dialog?.focus();
  }
}
