// What the pages say that hold no photos, or only some.

export const words = {
  photos: {
    loading: 'Fetching your photos …',
    emptyTitle: 'Your shoebox is empty.',
    empty: 'Drop photos or whole folders anywhere on this page. Originals are kept as they are.',
    choose: 'Choose photos',
  },
  favorites: {
    title: 'Favorites',
    note: '',
    emptyTitle: 'No favorites yet.',
    empty: 'Open a photo and press the heart: it will be found here.',
    back: 'Back to all photos',
  },
  archive: {
    title: 'Archive',
    note: 'These photos are kept, but stay out of your timeline.',
    emptyTitle: 'The archive is empty.',
    empty: 'Photos you archive leave the timeline and are kept here.',
    back: 'Back to all photos',
  },
} as const;
