// The one source of AWS credentials for everything in the page: memory, then storage shared by all tabs, then Cognito.
//
// They lie in localStorage so that a reload or a new tab can show pictures without a round trip. That gives nothing away: the
// refresh token lies there already, reaches further and lives longer (see src/auth/session.ts).
import type { Config } from '../schema/config.ts';
import type { IdentityId } from '../schema/ids.ts';
import type { Clock } from './clock.ts';
import type { Mint } from './cognito.ts';
import { CloudError, toCloudError, type CloudErrorCode } from './error.ts';
import { good, keptCredentials, STORAGE_KEY, subjectOf, type AwsCredentials } from './kept.ts';

export interface CredentialsOptions {
  config: Config;
  /** The signed-in person (the id token's `sub`): credentials kept for anybody else are not used. */
  subject: string;
  /** A good id token; `force` asks for a new one although the last still looked good. */
  idToken: (options?: { force?: boolean }) => Promise<string>;
  storage: Storage;
  locks: Pick<LockManager, 'request'>;
  fetch: typeof fetch;
  clock: Clock;
}

const LOCK = 'shoebox.credentials';

/** The token may look good here but not to Cognito (a clock, a revoked session): where it is refused, a new one decides. */
export async function mintedWith(
  idToken: CredentialsOptions['idToken'],
  mint: (idToken: string) => Promise<AwsCredentials>,
  isRefused: (code: CloudErrorCode) => boolean,
): Promise<AwsCredentials> {
  try {
    return await mint(await idToken());
  } catch (error) {
    const problem = toCloudError(error);
    if (!(problem instanceof CloudError && isRefused(problem.code))) throw error;
    return mint(await idToken({ force: true }));
  }
}

export class Credentials {
  readonly #options: CredentialsOptions;
  #held: AwsCredentials | undefined;
  #pending: Promise<AwsCredentials> | undefined;
  #mint: Mint;
  #forgotten = false;

  constructor(options: CredentialsOptions) {
    this.#options = options;
    // Most visits begin with credentials that are good.
    this.#mint = async (...known) => {
      const { mintByFetch } = await import('./cognito.ts');
      return mintByFetch(options.config, options.fetch, options.clock)(...known);
    };
    this.#held = this.#stored();
  }

  /** Whose credentials these are; undefined only until the very first were given. Stays when they expire. */
  get identityId(): IdentityId | undefined {
    return this.#held?.identityId;
  }

  /** What they are given for. */
  get idToken(): CredentialsOptions['idToken'] {
    return this.#options.idToken;
  }

  /** The credentials, if they are good for a while yet; never asks anybody. */
  current(): AwsCredentials | undefined {
    return this.#good(this.#held);
  }

  /** Good credentials: others than the `refused` ones, which AWS no longer took although they looked good. */
  async get({ refused }: { refused?: AwsCredentials } = {}): Promise<AwsCredentials> {
    const current = this.current();
    if (current && current.accessKeyId !== refused?.accessKeyId) return current;
    this.#pending ??= this.#renew(refused?.accessKeyId).finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  /** Replaces the way new credentials are made: once the SDK is there, its own provider makes them. */
  setMint(mint: Mint): void {
    this.#mint = mint;
  }

  /** Sign-out: wipes memory and storage. From here on there are none, even if some were on their way. */
  forget(): void {
    this.#forgotten = true;
    this.#held = undefined;
    const { storage, subject } = this.#options;
    // Somebody else may have signed in in another tab meanwhile: theirs stay.
    if ((subjectOf(storage) ?? subject) === subject) storage.removeItem(STORAGE_KEY);
  }

  async #renew(refused: string | undefined): Promise<AwsCredentials> {
    try {
      return await this.#options.locks.request(LOCK, async () => {
        // Another tab may have renewed them while we waited.
        const stored = this.#good(this.#stored());
        return this.#keep(stored && stored.accessKeyId !== refused ? stored : await this.#minted());
      });
    } catch (error) {
      const problem = toCloudError(error);
      // The session is over: what is left of it in storage has no owner any more.
      if (problem instanceof CloudError && problem.code === 'signed-out') this.forget();
      throw problem;
    }
  }

  async #minted(): Promise<AwsCredentials> {
    const known = this.identityId;
    // It may also be from before the person was let in.
    const isRefused = (code: CloudErrorCode) =>
      (code === 'signed-out' || code === 'forbidden') && !this.#forgotten;
    return mintedWith(this.#options.idToken, (idToken) => this.#mint(idToken, known), isRefused);
  }

  #keep(credentials: AwsCredentials): AwsCredentials {
    if (this.#forgotten) throw new CloudError('signed-out', 'signed out meanwhile');
    const record = JSON.stringify({ subject: this.#options.subject, ...credentials });
    this.#options.storage.setItem(STORAGE_KEY, record);
    this.#held = credentials;
    return credentials;
  }

  #stored(): AwsCredentials | undefined {
    return keptCredentials(this.#options.storage, this.#options.subject);
  }

  #good(credentials: AwsCredentials | undefined): AwsCredentials | undefined {
    return good(credentials, this.#options.clock.now());
  }
}
