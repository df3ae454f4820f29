// What page and hash worker say to each other.
import type { PhotoId } from '../schema/ids.ts';

export interface HashRequest {
  job: number;
  /** Without it, the job is not wanted any more. */
  file?: File;
}
export type HashReply = { job: number; photoId: PhotoId } | { job: number; problem: string };
