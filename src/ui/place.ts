// Places as people write them. Pure.

const names = new Intl.DisplayNames(undefined, { type: 'region' });

/** `Munich, Bavaria, Germany`, the country in the person's language. */
export function fullPlaceOf({
  city,
  region,
  country,
}: {
  city?: string;
  region?: string;
  country: string;
}): string {
  // Of a city that is a state, or a state that is a country, one name is enough.
  return [...new Set([city, region, names.of(country)])].filter(Boolean).join(', ');
}

/** `48.13700, 11.57500`. */
export const coordinatesOf = ({ latitude, longitude }: { latitude: number; longitude: number }): string =>
  `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;

const NUMBER = String.raw`([-−]?\d{1,3}(?:\.\d+)?)\s*°?`;
const COORDINATES = new RegExp(`^\\s*${NUMBER}\\s*([NS])?[\\s,;]+${NUMBER}\\s*([EWO])?\\s*$`, 'i');

/** Coordinates as people type and paste them: `48.137, 11.575`, `48.137° N 11.575° W`. Undefined for what is none. */
export function coordinatesIn(text: string): { latitude: number; longitude: number } | undefined {
  const [, y = '', south = '', x = '', west = ''] = COORDINATES.exec(text) ?? [];
  if (y === '' || x === '') return undefined;
  const degrees = (number: string, negative: boolean): number =>
    Number(number.replace('−', '-')) * (negative ? -1 : 1);
  const latitude = degrees(y, /s/i.test(south));
  const longitude = degrees(x, /w/i.test(west));
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}
