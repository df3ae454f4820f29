// How long a video is: as on a clock, and in words. Pure.

/** Whole seconds of a video; one that is not empty has at least one. */
const secondsOf = (seconds: number): number => Math.max(1, Math.round(seconds));

/** `0:42`, `12:05`, `1:02:03`. */
export function clockOf(seconds: number): string {
  const all = secondsOf(seconds);
  const parts = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const text = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return text.replace(/^(?:00:0?|0)/, '');
}

const UNITS = ['hour', 'minute', 'second'] as const;

/** `42 seconds`, `1 minute, 5 seconds`, in the person's language. */
export function durationOf(seconds: number): string {
  const all = secondsOf(seconds);
  const values = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return UNITS.map((unit, i) => ({ unit, value: values[i] ?? 0 }))
    .filter(({ value }) => value > 0)
    .map(({ unit, value }) =>
      new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay: 'long' }).format(value),
    )
    .join(', ');
}
