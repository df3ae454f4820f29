// Who is signed in, and an id token that is good whenever one is asked for. Light: it loads ./oidc.ts only to refresh or to leave.
import type { Config } from '../schema/config.ts';
import { AuthError, isOffline } from './error.ts';
import {
  clearRecord,
  readRecord,
  STORAGE_KEY,
  writeRecord,
  type Browser,
  type Claims,
  type SessionRecord,
} from './record.ts';

const LOCK = 'shoebox.session';
/** An id token is renewed this long before it ends. */
const MARGIN = 5 * 60_000;

export class Session {
  readonly #config: Config;
  readonly #browser: Browser;
  readonly #callbacks = new Set<() => void>();
  #record: SessionRecord;
  #ended = false;
  #pending: Promise<string> | undefined;

  /** The session this browser holds, if it holds one. Asks nobody. */
  static restore(config: Config, browser: Browser): Session | undefined {
    const record = readRecord(browser.storage);
    return record && new Session(config, browser, record);
  }

  private constructor(config: Config, browser: Browser, record: SessionRecord) {
    this.#config = config;
    this.#browser = browser;
    this.#record = record;
  }

  get claims(): Claims {
    return this.#record.claims;
  }

  /** A token that is good for a while yet; with `force` a new one in any case. */
  async idToken({ force = false } = {}): Promise<string> {
    if (this.#ended) throw new AuthError('signed-out', 'signed out');
    if (!force && this.#fresh(this.#record)) return this.#record.idToken;
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  /** Tells when the session ended elsewhere: signed out in another tab, somebody else signed in, or no longer renewable. */
  onSignedOut(callback: () => void): () => void {
    const listen = (event: Event): void => {
      const { key } = event as StorageEvent;
      // A null key: everything was cleared.
      if ((key === null || key === STORAGE_KEY) && !this.#stored()) this.#end();
    };
    const { events } = this.#browser;
    events.addEventListener('storage', listen);
    this.#callbacks.add(callback);
    return () => {
      events.removeEventListener('storage', listen);
      this.#callbacks.delete(callback);
    };
  }

  /** Ends the session on this device without asking anybody: AWS no longer takes it, or the library is being left. */
  end(): void {
    if (this.#stored()) clearRecord(this.#browser);
    this.#end();
  }

  /** False once it has ended, here or in another tab. */
  get alive(): boolean {
    return !this.#ended && this.#stored() !== undefined;
  }

  /**
   * Signs out here, in other tabs and at the sign-in service, in this order, then leaves the page. Storage is empty before the
   * network is asked. What could not be revoked is told to `report`; the token then dies of age. The page is left when `wiped` has
   * settled, well or not.
   */
  async signOut(report: (error: AuthError) => void, wiped?: Promise<void>): Promise<void> {
    // Another tab may have renewed since: the token in storage is the one that is alive.
    const { refreshToken } = this.#stored() ?? this.#record;
    this.#ended = true;
    clearRecord(this.#browser);
    let offline = false;
    try {
      await (await this.#signIn()).revoke(refreshToken);
    } catch (cause) {
      const error = toAuthError(cause);
      offline = error.code === 'offline';
      report(error);
    }
    await wiped?.catch((cause: unknown) => report(toAuthError(cause)));
    const { location } = this.#browser;
    const home = `${location.origin}/`;
    const query = new URLSearchParams({ client_id: this.#config.clientId, logout_uri: home });
    // Without a network the sign-in service would be a browser's error page; ours works.
    location.assign(offline ? home : `${this.#config.signInUrl}/logout?${query}`);
  }

  async #renew(): Promise<string> {
    // Refresh tokens are replaced at each use: two tabs using the same one would sign each other out.
    return this.#browser.locks.request(LOCK, async () => {
      const stored = this.#stored();
      if (!stored) throw this.#end();
      if (stored.idToken === this.#record.idToken || !this.#fresh(stored)) {
        const renewed = await this.#refreshed(stored);
        // Signed out meanwhile, here or elsewhere: the new tokens must not be kept.
        if (this.#stored()?.refreshToken !== stored.refreshToken) throw this.#end();
        writeRecord(this.#browser.storage, renewed);
        this.#record = renewed;
      } else this.#record = stored;
      return this.#record.idToken;
    });
  }

  async #refreshed(record: SessionRecord): Promise<SessionRecord> {
    try {
      return await (await this.#signIn()).refresh(record);
    } catch (cause) {
      const error = toAuthError(cause);
      if (error.code !== 'signed-out') throw error;
      clearRecord(this.#browser);
      throw this.#end(error);
    }
  }

  /** What is stored, as long as it is about the same person. */
  #stored(): SessionRecord | undefined {
    const stored = readRecord(this.#browser.storage);
    return stored?.claims.sub === this.#record.claims.sub ? stored : undefined;
  }

  #end(cause?: Error): AuthError {
    if (!this.#ended) {
      this.#ended = true;
      for (const callback of this.#callbacks) callback();
    }
    return new AuthError('signed-out', 'the session has ended', { cause });
  }

  #fresh(record: SessionRecord): boolean {
    return record.expiresAt - MARGIN > this.#browser.now();
  }

  async #signIn() {
    const { SignIn } = await import('./oidc.ts');
    return new SignIn(this.#config, this.#browser);
  }
}

function toAuthError(cause: unknown): AuthError {
  if (cause instanceof AuthError) return cause;
  // What is left: ./oidc.ts itself could not be loaded.
  const message = cause instanceof Error ? cause.message : String(cause);
  return new AuthError(isOffline(cause) ? 'offline' : 'unexpected', message, { cause });
}
