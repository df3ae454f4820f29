// What the local sign-in keeps: people, refresh tokens, identities and its own keys, in two small files.
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { MEMBERS_GROUP, OWNERS_GROUP } from '../../../src/schema/groups.ts';
import { readJson, writeJson } from '../json-file.ts';
import { syncFolderNow } from '../sync-folder.ts';

export interface Person {
  sub: string;
  name: string;
  email: string;
  provider: 'email' | 'google';
  groups: string[];
  /** An administrator has closed the door to them. */
  disabled?: true;
  /** Has been sent an invitation, and not answered it. */
  invited?: true;
  /** Epoch seconds; those of before this was noted have none. */
  createdAt?: number;
  changedAt?: number;
  /** Epoch seconds of the last global sign-out: tokens issued before it are dead. */
  signedOutAt?: number;
}

/** By the SHA-256 of the token; the token itself is never stored. */
export interface RefreshToken {
  sub: string;
  /** The sign-in all tokens of one family come from. */
  originJti: string;
  authTime: number;
  scope: string;
  /** Epoch seconds. Rotation keeps the end of the first one. */
  expires: number;
  /** Epoch seconds after which a rotated token is dead. */
  rotatedUntil?: number;
}

interface State {
  people: Person[];
  refreshTokens: Record<string, RefreshToken>;
  /** Sign-ins that were revoked, by origin_jti, with the time the last of their tokens would have died. */
  revoked: Record<string, number>;
  /** Identity id by sub: the same person is the same identity for ever. */
  identities: Record<string, string>;
}

export interface Keys {
  /** Signs tokens: RS256, as Cognito does. */
  jwk: JWK & { kid: string };
  /** Derives credentials' secrets and seals session tokens: 32 bytes, base64. */
  master: string;
}

// Ready for the first click. Their subs are made per data directory, as everybody's are.
const READY_PEOPLE = [
  { name: 'Ada Berger', email: 'ada@example.com', groups: [MEMBERS_GROUP, OWNERS_GROUP] },
  { name: 'Ben Okafor', email: 'ben@example.com', groups: [MEMBERS_GROUP] },
];

export class CognitoState {
  readonly keys: Keys;
  readonly #file: string;
  readonly #state: State;

  private constructor(file: string, keys: Keys, state: State) {
    this.#file = file;
    this.keys = keys;
    this.#state = state;
  }

  static async open(directory: string, now = Date.now): Promise<CognitoState> {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    syncFolderNow(dirname(directory));
    const keysFile = join(directory, 'keys.json');
    const file = join(directory, 'people.json');
    const keys = existsSync(keysFile) ? (readJson(keysFile) as Keys) : await makeKeys();
    if (!existsSync(keysFile)) writeJson(keysFile, keys);
    const state = existsSync(file)
      ? (readJson(file) as State)
      : { people: [], refreshTokens: {}, revoked: {}, identities: {} };
    const opened = new CognitoState(file, keys, state);
    if (!existsSync(file)) {
      for (const person of READY_PEOPLE) {
        opened.addPerson({ ...person, provider: 'email' }, Math.floor(now() / 1000));
      }
    }
    return opened;
  }

  get people(): readonly Person[] {
    return this.#state.people;
  }

  person(sub: string): Person | undefined {
    return this.#state.people.find((person) => person.sub === sub);
  }

  /** `now` in epoch seconds, here as below. */
  addPerson(person: Omit<Person, 'sub'>, now = Math.floor(Date.now() / 1000)): Person {
    const added = { ...person, sub: randomUUID(), createdAt: now, changedAt: now };
    this.#change(() => this.#state.people.push(added));
    return added;
  }

  /** Changes what is kept of a person. */
  changePerson(person: Person, now: number, change: (person: Person) => void): void {
    this.#change(() => {
      change(person);
      person.changedAt = now;
    });
  }

  /** Ends all sign-ins of a person, as an administrator's global sign-out does. */
  signOutEverywhere(sub: string, now: number): void {
    this.#change((state) => {
      const person = state.people.find((one) => one.sub === sub);
      if (person) person.signedOutAt = now;
      for (const [hash, token] of Object.entries(state.refreshTokens)) {
        if (token.sub === sub) delete state.refreshTokens[hash];
      }
    });
  }

  removePerson(sub: string): void {
    this.#change((state) => {
      state.people = state.people.filter((person) => person.sub !== sub);
    });
  }

  refreshToken(hash: string): RefreshToken | undefined {
    return this.#state.refreshTokens[hash];
  }

  putRefreshToken(hash: string, token: RefreshToken, now: number): void {
    this.#change((state) => {
      for (const [old, { expires, rotatedUntil }] of Object.entries(state.refreshTokens)) {
        if (Math.min(expires, rotatedUntil ?? Infinity) < now) delete state.refreshTokens[old];
      }
      state.refreshTokens[hash] = token;
    });
  }

  /** Ends one sign-in: its refresh tokens and, where the server is asked, its ID tokens. */
  revoke(originJti: string, until: number, now: number): void {
    this.#change((state) => {
      for (const [hash, token] of Object.entries(state.refreshTokens)) {
        if (token.originJti === originJti) delete state.refreshTokens[hash];
      }
      for (const [old, end] of Object.entries(state.revoked)) if (end < now) delete state.revoked[old];
      state.revoked[originJti] = until;
    });
  }

  isRevoked(originJti: string): boolean {
    return Object.hasOwn(this.#state.revoked, originJti);
  }

  identityOf(sub: string, region: string): string {
    const known = this.#state.identities[sub];
    if (known) return known;
    const identityId = `${region}:${randomUUID()}`;
    this.#change((state) => (state.identities[sub] = identityId));
    return identityId;
  }

  #change(change: (state: State) => unknown): void {
    change(this.#state);
    writeJson(this.#file, this.#state);
  }
}

async function makeKeys(): Promise<Keys> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    jwk: { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' },
    master: randomBytes(32).toString('base64'),
  };
}
