// What making links, and the list of them, say to whoever shares.
import { count } from './count.ts';

const photos = (n: number): string => count(n, 'photo', 'photos');

export const words = {
  entry: 'Share by link',
  nav: 'Links',
  title: 'Share by link',
  what: (n: number) =>
    `Whoever has the link can see ${n === 1 ? 'this photo' : `these ${n.toLocaleString()} photos`}, without signing in.`,
  leftOut: (n: number) => `${photos(n)} cannot be in a link: videos, and what cannot be shown.`,
  none: 'Videos, and what cannot be shown, cannot be in a link.',
  tooMany: (most: number) => `A link holds at most ${most.toLocaleString()} photos.`,
  name: 'Title',
  namePlaceholder: 'Shared photos',
  how: 'How long',
  classes: { '7d': '7 days', '30d': '30 days', keep: 'Until I end it' },
  download: 'Photos may be downloaded',
  originals: 'With the originals, in full size',
  originalsHint: 'Originals carry all that the camera wrote into them, often the place, too.',
  protect: 'With a password',
  password: 'Password',
  passwordHint:
    'Without it nobody can see what the link holds, not even its title. It is not kept anywhere: send it by another way than the link.',
  passwordShort: 'Take at least 8 characters.',
  make: 'Make the link',
  cancel: 'Cancel',
  making: (done: number, all: number) => `Copying ${done.toLocaleString()} of ${photos(all)}`,
  failed: (why: string) => `The link was not made, and nothing of it is left. ${why}`,
  ready: 'The link is ready',
  link: 'Link',
  copy: 'Copy',
  copied: 'Copied',
  send: 'Send',
  code: 'The link as a code for a camera',
  done: 'Done',
  lacking: (n: number) => `${photos(n)} could not be copied and ${n === 1 ? 'is' : 'are'} not in it.`,
  list: {
    title: 'Links',
    loading: 'Looking for your links',
    intro: 'Whoever has one of these links can see what it holds, until it ends.',
    empty: {
      title: 'No links yet',
      text: 'Select photos, then “Share by link”: anybody can see them, without an account.',
    },
    untitled: 'Shared photos',
    photos,
    made: (date: string) => `Made ${date}`,
    until: (date: string) => `Until ${date}`,
    keep: 'Until you end it',
    protected: 'Password',
    originals: 'Originals',
    unfinished: 'Not finished',
    show: 'Show link',
    end: 'End link',
    ending: 'Ending',
    sure: (title: string) => `End “${title}”?`,
    sureText:
      'Nobody can open it any more, within five minutes. What was saved from it stays with whoever saved it. Your photos stay where they are.',
    ended: 'The link has ended.',
    failed: (why: string) => `The link could not be ended. ${why}`,
  },
} as const;
