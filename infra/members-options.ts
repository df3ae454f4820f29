// What may be typed after `npm run members`, and what is wrong with what was. Pure, but for the folder that a path begins in.
import { parseArgs } from 'node:util';
import { HELP_OPTION, PLACE_OPTIONS, placeOf, typed, usage as wrong, type Place } from './command.ts';
import { COMMANDS, type Order } from './members-run.ts';

export const HELP = `npm run members [-- command] [options]

  list                  who there is, and how it stands with them (also without any command)
  invite ADDRESS        sends a mail with a password; whoever signs in with it is in
      --name NAME       what they are called
      --owner           they may also say who is let in, from the page
  let-in ADDRESS        somebody who has signed in, as with Google, and waits; --owner as above
  send-again ADDRESS    the invitation, with another password
  sign-out ADDRESS      on every device
  lock-out ADDRESS      signs them out and does not let them sign in; their photos stay
  let-back-in ADDRESS
  no-owner ADDRESS      they stay a member
  remove ADDRESS --yes  for good: whoever comes again starts with an empty library. Their photos stay in your storage
  move OLD-ID NEW-ID    a library to another identity, as of another way to sign in; "move --help" says how

  --environment NAME    another of the environments in infra/shoebox.json
  --local               on this computer's Shoebox, while "npm start" runs, instead of on AWS
  --data FOLDER         its data, if it was started with that option

On AWS it takes stack name and Region from infra/shoebox.json and the credentials at hand, which need the rights
  cloudformation:DescribeStacks on the stack
  cognito-idp:ListUsers, ListUsersInGroup, AdminCreateUser, AdminAddUserToGroup, AdminRemoveUserFromGroup,
    AdminDisableUser, AdminEnableUser, AdminUserGlobalSignOut and AdminDeleteUser on the user pool
`;

export interface Options extends Place {
  order: Order;
}

const usage = (message: string) => wrong('members', message);

function readArguments(args: string[]) {
  const options = {
    name: { type: 'string', default: '' },
    owner: { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
    ...PLACE_OPTIONS,
    ...HELP_OPTION,
  } as const;
  return typed('members', () => parseArgs({ args, allowPositionals: true, options }));
}

export function readOptions(args: string[]): Options | 'help' {
  const { values, positionals } = readArguments(args);
  const { name, owner, yes, help } = values;
  if (help) return 'help';
  const [said = 'list', who = '', ...more] = positionals;
  const command = COMMANDS.find((one) => one === said);
  if (!command) throw usage(`There is no command "${said}".`);
  if (more.length > 0) throw usage('One person at a time, please.');
  if ((who === '') !== (command === 'list'))
    throw usage(who === '' ? `Whom? ${command} ADDRESS` : 'list takes no address.');
  if (owner && command !== 'invite' && command !== 'let-in')
    throw usage('--owner goes with invite and let-in.');
  if (name !== '' && command !== 'invite') throw usage('--name goes with invite.');
  if (command === 'remove' && !yes) {
    throw usage(
      'Whoever is removed starts with an empty library if they come again, so this needs --yes. To keep it for them: lock-out.',
    );
  }
  return { order: { command, who, name, owner }, ...placeOf('members', values) };
}
