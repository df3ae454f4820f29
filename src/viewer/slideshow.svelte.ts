// A slideshow under way: which photo is shown, what comes next, and when. What cannot be loaded is passed over.
import type { Cloud } from '../cloud/cloud.ts';
import type { PhotoList } from '../library/list.ts';
import { hasRenditions, isVideo, type Photo } from '../schema/photo.ts';
import { placeAfter, reelOf } from './reel.ts';

export const PACES = [3, 5, 10] as const;
export type Pace = (typeof PACES)[number];

export interface Slide {
  index: number;
  photo: Photo;
  url: string;
  video: boolean;
}

export type SlideSource = Pick<Cloud, 'renditionUrl' | 'anotherRenditionUrl' | 'playUrl'>;

/** Loads a picture so that it is there when it is shown; false when it cannot be. */
export async function loads(url: string): Promise<boolean> {
  const image = new Image();
  image.crossOrigin = 'anonymous';
  image.src = url;
  try {
    await image.decode();
    return true;
  } catch {
    // EncodingError: not there, or no picture.
    return false;
  }
}

export class Slideshow {
  readonly #photos: PhotoList;
  readonly #source: SlideSource;
  readonly #loads: (url: string) => Promise<boolean>;
  #reel: Uint32Array;
  #at = 0;
  #slide = $state.raw<Slide>();
  #playing = $state(true);
  #pace = $state<Pace>(5);
  #shuffled = $state(false);
  #loop = $state(false);
  #nothing = $state(false);
  /** Grows with each step: a picture that comes too late for its own is not shown. */
  #step = 0;
  /** Photos in a row that could not be shown. */
  #failed = 0;
  #ahead: { index: number; slide: Promise<Slide | undefined> } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(photos: PhotoList, source: SlideSource, first: number, loadsPicture = loads) {
    this.#photos = photos;
    this.#source = source;
    this.#loads = loadsPicture;
    this.#reel = reelOf(photos.length, { shuffled: false, first });
    this.#at = first;
    void this.#show(first, 1);
  }

  get slide(): Slide | undefined {
    return this.#slide;
  }
  get playing(): boolean {
    return this.#playing;
  }
  get pace(): Pace {
    return this.#pace;
  }
  get shuffled(): boolean {
    return this.#shuffled;
  }
  get loop(): boolean {
    return this.#loop;
  }
  /** No photo of the list can be shown. */
  get nothing(): boolean {
    return this.#nothing;
  }

  go(by: 1 | -1): void {
    this.#failed = 0;
    this.#nothing = false;
    this.#move(by);
  }

  /** The video that is shown has come to its end. */
  ended(): void {
    if (this.#playing) this.#move(1);
  }

  /** The video that is shown cannot be played. */
  broken(): void {
    this.#fail(this.#at, 1);
  }

  toggle(): void {
    this.#playing = !this.#playing;
    this.#wait();
  }

  setPace(pace: Pace): void {
    this.#pace = pace;
    this.#wait();
  }

  setLoop(loop: boolean): void {
    this.#loop = loop;
    this.#look();
  }

  setShuffled(shuffled: boolean): void {
    const index = this.#reel[this.#at] ?? 0;
    this.#shuffled = shuffled;
    this.#reel = reelOf(this.#photos.length, { shuffled, first: index });
    this.#at = this.#reel.indexOf(index);
    this.#look();
  }

  close(): void {
    this.#step++;
    clearTimeout(this.#timer);
  }

  #move(by: 1 | -1): void {
    const to = placeAfter(this.#at, by, this.#reel.length, this.#loop);
    if (to === undefined) {
      this.#step++;
      clearTimeout(this.#timer);
      this.#playing = false;
    } else void this.#show(to, by);
  }

  async #show(at: number, by: 1 | -1): Promise<void> {
    const step = ++this.#step;
    clearTimeout(this.#timer);
    const index = this.#reel[at] ?? -1;
    const slide = await (this.#ahead?.index === index ? this.#ahead.slide : this.#load(index));
    if (step !== this.#step) return;
    if (!slide) {
      this.#fail(at, by);
      return;
    }
    this.#at = at;
    this.#slide = slide;
    // Of a video it is not known yet.
    if (!slide.video) this.#failed = 0;
    this.#nothing = false;
    this.#look();
    this.#wait();
  }

  /** A video plays: there is something to show. */
  plays(): void {
    this.#failed = 0;
  }

  #fail(at: number, by: 1 | -1): void {
    const to = placeAfter(at, by, this.#reel.length, this.#loop || this.#slide === undefined);
    if (++this.#failed >= this.#reel.length) {
      this.#playing = false;
      this.#nothing = true;
    } else if (to === undefined) this.#playing = false;
    else void this.#show(to, by);
  }

  /** Loads what comes next. */
  #look(): void {
    const next = placeAfter(this.#at, 1, this.#reel.length, this.#loop);
    const index = next === undefined ? undefined : this.#reel[next];
    if (index === undefined || this.#ahead?.index === index) return;
    this.#ahead = { index, slide: this.#load(index) };
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (!this.#playing || !this.#slide || this.#slide.video) return;
    this.#timer = setTimeout(() => this.#move(1), this.#pace * 1000);
  }

  /** Undefined for what cannot be shown now. Offline the thumbnail, which this device may have kept, is better than nothing. */
  async #load(index: number): Promise<Slide | undefined> {
    const photo = this.#photos.at(index);
    if (photo?.status !== 'ready') return undefined;
    try {
      if (isVideo(photo)) return { index, photo, url: await this.#source.playUrl(photo), video: true };
      if (!hasRenditions(photo)) return undefined;
      let view: string | undefined;
      for (const rendition of ['view', 'thumb'] as const) {
        const url = await this.#source.renditionUrl(photo.photoId, rendition);
        if (await this.#loads(url)) return { index, photo, url, video: false };
        view ??= url;
      }
      // By another way, or with other credentials.
      const another = await this.#source.anotherRenditionUrl(view ?? '', photo.photoId, 'view');
      if (another !== view && (await this.#loads(another)))
        return { index, photo, url: another, video: false };
    } catch (error) {
      // Signed out, or offline without credentials: as good as not there.
      console.warn(error);
    }
    return undefined;
  }
}
