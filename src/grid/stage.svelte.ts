// What the page of the library that is open shows, for those around it: the viewer walks through these photos.
import { createContext, untrack, type Snippet } from 'svelte';
import type { Claims } from '../auth/record.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { Library } from '../library/library.svelte.ts';
import { listOf, type ColumnList, type PhotoList } from '../library/list.ts';
import type { Search } from '../library/search.svelte.ts';
import type { Social } from '../library/social.svelte.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Photo } from '../schema/photo.ts';
import type { Notices } from '../ui/notices.svelte.ts';
import type { Route } from '../ui/route.svelte.ts';
import type { Selection } from './selection.svelte.ts';

/** What selecting needs: fetched when somebody first reaches for a photo. */
interface Selecting {
  selection: Selection;
  surface: typeof import('./SelectSurface.svelte').default;
  check: typeof import('./SelectCheck.svelte').default;
}

/** Photos of somebody else, shown large by their own viewer: where their pictures come from, and what stands beside one. */
export interface Guests {
  photos: PhotoList;
  source: Pick<
    Cloud,
    'renditionUrl' | 'cachedRenditionUrl' | 'anotherRenditionUrl' | 'playUrl' | 'originalUrl'
  >;
  /** Given the photo, and what closes it. */
  beside: Snippet<[Photo, () => void]>;
}

/** Friends' photos that stand among one's own. */
export interface Company {
  /** One's own photos with theirs among them. */
  among: (own: ColumnList) => PhotoList;
  /** Where the pictures of all of them come from. */
  cloud: Pick<Cloud, 'renditionUrl' | 'cachedRenditionUrl' | 'anotherRenditionUrl'>;
  /** Whose it is, in words: `By Ada`; undefined for one's own. */
  by: (photo: Photo) => string | undefined;
  /** Drawn on each of theirs, whose it is; and whether there is little room. */
  mark: Snippet<[photo: Photo, tight: boolean]>;
  /** Theirs alone, as they are shown large. */
  guests: Guests;
}

export class Stage {
  #photos = $state.raw<PhotoList>(listOf([]));
  #own = $state.raw<PhotoList>(listOf([]));
  #company = $state.raw<Company>();
  #selecting = $state.raw<Selecting>();
  #guests = $state.raw<Guests>();
  #reached = false;
  #play = false;

  get photos(): PhotoList {
    return this.#photos;
  }

  /** Those of them that are one's own. */
  get own(): PhotoList {
    return this.#own;
  }

  /** Called by the page that is open whenever its list becomes another. */
  show(photos: PhotoList, own = photos): void {
    this.#photos = photos;
    this.#own = own;
    untrack(() => this.#selecting?.selection.follow(photos));
  }

  /** Undefined where photos are one's own. */
  get guests(): Guests | undefined {
    return this.#guests;
  }
  host(guests: Guests | undefined): void {
    this.#guests = guests;
  }

  /** Undefined while nobody's are wanted. */
  get company(): Company | undefined {
    return this.#company;
  }
  accompany(company: Company | undefined): void {
    this.#company = company;
  }

  /** Whoever shows this photo large, if it is somebody else's. */
  guestsFor(photoId: PhotoId | undefined): Guests | undefined {
    if (this.#guests) return this.#guests;
    const guests = this.#company?.guests;
    return photoId !== undefined && guests && guests.photos.indexOf(photoId) >= 0 ? guests : undefined;
  }

  /** The photo that is opened next begins a slideshow. */
  play(): void {
    this.#play = true;
  }
  plays(): boolean {
    const play = this.#play;
    this.#play = false;
    return play;
  }

  /** Undefined until somebody has reached for a photo. */
  get selecting(): Selecting | undefined {
    return this.#selecting;
  }

  /** Somebody reaches for a photo. */
  reach(): void {
    if (this.#reached) return;
    this.#reached = true;
    this.#load().catch((error: unknown) => {
      this.#reached = false;
      console.warn(error);
    });
  }

  async #load(): Promise<void> {
    const [{ Selection }, { default: surface }, { default: check }] = await Promise.all([
      import('./selection.svelte.ts'),
      import('./SelectSurface.svelte'),
      import('./SelectCheck.svelte'),
    ]);
    this.#selecting = { selection: new Selection(this.#photos), surface, check };
  }
}

/** The stage of the frame that a component is in. */
export const [stageOf, setStage] = createContext<Stage>();

/** What every page of the library is given. */
export interface PageProps {
  library: Library;
  cloud: Cloud;
  route: Route;
  notices: Notices;
  stage: Stage;
  /** What the sign-in service calls the person: the name, or the e-mail address. */
  called: string;
  /** Who is signed in. */
  claims: Claims;
  /** What searches the library; fetched when somebody is about to search. */
  search: () => Promise<Search>;
  /** Albums, friends and shares. */
  social: () => Promise<Social>;
  /** Shows a photo large, among those on the stage. */
  onopen: (photoId: PhotoId) => void;
}

/** What every page of the library can be asked for. */
export interface PageExports {
  /** Brings a photo into sight and gives it the focus; does nothing when it is not here. */
  reveal: (photoId: PhotoId) => void;
}
