// What the top bar and its menus say.
import { count } from './count.ts';

export const words = {
  account: {
    menu: (name: string) => `Account of ${name}`,
    signedInAs: 'Signed in as',
    signOut: 'Sign out',
    theme: 'Appearance',
    themes: { system: 'Like the system', light: 'Light', dark: 'Dark' },
    count: (n: number) => count(n, 'photo', 'photos'),
  },
} as const;
