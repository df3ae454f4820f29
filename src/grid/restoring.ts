// The way to what has originals restored from cold storage, for those inside the frame: fetched when it is needed.
import { createContext } from 'svelte';
import type { PhotoId } from '../schema/ids.ts';

/** Originals that somebody wants and cannot have yet. */
export interface ToRestore {
  photoIds: readonly PhotoId[];
  /** So many others can be had at once, by this. */
  others?: { count: number; run: () => void };
}

/** Opens what asks whether they are to be restored. */
export type AskToRestore = (what: ToRestore) => void;

export const [askToRestoreOf, setAskToRestore] = createContext<AskToRestore>();
