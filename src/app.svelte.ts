// The composition root: who is signed in decides what is built, and sign-out drops it all.
import { AuthError } from './auth/error.ts';
import { isCallback, thisBrowser } from './auth/record.ts';
import { Session } from './auth/session.ts';
import type { Early, Home } from './home.svelte.ts';
import type { Config } from './schema/config.ts';
import type { IdentityId } from './schema/ids.ts';
import { Notices } from './ui/notices.svelte.ts';
import { Route } from './ui/route.svelte.ts';
import { words } from './ui/words/notices.ts';
import { beginVisit } from './visit.ts';

/** `outsider` is signed in but not a member; `broken` could not even begin. */
export type Phase = 'starting' | 'welcome' | 'outsider' | 'library' | 'broken';

/** Why a sign-in came to nothing. */
export type SignInProblem = 'denied' | 'offline' | 'unexpected';

/** After the first pictures. */
const FORGET_OTHERS_MS = 2000;

/** Where invitations lead, and what becomes of one: as in the code that comes only when there is one. */
const INVITE_PATH = '/invite';
const INVITATION_KEY = 'shoebox.invitation';
const FRIENDS_PATH = '/friends';

/** How long sign-out tries to send what the cloud does not have yet. */
const LAST_EDITS_MS = 4000;

/** What was answered about what would be lost by signing out. */
export interface Leaving {
  losing?: boolean;
  keep?: boolean;
}
/** What would be lost by signing out: changes that are not saved yet, photos that are not uploaded yet. */
export interface Unsaved {
  changes: number;
  uploads: number;
}
interface Spared {
  spareEdits?: boolean;
  spareUploads?: boolean;
}

export class App {
  readonly route = new Route();
  readonly notices = new Notices();
  readonly #browser = thisBrowser();
  #config: Config | undefined;
  #session: Session | undefined;
  #unsubscribe: (() => void) | undefined;
  #phase = $state<Phase>('starting');
  #home = $state.raw<Home>();
  #signInProblem = $state<SignInProblem>();
  #handed = $state(0);
  #looking: Promise<void> | undefined;

  get phase(): Phase {
    return this.#phase;
  }
  get home(): Home | undefined {
    return this.#home;
  }
  /** Why the last sign-in came to nothing. */
  get signInProblem(): SignInProblem | undefined {
    return this.#signInProblem;
  }
  /** How often other apps have handed over photos in this visit. */
  get handed(): number {
    return this.#handed;
  }
  get google(): boolean {
    return this.#config?.google ?? false;
  }
  get email(): string {
    return this.#session?.claims.email ?? '';
  }

  /** There are photos from another app to be asked about. */
  hand(): void {
    this.#handed++;
  }

  async start(visit = beginVisit()): Promise<void> {
    this.#phase = 'starting';
    try {
      if (this.route.path === INVITE_PATH) await this.#putInvitationAside();
      const { config, early } = await visit;
      this.#config = config;
      if (isCallback(location.href)) await this.#completeSignIn(this.#config);
      const session = Session.restore(this.#config, this.#browser);
      if (session) await this.#enter(this.#config, session, early);
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
      this.#signInProblem = problemOf(error);
    }
  }

  /** Out of the address bar and the history before anything else can see it. */
  async #putInvitationAside(): Promise<void> {
    const { keepInvitation } = await import('./friends/kept.ts');
    this.route.reset(keepInvitation(location.hash) ? FRIENDS_PATH : `${FRIENDS_PATH}?invitation=broken`);
  }

  /** Somebody who was not let in may have been meanwhile. */
  lookAgain(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #look(): Promise<void> {
    if (this.#phase !== 'outsider' || !this.#config || !this.#session) return;
    try {
      await this.#enter(this.#config, this.#session);
      this.#signInProblem = undefined;
    } catch (error) {
      this.#signInProblem = problemOf(error);
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
      this.#signInProblem = problemOf(error);
    }
  }

  async #enter(config: Config, session: Session, early?: Early): Promise<void> {
    this.#session = session;
    // From here on a sign-out in another tab is heard, also while the library is still being opened.
    this.#unsubscribe?.();
    this.#unsubscribe = session.onSignedOut(() => this.#ended());
    const { Home } = await import('./home.svelte.ts');
    const home = await Home.open(config, session, {
      early,
      notices: this.notices,
      onend: () => this.#ended(),
      onlost: (count) => this.notices.say(words.lost(count)),
      onstuck: (count) =>
        void import('./ui/words/trash.ts').then(({ words: say }) => this.notices.say(say.stuck(count))),
    }).catch(async (error: unknown) => {
      const code = (error as { code?: unknown }).code;
      if (code === 'forbidden') this.#phase = 'outsider';
      else if (code === 'signed-out') await this.#leave();
      else throw error;
    });
    if (!home) return;
    if (this.#session !== session) {
      home.close();
      await this.#wipe(home.cloud.identityId);
      return;
    }
    // The invitation they came with, perhaps days ago, is answered first.
    if (this.route.path === '/' && INVITATION_KEY in localStorage) this.route.reset(FRIENDS_PATH);
    this.#home = home;
    this.#phase = 'library';
    setTimeout(() => void forgetOthers(home.cloud.identityId), FORGET_OTHERS_MS);
  }

