// Dates as they are typed into a filter: a year, a month or a day, and the seconds on the wall clock they span. Pure.

const DATE = /^(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?$/;

/** From the first second to before the second; undefined for what is no date, like February 30. */
export function dateSpan(text: string): { from: number; to: number } | undefined {
  const found = DATE.exec(text);
  if (!found) return undefined;
  const year = Number(found[1]);
  const month = found[2] === undefined ? undefined : Number(found[2]);
  const day = found[3] === undefined ? undefined : Number(found[3]);
  const from = secondsAt(year, month ?? 1, day ?? 1);
  const date = new Date(from * 1000);
  if (date.getUTCMonth() + 1 !== (month ?? 1) || date.getUTCDate() !== (day ?? 1)) return undefined;
  if (day !== undefined) return { from, to: from + 86_400 };
  return { from, to: month === undefined ? secondsAt(year + 1, 1, 1) : secondsAt(year, month + 1, 1) };
}

/** Not by Date.UTC alone: it takes the year 19 for 1919. */
function secondsAt(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 1000;
}
