// Quiet hours on the wall's clock and on the notifier's, and what a notification says.
import { assert as holds, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { shownQuiet, storedQuiet } from '../../src/settings/quiet.ts';
import { notification } from '../../src/ui/words/telling.ts';

/** As `getTimezoneOffset` gives them. */
const [NEW_YORK, BERLIN, KOLKATA] = [300, -60, -330];

test('quiet hours are kept in UTC, also over midnight and half hours', () => {
  const night = { from: '22:00', to: '07:00' };
  expect(storedQuiet(night, BERLIN)).toEqual({ quietFrom: 21 * 60, quietTo: 6 * 60 });
  expect(storedQuiet(night, NEW_YORK)).toEqual({ quietFrom: 3 * 60, quietTo: 12 * 60 });
  expect(storedQuiet(night, KOLKATA)).toEqual({ quietFrom: 16 * 60 + 30, quietTo: 90 });
});

test('in every time zone what was set is shown', () => {
  holds(
    property(
      integer({ min: 0, max: 1439 }),
      integer({ min: 0, max: 1439 }),
      integer({ min: -840, max: 720 }),
      (from, to, offset) => {
        const shown = shownQuiet({ quietFrom: from, quietTo: to }, offset);
        expect(storedQuiet(shown, offset)).toEqual({ quietFrom: from, quietTo: to });
      },
    ),
  );
});

test('without two times there are no quiet hours', () => {
  expect(shownQuiet({}, BERLIN)).toBeUndefined();
  for (const quiet of [
    undefined,
    { from: '', to: '07:00' },
    { from: '25:00', to: '07:00' },
    { from: '7:00', to: '8:00' },
  ]) {
    expect(storedQuiet(quiet, BERLIN)).toEqual({ quietFrom: null, quietTo: null });
  }
});

test('a notification says who did what, with or without their names', () => {
  expect(notification(34, 'Ada', 'Lisbon')).toEqual({ title: 'Ada', body: 'added 34 photos to “Lisbon”' });
  expect(notification(1)).toEqual({ title: 'A friend', body: 'added 1 photo' });
});
