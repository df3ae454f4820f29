// A large library that is there from the start: Ada's, of made-up photos, as `npm run seed` makes it.
import type { Page } from '@playwright/test';
import type { IdentityId } from '../../src/schema/ids.ts';
import { madeUpPhotos } from '../bench/made-up.ts';
import { signIn } from '../bench/visit.ts';
import { seed } from '../bench/seeding.ts';
import { expect, test as base, withCloud } from './shoebox.ts';

export const PHOTOS = 10_000;
const ANYBODY = 'eu-central-1:11111111-2222-3333-4444-555555555555' as IdentityId;
/** In so many months, as anybody's made-up photos. */
const MONTHS = new Set(Array.from(madeUpPhotos(ANYBODY, PHOTOS), ({ takenAt }) => takenAt.slice(0, 7))).size;

/** Each worker has a library of its own; a story leaves it as it was. */
export const test = base.extend<{ ada: Page }>({
  cloud: [
    // oxlint-disable-next-line no-empty-pattern
    ({}, use) => withCloud(use, { processor: false }, (directory) => seed(directory, PHOTOS)),
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
