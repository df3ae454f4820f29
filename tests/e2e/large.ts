// A large library that is there from the start: Ada's, of made-up photos, as `npm run seed` makes it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { IdentityId } from '../../src/schema/ids.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { signIn } from '../bench/visit.ts';
import { seed } from '../bench/seeding.ts';
import { expect, startWith, test as base } from './shoebox.ts';

export const PHOTOS = 10_000;
const ANYBODY = 'eu-central-1:11111111-2222-3333-4444-555555555555' as IdentityId;
/** In so many months, as anybody's made-up photos. */
const MONTHS = new Set(Array.from(madeUpPhotos(ANYBODY, PHOTOS), ({ takenAt }) => takenAt.slice(0, 7))).size;

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
    await expect(page.getByRole('slider', { name: 'Date' })).toHaveAttribute(
      'aria-valuemax',
      String(MONTHS - 1),
    );
    await use(page);
  },
});
