// A large library that is there from the start: Ada's, of made-up photos, as `npm run seed` makes it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { signIn } from '../bench/visit.ts';
import { seed } from '../bench/seeding.ts';
import { expect, startWith, test as base } from './shoebox.ts';

export const PHOTOS = 10_000;

/** Each worker has a library of its own; a story leaves it as it was. */
export const test = base.extend<{ ada: Page }>({
  cloud: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const directory = await mkdtemp(join(tmpdir(), 'shoebox-large-'));
      await seed(directory, PHOTOS);
      const cloud = await startWith({ directory, processor: false });
      await use(cloud);
      await cloud.close();
      await rm(directory, { recursive: true });
    },
    { scope: 'worker' },
  ],
  /** The page, with all of her photos. */
  ada: async ({ page }, use) => {
    await signIn(page);
    await expect(page.locator('main .tile').first()).toBeVisible();
    await use(page);
  },
});
