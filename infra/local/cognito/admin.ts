// The user pool's other door, for administrators: signed with IAM credentials and decided by the policies of whoever signed. Only what
// owners and `npm run doctor` may do is known here.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fields, list, text, whole, type Fields } from '../../../src/schema/parse.ts';
import type { UserPoolOperation } from '../../../src/schema/user-pool.ts';
import { parseJson, readBody, sendError, sendJson } from '../aws-json.ts';
import { Gate, type GateOptions } from '../gate.ts';
import { actionExists } from '../iam-facts.ts';
import type { Messages } from '../messages.ts';
import type { UserPool } from '../template.ts';
import type { CognitoState, Person } from './state.ts';
import type { DoctorOperation } from '../../policies-doctor.ts';
import { PasswordError, Passwords } from './admin-password.ts';
import { usernameOf, type Tokens } from './tokens.ts';

export interface UserPoolAdminOptions extends GateOptions {
  pool: UserPool;
  state: CognitoState;
  messages: Messages;
  tokens: Tokens;
}

interface Operation {
  /** Besides the pool's id; any other is refused rather than dropped. */
  parameters: readonly string[];
  run: (input: Fields) => object | Promise<object>;
}

const MAX_BODY_BYTES = 128 * 1024;
const MAX_PAGE = 60;
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export class UserPoolAdmin {
  readonly #options: UserPoolAdminOptions;
  readonly #gate: Gate;
  readonly #passwords: Passwords;
  readonly #operations: Readonly<Record<UserPoolOperation | DoctorOperation, Operation>> = {
    ListUsers: {
      parameters: ['Limit', 'PaginationToken'],
      run: (input) => this.#page(this.#people, input, 'PaginationToken'),
    },
    ListUsersInGroup: {
      parameters: ['GroupName', 'Limit', 'NextToken'],
      run: (input) => {
        const group = this.#group(input);
        const inGroup = this.#people.filter(({ groups }) => groups.includes(group));
        return this.#page(inGroup, input, 'NextToken');
      },
    },
    AdminCreateUser: {
      parameters: ['Username', 'UserAttributes', 'DesiredDeliveryMediums', 'MessageAction'],
      run: (input) => ({ User: shownUser(this.#invited(input)) }),
    },
    AdminAddUserToGroup: {
      parameters: ['Username', 'GroupName'],
      run: (input) => {
        const group = this.#group(input);
        return this.#change(input, (person) => {
          if (!person.groups.includes(group)) person.groups.push(group);
        });
      },
    },
    AdminRemoveUserFromGroup: {
      parameters: ['Username', 'GroupName'],
      run: (input) => {
        const group = this.#group(input);
        return this.#change(input, (person) => {
          person.groups = person.groups.filter((one) => one !== group);
        });
      },
    },
    AdminDisableUser: {
      parameters: ['Username'],
      run: (input) => this.#change(input, (person) => (person.disabled = true)),
    },
    AdminEnableUser: {
      parameters: ['Username'],
      run: (input) => this.#change(input, (person) => delete person.disabled),
    },
    AdminUserGlobalSignOut: {
      parameters: ['Username'],
      run: (input) => {
        this.#options.state.signOutEverywhere(this.#person(input).sub, this.#now());
        return {};
      },
    },
    AdminDeleteUser: {
      parameters: ['Username'],
      run: (input) => {
        this.#options.state.removePerson(this.#person(input).sub);
        return {};
      },
    },
    AdminSetUserPassword: {
      parameters: ['Username', 'Password', 'Permanent'],
      run: (input) => {
        this.#passwords.set(this.#person(input), input);
        return this.#change(input, (person) => delete person.invited);
      },
    },
    AdminInitiateAuth: {
      parameters: ['AuthFlow', 'ClientId', 'AuthParameters'],
      run: (input) => this.#passwords.signIn(this.#find(this.#passwords.nameIn(input)), input, this.#now()),
    },
  };

  constructor(options: UserPoolAdminOptions) {
    this.#options = options;
    this.#passwords = new Passwords(options.pool, options.tokens);
    this.#gate = new Gate('cognito-idp', '', options);
  }

  async handle(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    try {
      const body = await readBody(request, MAX_BODY_BYTES);
      const principal = this.#gate.authenticate(request, body);
      const input = parseJson(body);
      const { region, account, pool } = this.#options;
      const asked = text(input['UserPoolId'], 55) ?? '*';
      const resource = `arn:aws:cognito-idp:${region}:${account}:userpool/${asked}`;
      if (await actionExists('cognito-idp', name)) {
        this.#gate.permit(principal, { action: `cognito-idp:${name}`, resource, context: {} });
      }
      const operation = Object.hasOwn(this.#operations, name)
        ? this.#operations[name as UserPoolOperation | DoctorOperation]
        : undefined;
      if (!operation) {
        throw this.#gate.error('UnknownOperationException', `The operation ${name} is not known here.`);
      }
      if (asked !== pool.id) {
        throw this.#gate.error('ResourceNotFoundException', `User pool ${asked} does not exist.`);
      }
      const known = new Set(['UserPoolId', ...operation.parameters]);
      const strange = Object.keys(input).find((key) => !known.has(key));
      if (strange) throw this.#invalid(`The parameter ${strange} is not known here.`);
      sendJson(response, '1.1', 200, await operation.run(input));
    } catch (error) {
      const refused = error instanceof PasswordError;
      sendError(response, '1.1', refused ? this.#gate.error(error.name, error.message) : error);
    }
  }

  get #people(): readonly Person[] {
    return this.#options.state.people;
  }

  #now(): number {
    return Math.floor((this.#options.now ?? Date.now)() / 1000);
  }

  #invalid(message: string) {
    return this.#gate.error('InvalidParameterException', message);
  }

  #group(input: Fields): string {
    const name = text(input['GroupName'], 128);
    const group = this.#options.pool.groups.find((one) => one.name === name);
    if (!group) throw this.#gate.error('ResourceNotFoundException', 'Group not found.');
    return group.name;
  }

  /** By its own name or, for who signs in with a password, by the address. */
  #find(username: string): Person | undefined {
    const address = username.toLowerCase();
    return this.#people.find(
      (person) =>
        usernameOf(person) === username || (person.provider === 'email' && person.email === address),
    );
  }

  #person(input: Fields): Person {
    const username = text(input['Username'], 128);
    if (username === undefined) throw this.#invalid('Username is missing.');
    const found = this.#find(username);
    if (!found) throw this.#gate.error('UserNotFoundException', 'User does not exist.');
    return found;
  }

  #change(input: Fields, change: (person: Person) => unknown): object {
    this.#options.state.changePerson(this.#person(input), this.#now(), change);
    return {};
  }

  #page(people: readonly Person[], input: Fields, token: 'PaginationToken' | 'NextToken'): object {
    const limit = input['Limit'] === undefined ? MAX_PAGE : whole(input['Limit'], 1, MAX_PAGE);
    const from = input[token] === undefined ? 0 : whole(Number(input[token]));
    if (limit === undefined || from === undefined) throw this.#invalid(`Limit or ${token} is wrong.`);
    const end = from + limit;
    return {
      Users: people.slice(from, end).map(shownUser),
      ...(end < people.length && { [token]: String(end) }),
    };
  }

  /** Somebody new, or somebody who is sent another password. */
  #invited(input: Fields): Person {
    const username = text(input['Username'], 128) ?? '';
    if (!ADDRESS.test(username)) throw this.#invalid('Username should be an email.');
    const isQuiet = input['MessageAction'] === 'SUPPRESS';
    // What is not said goes by SMS.
    if (!isQuiet && list(input['DesiredDeliveryMediums'], text)?.join() !== 'EMAIL') {
      throw this.#invalid('Invitations are sent by e-mail only.');
    }
    const known = this.#find(username);
    const person =
      input['MessageAction'] === undefined || isQuiet
        ? this.#added(username, known, input)
        : this.#reminded(known, input);
    if (!isQuiet) this.#mail(person);
    return person;
  }

  #added(username: string, known: Person | undefined, input: Fields): Person {
    if (known) throw this.#gate.error('UsernameExistsException', 'User account already exists');
    const attributes = list(input['UserAttributes'], fields) ?? [];
    const said = new Map(attributes.map(({ Name, Value }) => [Name, text(Value, 2048)]));
    const strange = [...said.keys()].find(
      (name) => !['email', 'email_verified', 'name'].includes(String(name)),
    );
    if (strange !== undefined) throw this.#invalid(`The attribute ${String(strange)} is not known here.`);
    const email = username.toLowerCase();
    if (said.get('email')?.toLowerCase() !== email || said.get('email_verified') !== 'true') {
      throw this.#invalid('An invitation has the address as its name, and takes it for verified.');
    }
    const name = said.get('name') ?? '';
    return this.#options.state.addPerson(
      { name, email, provider: 'email', groups: [], invited: true },
      this.#now(),
    );
  }

  #reminded(known: Person | undefined, input: Fields): Person {
    if (input['MessageAction'] !== 'RESEND') throw this.#invalid('This MessageAction is not known here.');
    if (!known) throw this.#gate.error('UserNotFoundException', 'User does not exist.');
    if (!known.invited) {
      const message = 'Resend not possible. User status is not FORCE_CHANGE_PASSWORD';
      throw this.#gate.error('UnsupportedUserStateException', message);
    }
    this.#options.state.changePerson(known, this.#now(), () => undefined);
    return known;
  }

  #mail({ email }: Person): void {
    const { subject, text: markup } = this.#options.pool.invitation;
    const said = markup
      .replaceAll(/<\/p>/g, '\n')
      .replaceAll(/<[^>]*>/g, '')
      .replace('{username}', email)
      .replace('{####}', '(none is needed here)');
    this.#options.messages.add({ kind: 'mail', to: email, subject, text: said });
  }
}

function shownUser(person: Person): object {
  const { sub, email, name, provider, disabled, invited, createdAt = 0, changedAt = createdAt } = person;
  const google = provider === 'google';
  const signedInBy = [{ userId: sub, providerName: 'Google', providerType: 'Google', primary: true }];
  const attributes = {
    sub,
    email,
    email_verified: 'true',
    ...(name !== '' && { name }),
    ...(google && { identities: JSON.stringify(signedInBy) }),
  };
  return {
    Username: usernameOf(person),
    Attributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    Enabled: !disabled,
    UserStatus: google ? 'EXTERNAL_PROVIDER' : invited ? 'FORCE_CHANGE_PASSWORD' : 'CONFIRMED',
    UserCreateDate: createdAt,
    UserLastModifiedDate: changedAt,
  };
}
