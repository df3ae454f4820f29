// What clocks said somewhere at some moment: Google tells only the moment.
import { zoneAhead, type Zone } from '../library/dates.ts';
import type { Gps } from '../schema/photo.ts';
import type { Instant } from '../schema/time.ts';

/** What clocks there were ahead of UTC; without a place, those of the person's home. */
export type Clocks = (at: Instant, gps?: Gps) => Zone;

/** The clocks of the whole world: 70 kB, to be had when somebody needs them. */
export async function worldClocks(home = Intl.DateTimeFormat().resolvedOptions().timeZone): Promise<Clocks> {
  const { default: zoneAt } = await import('@photostructure/tz-lookup');
  return (at, gps) => {
    const zone = gps && zoneAt(gps.latitude, gps.longitude);
    // At sea clocks are a captain's affair.
    return aheadIn(zone === undefined || zone.startsWith('Etc/') ? home : zone, at);
  };
}

/** Where clocks went by the sun, with seconds in their offset, it is UTC's. */
function aheadIn(timeZone: string, at: Instant): Zone {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(Date.parse(at)).find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours = '0', minutes = '0'] = /^GMT([+-])(\d\d):(\d\d)$/.exec(name ?? '') ?? [];
  return zoneAhead((Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1));
}
