// Whether it is one of the minutes of the day in which a device wants to be left alone. Pure.
import type { Push } from '../../src/schema/social.ts';

const MINUTE_MS = 60_000;

export function isQuiet({ quietFrom, quietTo }: Pick<Push, 'quietFrom' | 'quietTo'>, now: number): boolean {
  if (quietFrom === undefined || quietTo === undefined) return false;
  const minute = Math.floor(now / MINUTE_MS) % 1440;
  // Over midnight where it ends before it begins.
  return quietFrom <= quietTo
    ? minute >= quietFrom && minute < quietTo
    : minute >= quietFrom || minute < quietTo;
}
