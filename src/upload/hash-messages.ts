// What page and hash worker say to each other.
import type { PhotoId } from '../schema/ids.ts';

export interface HashRequest {
  job: number;
  file: File;
}
export type HashReply = { job: number; photoId: PhotoId } | { job: number; problem: string };
