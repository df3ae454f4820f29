// What favorites and trash say.

export const words = {
  favorites: {
    title: 'Favorites',
    note: '',
    emptyTitle: 'No favorites yet.',
    empty: 'Open a photo and press the heart: it will be found here.',
    back: 'Back to all photos',
  },
  trash: {
    title: 'Trash',
    note: 'Photos in the trash are out of your timeline. They can be put back at any time.',
    emptyTitle: 'The trash is empty.',
    empty: 'Photos you move to the trash wait here and can be put back.',
    back: 'Back to all photos',
  },
} as const;