  /**
   * Sends first what the cloud does not have yet. Gives what would be lost: then nobody is signed out, unless `losing` these changes
   * was agreed to, and it was said whether this device is to `keep` the uploads that are in hand for the same person's next visit.
   */
  async signOut({ losing = false, keep }: Leaving = {}): Promise<Unsaved> {
    const home = this.#home;
    if (home && !losing) {
      const changes = await home.sendEdits(LAST_EDITS_MS);
      if (changes > 0) return { changes, uploads: 0 };
    }
    if (home && keep === undefined) {
      const uploads = await home.unstored();
      if (uploads > 0) return { changes: 0, uploads };
    }
    if (keep) await home?.keepUploads();
    await home?.silence(LAST_EDITS_MS).catch(console.warn);
    // Before anything else: should the browser be closed meanwhile, they are not found by the next person.
    await home?.discardEdits().catch(console.error);
    const session = this.#session;
    const wiped = Promise.withResolvers<void>();
    // Begins with emptying the token storage, and leaves the page when all else is wiped.
    const left = session?.signOut(
      (error) => console.warn('The refresh token could not be revoked.', error),
      wiped.promise,
    );
    await this.#leave({ spareEdits: false, spareUploads: keep === true }).then(wiped.resolve, wiped.reject);
    await left;
    return { changes: 0, uploads: 0 };
  }

  /** The session has ended without being asked to: in another tab, or because AWS no longer takes it. */
  #ended(): void {
    const unsaved = this.#home?.unsent ?? 0;
    this.#leave().catch(console.error);
    this.notices.say(unsaved > 0 ? words.signedOutUnsaved(unsaved) : words.signedOut);
  }

  /**
   * Nothing of the session stays, neither in memory nor on this device; where it ended without being asked to, only the changes that
   * the cloud does not have yet, for the same person to come back to.
   */
  async #leave(spared: Spared = {}): Promise<void> {
    const home = this.#home;
    this.#unsubscribe?.();
    this.#session?.end();
    this.#session = undefined;
    this.#home = undefined;
    home?.close();
    this.notices.clear();
    this.route.reset('/');
    await this.#wipe(home?.cloud.identityId, spared);
  }

  /** No trace on this device: of anybody, or only of one person where somebody else has signed in meanwhile. */
  async #wipe(
    identityId?: IdentityId,
    { spareEdits = true, spareUploads = true }: Spared = {},
  ): Promise<void> {
    this.#phase = 'welcome';
    const another = this.#config && Session.restore(this.#config, this.#browser);
    const whose = another ? identityId : '';
    if (whose === undefined) return;
    const [{ forgetCaches }, { forgetReplicas, forgetHabitsOf }, { forgetUploads }] = await Promise.all([
      import('./worker-client.ts'),
      import('./library/forget.ts'),
      import('./upload/kept.ts'),
    ]);
    forgetHabitsOf(whose);
    if (!spareEdits) localStorage.removeItem(INVITATION_KEY);
    await Promise.all([
      forgetCaches(whose),
      forgetReplicas(whose, { spareEdits }),
      // Of somebody else, what waits is never given up: they have been asked.
      forgetUploads(identityId, {
        spare: spareUploads || identityId === undefined,
        spareReceived: spareEdits,
      }),
    ]);
  }
}

/** Pictures that somebody else's session left behind, for example because the browser was closed while it ended. */
async function forgetOthers(identityId: IdentityId): Promise<void> {
  try {
    const { keepCachesOf } = await import('./worker-client.ts');
    await keepCachesOf(identityId);
  } catch (error) {
    console.warn(error);
  }
}

function problemOf(error: unknown): SignInProblem {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === 'cancelled') return 'denied';
  return code === 'offline' ? 'offline' : 'unexpected';
}
