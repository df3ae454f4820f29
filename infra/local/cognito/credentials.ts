// Temporary credentials without a list of them: the session token is the sealed truth (who, which role, until when), the secret
// is derived from the access key id. So they outlive a restart, and nothing has to be cleaned up.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Context, CredentialStore, Principal, ResolvedCredentials } from '../contract.ts';
import type { Role } from '../template.ts';

export interface IssuedCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

/** What a session token says once it is opened. */
interface Session {
  accessKeyId: string;
  role: string;
  sessionName: string;
  /** Epoch milliseconds. */
  expires: number;
  /** Condition keys of the principal besides those every session has. */
  context: Context;
}

export interface SessionOptions {
  sessionName?: string;
  context?: Context;
  seconds?: number;
}

export interface CredentialsOptions {
  /** Base64 of 32 bytes. */
  master: string;
  account: string;
  roles: readonly Role[];
  /** How long credentials live; an hour, as on AWS. */
  seconds?: number;
  now?: () => number;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const IV_BYTES = 12;
const TAG_BYTES = 16;

export class Credentials implements CredentialStore {
  readonly #master: Buffer;
  readonly #account: string;
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #seconds: number;
  readonly #now: () => number;

  constructor({ master, account, roles, seconds = 3600, now = Date.now }: CredentialsOptions) {
    this.#master = Buffer.from(master, 'base64');
    this.#account = account;
    this.#roles = new Map(roles.map((role) => [role.logicalId, role]));
    this.#seconds = seconds;
    this.#now = now;
  }

  /** For a role of the template, by its logical id; `context` is what its sessions carry beyond the usual. */
  issueRole(
    role: string,
    { sessionName = role, context = {}, seconds = this.#seconds }: SessionOptions = {},
  ): IssuedCredentials {
    if (!this.#roles.has(role)) throw new Error(`There is no role ${role} in the template.`);
    const accessKeyId = this.#newKeyId();
    // Whole seconds, because that is all that Cognito's answer can say.
    const expires = Math.floor(this.#now() / 1000 + seconds) * 1000;
    return {
      accessKeyId,
      secretAccessKey: this.#secret(accessKeyId),
      sessionToken: this.#seal({ accessKeyId, role, sessionName, expires, context }),
      expiration: new Date(expires),
    };
  }

  resolve(accessKeyId: string, sessionToken: string | undefined, now: number): ResolvedCredentials {
    if (!this.#isOurs(accessKeyId)) return { state: 'unknown' };
    const session = sessionToken === undefined ? undefined : this.#open(sessionToken);
    if (!session || session.accessKeyId !== accessKeyId) return { state: 'bad-token' };
    const role = this.#roles.get(session.role);
    // The template has lost the role since.
    if (!role) return { state: 'unknown' };
    if (session.expires <= now) return { state: 'expired' };
    return {
      state: 'valid',
      secretAccessKey: this.#secret(accessKeyId),
      principal: this.#principal(role, session),
    };
  }

  #principal(role: Role, session: Session): Principal {
    return {
      arn: `arn:aws:sts::${this.#account}:assumed-role/${role.name}/${session.sessionName}`,
      policies: role.policies,
      context: {
        'aws:PrincipalArn': role.arn,
        'aws:PrincipalAccount': this.#account,
        'aws:PrincipalType': 'AssumedRole',
        'aws:userid': `${role.name}:${session.sessionName}`,
        ...session.context,
      },
    };
  }

  #newKeyId(): string {
    const random = letters(randomBytes(10));
    return `ASIA${random}${this.#mark(random)}`;
  }

  /** Six letters that only we can make, so that a made-up key id is told from a wrong token. */
  #mark = (random: string): string => letters(this.#hmac('id', random).subarray(0, 6));

  #isOurs = (id: string): boolean => id.startsWith('ASIA') && id.slice(14) === this.#mark(id.slice(4, 14));

  #secret = (accessKeyId: string): string =>
    this.#hmac('secret', accessKeyId).toString('base64').slice(0, 40);

  #hmac = (purpose: string, text: string): Buffer =>
    createHmac('sha256', this.#master).update(`${purpose}:${text}`).digest();

  #seal(session: Session): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#hmac('seal', ''), iv);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(session)), cipher.final()]);
    return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64');
  }

  #open(token: string): Session | undefined {
    const bytes = Buffer.from(token, 'base64');
    if (bytes.length <= IV_BYTES + TAG_BYTES || bytes.toString('base64') !== token) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#hmac('seal', ''), bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text =
        decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      return JSON.parse(text) as Session;
    } catch {
      // The seal is broken: not a token of ours, which the caller says.
      return undefined;
    }
  }
}

const letters = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
