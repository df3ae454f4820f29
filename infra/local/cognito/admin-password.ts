// Signing somebody in for whom an administrator answers: by a password that the administrator has set, where the app client lets that be.
// Passwords are kept while this cloud runs, as hashes; people sign in at the pages without any.
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { fields, text, type Fields } from '../../../src/schema/parse.ts';
import type { UserPool } from '../template.ts';
import type { Person } from './state.ts';
import type { Tokens } from './tokens.ts';

/** By name, as Cognito has them. */
export class PasswordError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const hashOf = (password: string): Buffer => createHash('sha256').update(password).digest();

export class Passwords {
  readonly #pool: UserPool;
  readonly #tokens: Tokens;
  readonly #hashes = new Map<string, Buffer>();

  constructor(pool: UserPool, tokens: Tokens) {
    this.#pool = pool;
    this.#tokens = tokens;
  }

  set({ sub }: Person, input: Fields): void {
    const password = text(input['Password'], 256) ?? '';
    // A password for the first time only is changed at the sign-in pages, which ask for none here.
    if (input['Permanent'] !== true) {
      throw new PasswordError('InvalidParameterException', 'Only permanent passwords are known here.');
    }
    const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/];
    if (password.length < 12 || !kinds.every((kind) => kind.test(password))) {
      const message = 'Password did not conform with policy';
      throw new PasswordError('InvalidPasswordException', message);
    }
    this.#hashes.set(sub, hashOf(password));
  }

  /** The address that wants in, of an input that asks for what is known here. */
  nameIn(input: Fields): string {
    const wrong = (message: string) => new PasswordError('InvalidParameterException', message);
    if (input['AuthFlow'] !== 'ADMIN_USER_PASSWORD_AUTH') throw wrong('This AuthFlow is not known here.');
    if (!this.#pool.adminPasswords) throw wrong('Auth flow not enabled for this client');
    if (input['ClientId'] !== this.#pool.clientId) {
      throw new PasswordError('ResourceNotFoundException', 'User pool client does not exist.');
    }
    return text(fields(input['AuthParameters'])?.['USERNAME'], 128) ?? '';
  }

  /** The answer of AdminInitiateAuth. */
  async signIn(person: Person | undefined, input: Fields, now: number): Promise<object> {
    const known = person && this.#hashes.get(person.sub);
    const given = hashOf(text(fields(input['AuthParameters'])?.['PASSWORD'], 256) ?? '');
    if (!person || !known || !timingSafeEqual(known, given)) {
      throw new PasswordError('NotAuthorizedException', 'Incorrect username or password.');
    }
    if (person.disabled) throw new PasswordError('NotAuthorizedException', 'User is disabled.');
    const signIn = { person, scope: 'aws.cognito.signin.user.admin', authTime: now, originJti: randomUUID() };
    const [IdToken, AccessToken] = await Promise.all([
      this.#tokens.idToken(signIn, now),
      this.#tokens.accessToken(signIn, now),
    ]);
    const ExpiresIn = this.#pool.accessTokenSeconds;
    return {
      ChallengeParameters: {},
      AuthenticationResult: { IdToken, AccessToken, ExpiresIn, TokenType: 'Bearer' },
    };
  }
}
