// What the page of the library that is open shows, for those around it: the viewer walks through these photos.
import type { Cloud } from '../cloud/cloud.ts';
import type { Library } from '../library/library.svelte.ts';
import { listOf, type PhotoList } from '../library/list.ts';
import type { PhotoId } from '../schema/ids.ts';
import type { Notices } from '../ui/notices.svelte.ts';
import type { Route } from '../ui/route.svelte.ts';

export class Stage {
  #photos = $state.raw<PhotoList>(listOf([]));

  get photos(): PhotoList {
    return this.#photos;
  }

  /** Called by the page that is open whenever its list becomes another. */
  show(photos: PhotoList): void {
    this.#photos = photos;
  }
}

/** What every page of the library is given. */
export interface PageProps {
  library: Library;
  cloud: Cloud;
  route: Route;
  notices: Notices;
  stage: Stage;
  /** Shows a photo large, among those on the stage. */
  onopen: (photoId: PhotoId) => void;
}

/** What every page of the library can be asked for. */
export interface PageExports {
  /** Brings a photo into sight and gives it the focus; does nothing when it is not here. */
  reveal: (photoId: PhotoId) => void;
}
