// What the pages of days say: on this day, and recently added.
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const full = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', timeZone: 'UTC' });

export const words = {
  onThisDay: {
    title: 'On this day',
    note: (day: Date) => dayAndMonth.format(day),
    /** `last year`, `3 years ago`, with a capital. */
    years: (n: number) => {
      const text = relative.format(-n, 'year');
      return text.charAt(0).toLocaleUpperCase() + text.slice(1);
    },
    day: (day: Date) => full.format(day),
    emptyTitle: 'Nothing on this day, yet.',
    empty: 'Photos you took on this date in earlier years show up here. Come back tomorrow for another day.',
    back: 'Back to all photos',
  },
  recent: {
    title: 'Recently added',
    note: 'By the day they were uploaded, the latest first.',
    emptyTitle: 'Nothing added yet.',
    empty: 'What you upload is found here, the latest first, whenever it was taken.',
    back: 'Back to all photos',
  },
} as const;
