// What the page says on which owners let people in.
import { count } from './count.ts';

export const words = {
  title: 'People',
  note: 'Who may use this Shoebox. Everybody has a library of their own, which nobody else sees, not even you.',
  invite: 'Invite somebody',
  loading: 'Looking who is here …',
  again: 'Try again',
  strangers: {
    title: 'This page is for owners.',
    text: 'Owners run this Shoebox and say who is let in. If you were made one just now, sign out and in again.',
  },
  alone: {
    title: 'It is only you so far.',
    text: 'Photos are better with the people who are in them. Invite your family, or a friend.',
  },

  groups: {
    waiting: {
      title: (n: number) =>
        n === 1 ? 'One person waits to be let in' : `${n.toLocaleString()} people wait to be let in`,
      note: 'They have signed in and can do nothing yet. Anybody with a Google account can come this far, so let in only whom you know.',
    },
    member: { title: (n: number) => count(n, 'person is let in', 'people are let in') },
    invited: { title: (n: number) => count(n, 'invitation is open', 'invitations are open') },
    disabled: { title: (n: number) => count(n, 'person is locked out', 'people are locked out') },
  },
  you: 'You',
  owner: 'Owner',
  google: 'signs in with Google',
  password: 'signs in with a password',
  since: (date: string) => `Since ${date}`,
  cameOn: (date: string) => `First came on ${date}`,
  invitedOn: (date: string, until: string) =>
    `Invited on ${date}. The password in the mail is good until ${until}.`,
  ranOut: (date: string) => `Invited on ${date}. The password in the mail has run out: send another.`,
  twin: 'Somebody with this address is here already and signs in another way. If it is the same person, ask them to sign in as they did before: here they would get a second, empty library.',

  more: (name: string) => `More about ${name}`,
  letIn: {
    entry: 'Let in',
    of: (name: string) => `Let ${name} in`,
    done: (name: string) => `${name} is let in.`,
  },
  inviteAgain: {
    entry: 'Send again',
    of: (name: string) => `Send the invitation of ${name} again`,
    done: (name: string) => `${name} gets another mail. The password in the one before no longer works.`,
  },
  enable: {
    entry: 'Let back in',
    of: (name: string) => `Let ${name} back in`,
    done: (name: string) => `${name} can sign in again.`,
  },
  signOut: {
    entry: 'Sign out everywhere',
    done: (name: string) => `${name} has to sign in again on every device, within the hour.`,
  },
  makeOwner: {
    entry: 'Make an owner …',
    title: (name: string) => `Make ${name} an owner?`,
    text: 'Owners say who is let in. They can lock out or remove anybody, also you. Photos of others they do not see.',
    note: 'It counts within the hour, or as soon as they have signed out and in again.',
    confirm: 'Make an owner',
    done: (name: string) => `${name} is an owner now.`,
  },
  endOwnership: {
    entry: 'No longer an owner',
    done: (name: string) => `${name} is no longer an owner, and has to sign in again.`,
  },
  disable: {
    entry: 'Lock out …',
    title: (name: string) => `Lock ${name} out?`,
    text: (name: string) =>
      `${name} is signed out everywhere and cannot sign in until you let them back in. What a device of theirs has open may go on for an hour at most.`,
    note: 'Their photos stay as they are, and what they share stays shared.',
    confirm: 'Lock out',
    done: (name: string) => `${name} is locked out.`,
  },
  remove: {
    entry: 'Remove …',
    title: (name: string) => `Remove ${name}?`,
    text: (name: string) =>
      `The photos of ${name} are not deleted: they stay in your storage, and on your bill, until you delete them there yourself. But nobody can open them here any more, and what ${name} shares stays to be seen by friends and by link.`,
    note: 'There is no way back: whoever is removed and comes again starts with an empty library. To keep it for them, lock them out instead.',
    /** Of somebody who has never had a library. */
    withdrawn: (name: string) =>
      `The password that ${name} was sent no longer works. There are no photos of theirs.`,
    uninvited: 'You can invite them again at any time.',
    confirm: 'Remove',
    done: (name: string) => `${name} is removed.`,
  },

  inviting: {
    title: 'Invite somebody',
    text: (days: number) =>
      `They get a mail with the address of this page and a password, good for ${days} days, and are let in when they sign in with it.`,
    google:
      'Whoever wants to sign in with Google needs no invitation: send them the address of this page. They sign in, and wait here until you let them in.',
    email: 'E-mail',
    name: 'Name (if you like)',
    wrong: 'This does not look like an e-mail address.',
    taken: 'There is somebody with this address already: look for them on the list.',
    unfinished: 'The mail is sent, but they could not be let in. They are on the list: let them in there.',
    send: 'Send the invitation',
    sending: 'Sending …',
    cancel: 'Cancel',
    done: (email: string) => `An invitation is on its way to ${email}.`,
  },

  problems: {
    offline: 'There is no connection. Who is let in can be seen and changed when you are online again.',
    'signed-out': 'Your sign-in has ended. Please sign in again.',
    forbidden: 'You are no longer an owner of this Shoebox, so you cannot do this.',
    missing: 'This has changed meanwhile. The list is up to date again.',
    exists: 'There is somebody with this address already.',
    throttled:
      'This cannot be done just now. Please try again later: there is also a limit to how many mails can be sent in a day.',
    unexpected: 'Something unexpected happened. Please try again.',
  },
} as const;
