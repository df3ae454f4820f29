// What the top bar and its menus say.
import { count } from './count.ts';

export const words = {
  trouble: 'Your photos could not be brought up to date.',
  again: 'Try again',
  account: {
    menu: (name: string) => `Account of ${name}`,
    signOut: 'Sign out',
    theme: 'Appearance',
    themes: { system: 'Like the system', light: 'Light', dark: 'Dark' },
    count: (n: number) => count(n, 'photo', 'photos'),
  },
} as const;
