// What the friends page says.
import { count } from './count.ts';

export const words = {
  title: 'Friends',
  invite: 'Invite a friend',
  empty: {
    title: 'Photos are better with friends.',
    text: 'Invite somebody, and each of you can share photos with the other. Nothing is shared by being friends alone.',
  },
  loading: 'Fetching your friends …',
  missing: 'Your friends could not be fetched. Check your connection and try again.',
  list: 'Your friends',
  more: (name: string) => `More about ${name}`,
  timeline: 'Show their photos in my timeline',
  unsaved: 'This could not be kept on this device. Please try again.',
  offline: 'You are offline. It is done as soon as you are online again.',

  profile: {
    title: 'You',
    note: 'Only your friends see this name and picture. Your e-mail address is never shown to anybody.',
    nameless: 'You have no name here yet',
    edit: 'Edit',
    form: 'How friends see you',
    name: 'Name',
    picture: 'Picture',
    choose: 'Choose a picture',
    other: 'Choose another',
    remove: 'Remove',
    wrong: 'This file cannot be used as a picture. Please choose a photo in JPEG, PNG or WebP.',
    drawing: 'One moment …',
    save: 'Save',
    cancel: 'Cancel',
    needed: 'A friend has to know who you are.',
  },

  inviting: {
    title: 'Invite a friend',
    note: 'The link works once and for 7 days. Whoever opens it first becomes your friend, so send it only to the person it is for.',
    name: 'Your name, as your friend will see it',
    make: 'Make an invitation',
    link: 'Invitation to Shoebox',
    done: 'Done',
    cancel: 'Cancel',
    after:
      'They may have to be let in by the person who runs this Shoebox. You become friends by yourselves then, when you have Shoebox open.',
  },

  open: {
    title: 'Open invitations',
    until: (date: string) => `Can be answered until ${date}`,
    show: 'Show the link',
    withdraw: 'Withdraw',
    withdrawn: 'The invitation is withdrawn. Its link no longer works.',
    undo: 'Undo',
  },

  answer: {
    title: 'Become friends?',
    text: 'Whoever sent you this link would like to be friends. Each of you can then share photos with the other; nothing is shared by this alone.',
    careful: 'Accept only if you know who sent it.',
    name: 'Your name, as they will see it',
    accept: 'Become friends',
    decline: 'No, thanks',
    declined: 'The invitation is put away.',
    done: 'Your answer is on its way. You are friends as soon as they have Shoebox open.',
    own: 'This is an invitation of your own. Send the link to somebody else.',
    already: (name: string) => `You and ${name} are friends already.`,
    blocked: 'You have blocked the person who sent you this link. If you accept, they are no longer blocked.',
    incomplete: 'This invitation is not complete. Ask for the link once more.',
    close: 'Close',
  },

  awaited: {
    title: 'Waiting for an answer',
    name: 'Whoever invited you',
    note: (date: string) =>
      `You accepted on ${date}. They are your friend as soon as they have Shoebox open.`,
    withdraw: 'Take back',
    withdrawn: 'Your answer is taken back.',
  },

  requests: {
    title: (n: number) => count(n, 'person would like to be friends', 'people would like to be friends'),
    note: 'You have not invited them, and they chose these names themselves. Accept only if you know who it is. If you are not sure, ask them, or send them an invitation instead.',
    accept: 'Accept',
    dismiss: 'Dismiss',
    block: 'Block',
    acceptOf: (name: string) => `Accept ${name}`,
    dismissOf: (name: string) => `Dismiss ${name}`,
    blockOf: (name: string) => `Block ${name}`,
    accepted: (name: string) => `You and ${name} are friends.`,
    dismissed: 'Put away. They are not told.',
  },

  unfriend: {
    entry: 'Unfriend',
    title: (name: string) => `Unfriend ${name}?`,
    text: (name: string) =>
      `${name} can no longer see what you share, and you no longer see what ${name} shares. What was saved before stays saved.`,
    others: 'Your other friends keep what you share with them.',
    confirm: 'Unfriend',
    done: (name: string) => `You and ${name} are no longer friends.`,
  },
  block: {
    entry: 'Block',
    title: (name: string) => `Block ${name}?`,
    text: (name: string) =>
      `${name} can no longer see what you share, and you see nothing of ${name} any more: no photos, no comments, no requests. They are not told.`,
    others: 'You can unblock them at any time. That does not make you friends again.',
    confirm: 'Block',
    done: (name: string) => `${name} is blocked.`,
  },

  blocked: {
    title: (n: number) => count(n, 'person is blocked', 'people are blocked'),
    unblock: 'Unblock',
    unblockOf: (name: string) => `Unblock ${name}`,
    done: (name: string) => `${name} is no longer blocked.`,
  },
} as const;
