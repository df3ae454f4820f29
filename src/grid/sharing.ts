// How components get at albums, friends and shares. Light: the frame is there before any of it.
import { createContext } from 'svelte';
import type { Shares } from '../cloud/shares.ts';
import type { Publisher } from '../library/publisher.svelte.ts';
import type { Social } from '../library/social.svelte.ts';
import type { PhotoId, RandomId } from '../schema/ids.ts';

export const [socialOf, setSocial] = createContext<() => Promise<Social>>();

/** What sharing with friends needs. */
export interface Sharing {
  social: Social;
  publisher: Publisher;
  shares: Shares;
  /** Adds files to the library. */
  upload: (files: readonly File[]) => Promise<void>;
}

/** What somebody wants to share; nothing named is everything from now on. */
export interface ToShare {
  photoIds?: readonly PhotoId[];
  album?: RandomId;
}

export interface SharingAccess {
  ready: () => Promise<Sharing>;
  /** Opens what asks with whom. */
  share: (what: ToShare) => void;
  /** The server's time. */
  now: () => number;
}

export const [sharingOf, setSharing] = createContext<SharingAccess>();
