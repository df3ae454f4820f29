// What `npm run members` does, and what it says of it: the same that owners do from the page.
import {
  accountsOf,
  addressOf,
  disable,
  enable,
  endOwnership,
  INVITATION_DAYS,
  invitationRunsUntil,
  invite,
  inviteAgain,
  letIn,
  makeOwner,
  remove,
  signOutEverywhere,
  standingOf,
  twinOf,
  type Account,
  type Ask,
} from '../src/schema/user-pool.ts';
import { columns } from './columns.ts';
import { Problem } from './problem.ts';

export interface Order {
  command: Command;
  /** An address, or the name that the user pool has for somebody. */
  who: string;
  name: string;
  owner: boolean;
}

type Work = (ask: Ask, account: Account) => Promise<void>;

/** What is done about somebody who is there already, and what is said then. */
const ACTS = {
  'let-in': { work: letIn, said: (who) => `${who} is let in.` },
  'send-again': { work: inviteAgain, said: (who) => `${who} gets another mail, with another password.` },
  'sign-out': {
    work: signOutEverywhere,
    said: (who) => `${who} has to sign in again on every device, within the hour.`,
  },
  'lock-out': {
    work: disable,
    said: (who) =>
      `${who} is locked out. What a device of theirs has open may go on for an hour. Their photos stay as they are.`,
  },
  'let-back-in': { work: enable, said: (who) => `${who} can sign in again.` },
  'no-owner': { work: endOwnership, said: (who) => `${who} is no longer an owner.` },
  remove: {
    work: remove,
    said: (who) =>
      `${who} is removed. Their photos are still in your storage, and what they shared is still to be seen; nobody can open the rest from the page.`,
  },
} as const satisfies Record<string, { work: Work; said: (who: string) => string }>;

export type Command = keyof typeof ACTS | 'list' | 'invite';
export const COMMANDS: readonly Command[] = [
  'list',
  'invite',
  ...(Object.keys(ACTS) as (keyof typeof ACTS)[]),
];

/** Gives the lines to print. Throws a Problem for what the person at the keyboard can cure. */
export async function carryOut(ask: Ask, order: Order, now: number): Promise<string[]> {
  if (order.command === 'list') return listed(await accountsOf(ask), now);
  if (order.command === 'invite') return invited(ask, order);
  const { work, said } = ACTS[order.command];
  const account = only(await accountsOf(ask), order.who);
  if (order.command === 'send-again' && !account.invited) {
    throw new Problem(`${account.email} has signed in already: there is no invitation to be sent again.`);
  }
  await work(ask, account);
  const lines = [said(account.email)];
  if (order.owner) {
    await makeOwner(ask, account);
    lines.push(`${account.email} is an owner now, from the next sign-in.`);
  }
  return lines;
}

async function invited(ask: Ask, { who, name, owner }: Order): Promise<string[]> {
  const email = addressOf(who);
  if (email === undefined) throw new Problem(`"${who}" does not look like an e-mail address.`);
  const account = await invite(ask, email, name).catch((error: unknown) => {
    if (!(error instanceof Error && error.name === 'UsernameExistsException')) throw error;
    throw new Problem(`There is somebody with the address ${email} already. To let them in: let-in ${email}`);
  });
  if (owner) await makeOwner(ask, account);
  return [
    `An invitation is on its way to ${email}. The password in it is good for ${INVITATION_DAYS} days.`,
    ...(owner ? [`${email} comes in as an owner.`] : []),
  ];
}

/** The one who is meant. */
function only(accounts: readonly Account[], who: string): Account {
  const exact = accounts.find(({ username }) => username === who);
  const found = exact ? [exact] : accounts.filter(({ email }) => email.toLowerCase() === who.toLowerCase());
  const [account, ...others] = found;
  if (!account) throw new Problem(`There is nobody called ${who}. "npm run members" shows who there is.`);
  if (others.length > 0) {
    const names = found.map(({ username, google }) => `  ${username}  (${google ? 'Google' : 'password'})`);
    throw new Problem(`${who} has two accounts. Say which, by its name:\n${names.join('\n')}`);
  }
  return account;
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

function listed(accounts: readonly Account[], now: number): string[] {
  if (accounts.length === 0) return ['Nobody is here yet. Invite yourself: invite you@example.com --owner'];
  const lines = accounts
    .toSorted((a, b) => a.email.localeCompare(b.email))
    .map((account) => {
      const { email, name = '', google, owner } = account;
      const how = google ? 'Google' : 'password';
      return [email, name, howItStands(account, now), owner ? 'owner' : '', how].concat(
        twinOf(account, accounts) ? `as ${account.username}` : '',
      );
    });
  return columns(lines);
}

function howItStands(account: Account, now: number): string {
  switch (standingOf(account)) {
    case 'waiting':
      return 'waits to be let in';
    case 'disabled':
      return 'locked out';
    case 'member':
      return `in since ${day(account.createdAt)}`;
    case 'invited': {
      const until = invitationRunsUntil(account);
      return until > now ? `invited until ${day(until)}` : 'invitation has run out';
    }
  }
}
