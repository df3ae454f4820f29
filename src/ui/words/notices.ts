// What notices say that any part of the page may bring up.

export const words = {
  signedOut: 'Your sign-in has ended. Please sign in again; nothing that is safe is lost.',
  incomplete: 'A part of Shoebox could not be loaded. Check your connection.',
  dismiss: 'Dismiss',
  update: { ready: 'A new version of Shoebox is ready.', reload: 'Reload' },
} as const;
