// What notices say that any part of the page may bring up.

export const words = {
  dismiss: 'Dismiss',
  update: { ready: 'A new version of Shoebox is ready.', reload: 'Reload' },
} as const;
