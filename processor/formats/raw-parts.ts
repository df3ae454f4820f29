// What the structure of a raw photo leads to, whoever made it.
import type { Size } from './format.ts';

/** Where in the file a JPEG may be. */
export interface Place {
  at: number;
  length: number;
}

/** What a raw photo is made of, as far as its structure tells. */
export interface RawParts {
  places: readonly Place[];
  documents: readonly Buffer[];
  /** Whether the preview may know what the raw photo's own tags do not. */
  previewTells?: boolean;
  orientation?: number;
  /** As the camera means it to be seen, but for the orientation. */
  size?: Size;
  /** Whether all there is has been found: a search could only come upon parts of a picture. */
  complete?: boolean;
}
