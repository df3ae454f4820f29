// The composition root: builds session, cloud, library and uploads at sign-in, and drops them at sign-out.
import { AuthError } from './auth/error.ts';
import { thisBrowser } from './auth/record.ts';
import { isCallback, Session } from './auth/session.ts';
import { Clock } from './cloud/clock.ts';
import { Cloud } from './cloud/cloud.ts';
import { Credentials } from './cloud/credentials.ts';
import { CloudError, toCloudError } from './cloud/error.ts';
import { forgetReplicas } from './library/replica.ts';
import { Library } from './library/library.svelte.ts';
import { parseConfig, type Config } from './schema/config.ts';
import { Notices } from './ui/notices.svelte.ts';
import { Route } from './ui/route.svelte.ts';
import { sentence, words } from './ui/words.ts';
import type { Uploads } from './upload/uploads.svelte.ts';
import { forgetCaches, keepCachesOf } from './worker-client.ts';

/** What exists only while somebody is signed in. */
export interface Home {
  session: Session;
  credentials: Credentials;
  cloud: Cloud;
  library: Library;
  leaving: AbortController;
}

/** `outsider` is signed in but not a member; `broken` could not even begin. */
export type Phase = 'starting' | 'welcome' | 'outsider' | 'library' | 'broken';

const SYNC_EVERY_MS = 3 * 60_000;
/** The first pictures come before the SDK that syncs. */
const FIRST_SYNC_MS = 1500;

export class App {
  readonly route = new Route();
  readonly notices = new Notices();
  readonly #browser = thisBrowser();
  #config: Config | undefined;
  #outsider: Session | undefined;
  #phase = $state<Phase>('starting');
  #home = $state.raw<Home>();
  #uploads = $state.raw<Uploads>();
  #online = $state(navigator.onLine);
  #signInProblem = $state<string>();

