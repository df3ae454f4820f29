// What is said about being told, and what a notification says.
import { count } from './count.ts';

export const words = {
  title: 'When friends share photos',
  note: 'One quiet notification for each batch of photos, never one for each photo.',
  here: 'Notify me on this device',
  states: {
    none: 'This browser has no notifications. On a phone, install Shoebox as an app first.',
    looking: 'Looking …',
    off: '',
    on: 'This device is notified.',
    refused: 'You have told this browser not to show notifications of Shoebox. Its settings can change that.',
    failed: 'This browser could not be reached just now. Try again later.',
  },
  quiet: 'Quiet hours',
  from: 'Quiet from',
  to: 'Quiet to',
  people: 'Notify me about',
  mail: 'E-mail',
  mailNote:
    'With the next photos you first get a mail that asks whether you want these. After you have confirmed it, there is one mail for each batch.',
  mailAsked:
    'You were sent a mail that asks whether you want these. There is more once you have confirmed it.',
  address: 'Your e-mail address',
  noAddress: 'This is no e-mail address.',
  save: 'Save',
  stop: 'No e-mail',
};

/** A notification: who, and what they did. */
export const notification = (n: number, name?: string, title?: string) => ({
  title: name ?? 'A friend',
  body: `added ${count(n, 'photo', 'photos')}${title ? ` to “${title}”` : ''}`,
});
