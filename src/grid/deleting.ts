// The way to what deletes photos for good, for those inside the frame: fetched when it is needed.
import { createContext } from 'svelte';
import type { Disposal } from '../library/disposal.svelte.ts';

export const [deletingOf, setDeleting] = createContext<() => Promise<Disposal>>();
