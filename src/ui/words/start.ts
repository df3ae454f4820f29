// What the page says before somebody is signed in. All words of the page are in this folder, in parts because each is fetched only
// with the screen that says it: plain words, ready for translation; what happened, what is safe, what to do.

export const words = {
  brand: 'Shoebox',
  welcome: {
    title: 'Your photos, in a place of your own.',
    promise:
      'Every original is kept exactly as it came from your camera, in your own cloud account. Nobody else can see it.',
    signIn: 'Sign in',
    google: 'Continue with Google',
    wait: 'One moment …',
  },
  outsider: {
    title: 'You are signed in, but not let in yet.',
    text: (email: string) =>
      `This library does not know ${email} so far. Ask the person who runs it to let you in: this page goes on by itself then.`,
    invited: (email: string) =>
      `This library does not know ${email} so far. Its owner has to let you in: ask the person who runs it. Your invitation waits on this device, and goes on by itself as soon as you are in.`,
    again: 'Try again',
    signOut: 'Sign out',
  },
  invited: {
    title: 'Somebody invites you to see their photos.',
    text: 'Shoebox is a place for your own photos, and for what your friends show you. Sign in to answer; the invitation waits here meanwhile.',
    incomplete: 'This invitation is not complete. Ask for the link once more.',
  },
  broken: {
    title: 'Shoebox could not start.',
    text: 'Your photos are safe where they are. Check your connection and try again.',
    again: 'Try again',
  },
  signInProblems: {
    denied: 'The sign-in was cancelled. Nothing has changed.',
    offline: 'There is no connection. Please try again when you are online.',
    unexpected: 'The sign-in did not work. Please try again.',
  },
} as const;
