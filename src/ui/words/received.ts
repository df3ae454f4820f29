// What the page says of photos that other apps hand over to it.
import { count } from './count.ts';

const photos = (n: number): string => count(n, 'photo', 'photos');

export const words = {
  received: {
    ask: {
      shared: (n: number) => `Upload ${photos(n)} shared with Shoebox?`,
      opened: (n: number) => `Upload ${photos(n)} opened with Shoebox?`,
    },
    text: 'Nothing has been uploaded yet.',
    stranger: 'If it was not you who shared them, discard them: nothing is lost but these copies.',
    more: (n: number) => `and ${n.toLocaleString()} more`,
    upload: 'Upload',
    discard: 'Discard',
    /** Before somebody is signed in. */
    waiting: {
      title: (n: number) => (n === 1 ? 'A photo waits for you.' : `${photos(n)} wait for you.`),
      text: 'What you shared with Shoebox is kept on this device for some days. Sign in, and you are asked whether it is to be uploaded.',
    },
    problems: {
      full: 'There is no room on this device for what you shared. Nothing of it was taken: free some space, or share less at once.',
      broken: 'What you shared could not be read. Please share it again.',
    },
  },
} as const;