  constructor() {
    addEventListener('online', () => (this.#online = true));
    addEventListener('offline', () => (this.#online = false));
  }

  get phase(): Phase {
    return this.#phase;
  }
  get home(): Home | undefined {
    return this.#home;
  }
  get uploads(): Uploads | undefined {
    return this.#uploads;
  }
  /** Why the last sign-in came to nothing. */
  get signInProblem(): string | undefined {
    return this.#signInProblem;
  }
  get google(): boolean {
    return this.#config?.google ?? false;
  }
  get offline(): boolean {
    const state = this.#home?.library.syncState;
    return !this.#online || (state instanceof CloudError && state.code === 'offline');
  }
  /** Who is signed in, library or not. */
  get person(): Session['claims'] | undefined {
    return (this.#home?.session ?? this.#outsider)?.claims;
  }

  async start(): Promise<void> {
    this.#phase = 'starting';
    try {
      this.#config = parseConfig(await (await fetch('/config.json')).json());
      if (isCallback(location.href)) await this.#completeSignIn(this.#config);
      const session = Session.restore(this.#config, this.#browser);
      if (session) await this.#enter(this.#config, session);
      else await this.#wipe();
    } catch (error) {
      console.error(error);
      this.#phase = 'broken';
    }
  }

  async signIn(google = false): Promise<void> {
    if (!this.#config) return;
    this.#signInProblem = undefined;
    try {
      const { SignIn } = await import('./auth/oidc.ts');
      const returnTo = location.pathname + location.search;
      await new SignIn(this.#config, this.#browser).signIn({ google, returnTo });
    } catch (error) {
      this.#signInProblem = this.explain(error);
    }
  }

  async #completeSignIn(config: Config): Promise<void> {
    const url = location.href;
    // Out of the address bar and the history before anything else can see it.
    this.route.reset('/');
    try {
      const { SignIn } = await import('./auth/oidc.ts');
      const { returnTo } = await new SignIn(config, this.#browser).completeSignIn(url);
      this.route.reset(returnTo);
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      // Reloading the page sends the answer again: whoever is signed in already need not be told.
      if (error.code === 'stale' && Session.restore(config, this.#browser)) return;
      this.#signInProblem =
        error.code === 'cancelled' ? words.signInProblems.denied : words.signInProblems.unexpected;
    }
  }

  async #enter(config: Config, session: Session): Promise<void> {
    const clock = new Clock();
    const credentials = new Credentials({
      config,
      subject: session.claims.sub,
      idToken: (options) => session.idToken(options),
      storage: this.#browser.storage,
      locks: this.#browser.locks,
      fetch: (...request) => fetch(...request),
      clock,
    });
    const leaving = new AbortController();
    try {
      const cloud = await Cloud.open({ config, credentials, clock });
      const library = await Library.open(cloud);
      this.#outsider = undefined;
      this.#home = { session, credentials, cloud, library, leaving };
      this.#phase = 'library';
      session.onSignedOut(() => void this.#leave());
      this.#keepInSync(library, leaving.signal);
      await keepCachesOf(cloud.identityId);
    } catch (error) {
      const problem = toCloudError(error);
      if (!(problem instanceof CloudError)) throw error;
      if (problem.code === 'forbidden') {
        this.#outsider = session;
        this.#phase = 'outsider';
      } else if (problem.code === 'signed-out') {
        await this.#wipe();
      } else throw error;
    }
  }

  /** At the start, when one comes back to the page, when the connection does, and every few minutes. */
  #keepInSync(library: Library, signal: AbortSignal): void {
    const sync = async (): Promise<void> => {
      if (document.visibilityState === 'hidden') return;
      await library.sync(signal);
      const { syncState } = library;
      if (syncState instanceof CloudError && syncState.code === 'signed-out') await this.#leave();
    };
    const first = setTimeout(sync, library.complete && library.photos.length > 0 ? FIRST_SYNC_MS : 0);
    const timer = setInterval(sync, SYNC_EVERY_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(first);
      clearInterval(timer);
    });
    document.addEventListener('visibilitychange', sync, { signal });
    addEventListener('online', sync, { signal });
  }

  /** The upload code comes when somebody is about to need it. */
  async readyUploads(): Promise<Uploads | undefined> {
    const home = this.#home;
    if (!home || this.#uploads) return this.#uploads;
    const [{ Uploads }] = await Promise.all([import('./upload/uploads.svelte.ts'), home.cloud.warm()]);
    if (this.#home !== home) return undefined;
    this.#uploads ??= new Uploads({
      cloud: home.cloud,
      library: home.library,
      explain: (error) => this.explain(error),
    });
    return this.#uploads;
  }

  /** Somebody reaches for the upload button or drags files: fetch its code ahead. When that fails, so will the upload, and say why. */
  hintUpload(): void {
    this.readyUploads().catch((error: unknown) => console.warn(error));
  }

  /** The sentence for whatever went wrong. */
  explain(error: unknown): string {
    if (error instanceof AuthError) return sentence(words.problems, error.code);
    const problem = toCloudError(error);
    return sentence(words.problems, problem instanceof CloudError ? problem.code : 'unexpected');
  }

  async signOut(): Promise<void> {
    const session = this.#home?.session ?? this.#outsider;
    await this.#leave();
    await session?.signOut((error) => console.warn('The refresh token could not be revoked.', error));
  }

  /** The session has ended, here or in another tab: nothing of it stays. */
  async #leave(): Promise<void> {
    const home = this.#home;
    this.#home = undefined;
    this.#uploads?.close();
    this.#uploads = undefined;
    this.#outsider = undefined;
    this.route.reset('/');
    if (home) {
      home.leaving.abort();
      home.credentials.forget();
      home.library.close();
    }
    await this.#wipe();
  }

  async #wipe(): Promise<void> {
    this.#phase = 'welcome';
    await Promise.all([forgetReplicas(), forgetCaches()]);
  }
}
