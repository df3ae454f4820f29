// What people are called, everywhere.

export const words = {
  /** Who has given no name. */
  nameless: 'Somebody',
} as const;
