// What the timeline and its frame say.
import { count } from './count.ts';

export const words = {
  nav: {
    brand: 'Shoebox',
    label: 'Library',
    photos: 'Photos',
    favorites: 'Favorites',
    trash: 'Trash',
    skip: 'Skip to photos',
  },
  offline: {
    short: 'Offline',
    note: 'You are offline. You see what this device has kept; changes and uploads wait for the connection.',
  },
  timeline: {
    label: 'Photos by date',
    loading: 'Fetching your photos …',
    emptyTitle: 'Your shoebox is empty.',
    empty: 'Drop photos or whole folders anywhere on this page. Originals are kept as they are.',
    choose: 'Choose photos',
    photo: (date: string, name: string) => `${name}, ${date}`,
    viewerMissing: 'This photo could not be opened. Check your connection and try again.',
    unshowable: 'Cannot be shown',
    day: (date: string, n: number) => `${date}, ${count(n, 'photo', 'photos')}`,
  },
} as const;
