// Quiet hours: people set them by the clock on their wall, the notifier knows minutes of the day in UTC. Pure.
import type { Push } from '../schema/social.ts';

/** As time fields have them: `22:00`. */
export interface Quiet {
  from: string;
  to: string;
}

const DAY = 1440;

const minutesOf = (time: string): number | undefined => {
  const [, hours = '', minutes = ''] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  return hours === '' ? undefined : Number(hours) * 60 + Number(minutes);
};
const timeOf = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
const around = (minutes: number): number => ((minutes % DAY) + DAY) % DAY;

/** `offset` as `getTimezoneOffset` gives it: minutes from the wall's clock to UTC. */
export function shownQuiet(
  { quietFrom, quietTo }: Pick<Push, 'quietFrom' | 'quietTo'>,
  offset: number,
): Quiet | undefined {
  if (quietFrom === undefined || quietTo === undefined) return undefined;
  return { from: timeOf(around(quietFrom - offset)), to: timeOf(around(quietTo - offset)) };
}

/** What to store; none where either time is none. */
export function storedQuiet(quiet: Quiet | undefined, offset: number) {
  const [from, to] = [quiet?.from, quiet?.to].map((time) => minutesOf(time ?? ''));
  return from === undefined || to === undefined
    ? { quietFrom: null, quietTo: null }
    : { quietFrom: around(from + offset), quietTo: around(to + offset) };
}
