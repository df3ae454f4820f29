// What notices say that any part of the page may bring up.

export const words = {
  signedOut: 'Your sign-in has ended. Please sign in again; nothing that is safe is lost.',
  signedOutUnsaved: (n: number) =>
    `Your sign-in has ended. Please sign in again: ${n === 1 ? 'a change waits' : `${n} changes wait`} on this device to be saved.`,
  lost: (n: number) =>
    `${n === 1 ? 'A change' : `${n} changes`} came too late: deleted photos cannot be changed.`,
  incomplete: 'A part of Shoebox could not be loaded. Check your connection.',
  dismiss: 'Dismiss',
  update: { ready: 'A new version of Shoebox is ready.', reload: 'Reload' },
} as const;
