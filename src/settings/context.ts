// How the settings page gets at what goes on behind it. Light: the frame is there before any of it.
import { createContext } from 'svelte';
import type { Upkeep } from './upkeep.svelte.ts';

export const [upkeepOf, setUpkeep] = createContext<() => Promise<Upkeep>>();
