// What goes on behind the settings, whatever page is open: one of each for as long as somebody is signed in.
import type { Component } from 'svelte';
import type { Cloud } from '../cloud/cloud.ts';
import type { Library } from '../library/library.svelte.ts';
import type { Social } from '../library/social.svelte.ts';
import { OriginalsCheck } from './check.svelte.ts';
import { Healing } from './healing.svelte.ts';
import { Keeper } from './keeper.svelte.ts';
import { Rebuilding } from './rebuilding.svelte.ts';
import { Telling } from './telling.svelte.ts';

/** The export's card, of a room of its own, with what it shows. */
export interface ExportCard {
  Card: Component<{ exporting: unknown }>;
  exporting: unknown;
}

export class Upkeep {
  readonly keeper: Keeper;
  readonly check: OriginalsCheck;
  readonly healing: Healing;
  readonly rebuilding: Rebuilding;
  /** Rejects where the rows that it works on cannot be opened. */
  readonly telling: Promise<Telling>;
  /** Fetched when the settings are opened. */
  readonly exporting: () => Promise<ExportCard>;

  constructor(
    library: Library,
    cloud: Cloud,
    social: Promise<Social>,
    exporting: () => Promise<ExportCard>,
    closing: AbortSignal,
  ) {
    this.exporting = exporting;
    this.keeper = new Keeper(library, cloud, closing);
    this.check = new OriginalsCheck(library, cloud, closing);
    this.healing = new Healing(library, cloud, this.check, closing);
    this.rebuilding = new Rebuilding(library, cloud, closing);
    this.telling = social.then((rows) => new Telling(rows, cloud.config));
  }

  /** What earlier visits have left: thumbnails to be fetched, a check to be gone on with. */
  async start(): Promise<void> {
    // The settings are there without it.
    this.telling.then((telling) => telling.start()).catch(console.warn);
    await Promise.all([this.keeper.start(), this.check.open()]);
    // An installed app is asked for no storage by anybody, and must not lose it.
    if (this.keeper.persisted === false && matchMedia('(display-mode: standalone)').matches)
      await this.keeper.persist();
  }
}
