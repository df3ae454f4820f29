// What the page and the worker that makes search indexes say to each other.
import type { IdentityId } from '../schema/ids.ts';
import type { Index } from './search-index.ts';

export interface IndexRequest {
  owner: IdentityId;
  letter: number;
  head: ArrayBuffer;
  rest: ArrayBufferLike;
}
export type IndexReply = { index: Index } | { problem: string };
