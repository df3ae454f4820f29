// What the top bar and its menus say.
import { count } from './count.ts';

export const words = {
  trouble: 'Your photos could not be brought up to date.',
  again: 'Try again',
  account: {
    menu: (name: string) => `Account of ${name}`,
    signOut: 'Sign out',
    saving: 'Saving your last changes…',
    unsaved: (n: number) => `${count(n, 'change has', 'changes have')} not been saved yet.`,
    unsavedNote: (n: number) =>
      n === 1
        ? 'If you sign out now, it is lost: nothing of yours stays on this device. It is saved by itself once you are online.'
        : 'If you sign out now, they are lost: nothing of yours stays on this device. They are saved by themselves once you are online.',
    stay: 'Stay signed in',
    lose: (n: number) => `Sign out and lose ${count(n, 'change', 'changes')}`,
    uploads: (n: number) => `${count(n, 'photo has', 'photos have')} not been uploaded yet.`,
    uploadsNote:
      'This device can keep the list of them, names and folders only, so that your next visit goes on with it. What is stored already stays.',
    keepUploads: 'Sign out and keep the list',
    discardUploads: 'Sign out and discard the list',
    theme: 'Appearance',
    themes: { system: 'Like the system', light: 'Light', dark: 'Dark' },
    count: (n: number) => count(n, 'photo', 'photos'),
  },
} as const;
