// What goes on behind the settings, whatever page is open: one of each for as long as somebody is signed in.
import type { Cloud } from '../cloud/cloud.ts';
import type { Library } from '../library/library.svelte.ts';
import { OriginalsCheck } from './check.svelte.ts';
import { Healing } from './healing.svelte.ts';
import { Keeper } from './keeper.svelte.ts';
import { Rebuilding } from './rebuilding.svelte.ts';

export class Upkeep {
  readonly keeper: Keeper;
  readonly check: OriginalsCheck;
  readonly healing: Healing;
  readonly rebuilding: Rebuilding;

  constructor(library: Library, cloud: Cloud, closing: AbortSignal) {
    this.keeper = new Keeper(library, cloud, closing);
    this.check = new OriginalsCheck(library, cloud, closing);
    this.healing = new Healing(library, cloud, this.check, closing);
    this.rebuilding = new Rebuilding(library, cloud, closing);
  }

  /** What earlier visits have left: thumbnails to be fetched, a check to be gone on with. */
  async start(): Promise<void> {
    await Promise.all([this.keeper.start(), this.check.open()]);
    // An installed app is asked for no storage by anybody, and must not lose it.
    if (this.keeper.persisted === false && matchMedia('(display-mode: standalone)').matches)
      await this.keeper.persist();
  }
}
