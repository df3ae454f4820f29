// The page of a link, for the share bench: opened cold by somebody who has never been here, on an emulated phone with 4G.
import type { Page } from '@playwright/test';
import { firstVisit } from './first-visit.ts';
import { kilobytes, median } from './report.ts';
import { Scripts, scriptsOf } from './scripts.ts';
import type { Shown } from './screen.ts';

export interface LinkVisits extends Shown {
  /** JavaScript that was asked for until the screen was full: the most of all visits. */
  kB: number;
  scripts: string[];
}

const urlsUntil = (page: Page, { full }: Shown): Promise<string[]> =>
  page.evaluate(
    (until) =>
      performance
        .getEntriesByType('resource')
        .filter(({ startTime }) => startTime <= until)
        .map(({ name }) => name),
    full,
  );

/** Medians of so many visits. */
export async function linkVisits(url: string, dist: string, runs: number): Promise<LinkVisits> {
  const scripts = new Scripts(dist);
  const visits: Shown[] = [];
  let most = new Set<string>();
  for (let run = 0; run < runs; run++) {
    const visit = await firstVisit(url, undefined, async (page, times) => {
      const asked = scriptsOf(await urlsUntil(page, times));
      if (scripts.sizeOf(asked) > scripts.sizeOf(most)) most = asked;
    });
    visits.push(visit);
  }
  return {
    thumb: median(visits.map(({ thumb }) => thumb)),
    full: median(visits.map(({ full }) => full)),
    kB: kilobytes(scripts.sizeOf(most)),
    scripts: [...most],
  };
}
