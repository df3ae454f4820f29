// How components get at albums, friends and shares. Light: the frame is there before any of it.
import { createContext } from 'svelte';
import type { Social } from '../library/social.svelte.ts';

export const [socialOf, setSocial] = createContext<() => Promise<Social>>();
