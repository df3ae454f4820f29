// What exists only while somebody is signed in: built at sign-in, kept in sync, dropped at sign-out.
import type { Session } from './auth/session.ts';
import { Clock } from './cloud/clock.ts';
import { Cloud } from './cloud/cloud.ts';
import { Credentials } from './cloud/credentials.ts';
import { CloudError } from './cloud/error.ts';
import type { Answer } from './cloud/first.ts';
import type { Databases } from './library/databases.ts';
import type { Sharing } from './grid/sharing.ts';
import type { Disposal } from './library/disposal.svelte.ts';
import { Library } from './library/library.svelte.ts';
import { within } from './library/within.ts';
import type { Search } from './library/search.svelte.ts';
import type { Publisher } from './library/publisher.svelte.ts';
import type { Social } from './library/social.svelte.ts';
import type { Config } from './schema/config.ts';
import type { IdentityId } from './schema/ids.ts';
import type { Upkeep } from './settings/upkeep.svelte.ts';
import type { Notices } from './ui/notices.svelte.ts';
import type { Uploads } from './upload/uploads.svelte.ts';

const SYNC_EVERY_MS = 3 * 60_000;
/** The first pictures come before the SDK that syncs. */
const FIRST_SYNC_MS = 1500;
const SOON_MS = [10_000, 30_000];
/** After a sync, before a snapshot is thought of. */
const KEEP_MS = 2000;
/** After one that could not be written: it may be large. */
const KEEP_AGAIN_MS = 30 * 60_000;

/** Long after the first pictures. */
const UPKEEP_MS = 8000;

/** Not every browser has it. */
const whenIdle = (work: () => void): unknown =>
  'requestIdleCallback' in globalThis ? requestIdleCallback(work) : setTimeout(work);

/** What a visit has asked for already, for somebody whose credentials are good. */
export interface Early {
  identityId: IdentityId;
  databases: Promise<Databases>;
  /** The first part of the snapshot, for a device that knows nothing yet; undefined when that came to nothing. */
  first: Promise<Answer | undefined>;
}

interface HomeOptions {
  early: Early | undefined;
  notices: Notices;
  /** The sign-in is no longer taken. */
  onend: () => void;
  onlost: (count: number) => void;
  /** So many photos could not be deleted though their time in the trash is over. Said once. */
  onstuck: (count: number) => void;
}

export class Home {
  readonly session: Session;
  readonly cloud: Cloud;
  readonly library: Library;
  readonly #credentials: Credentials;
  readonly #notices: Notices;
  readonly #leaving = new AbortController();
  #uploads = $state.raw<Uploads>();
  #disposal: Disposal | undefined;
  #stuck = false;
  #online = $state(navigator.onLine);
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #keepNotBefore = 0;
  #upkeep: Promise<Upkeep> | undefined;
  #search: Promise<Search> | undefined;
  #social: Promise<Social> | undefined;
  #publisher: Publisher | undefined;
  /** Once it is there. */
  #opened: Social | undefined;

  private constructor(
    session: Session,
    credentials: Credentials,
    cloud: Cloud,
    library: Library,
    notices: Notices,
  ) {
    this.session = session;
    this.#notices = notices;
    this.#credentials = credentials;
    this.cloud = cloud;
    this.library = library;
  }

  /** Fails with a CloudError: `forbidden` for somebody who is not a member, `signed-out`, `offline`. */
  static async open(
    config: Config,
    session: Session,
    { early, notices, onend, onlost, onstuck }: HomeOptions,
  ): Promise<Home> {
    const clock = new Clock();
    const credentials = new Credentials({
      config,
      subject: session.claims.sub,
      idToken: (options) => session.idToken(options),
      storage: localStorage,
      locks: navigator.locks,
      fetch: (...request) => fetch(...request),
      clock,
    });
    // Fetched already while AWS is asked for the first time who this is. Should that fail, it is fetched when it is needed.
    if (!credentials.identityId) import('./library/snapshot-read.ts').catch(console.warn);
    // Somebody else may have signed in since, in another tab.
    const mine = early?.identityId === credentials.identityId ? early : undefined;
    const cloud = await Cloud.open({ config, credentials, clock, first: mine?.first });
    const library = await Library.open(cloud, { onlost, databases: mine?.databases });
    const home = new Home(session, credentials, cloud, library, notices);
    home.#restore();
    home.#keepInSync(onend, onstuck);
    return home;
  }

  get uploads(): Uploads | undefined {
    return this.#uploads;
  }

  get offline(): boolean {
    const { syncState } = this.library;
    return !this.#online || (syncState instanceof CloudError && syncState.code === 'offline');
  }

  /** Why the last sync failed, when it is not for the connection. */
  get trouble(): CloudError | undefined {
    const { syncState } = this.library;
    return syncState instanceof CloudError && syncState.code !== 'offline' ? syncState : undefined;
  }

  sync(): Promise<void> {
    return this.library.sync(this.#leaving.signal);
  }

  /** A device that knows nothing yet takes over what another one has left for it. */
  #restore(): void {
    const { library, cloud } = this;
    if (!library.blank) return;
    const { signal } = this.#leaving;
    library.restoring(
      import('./library/snapshot-read.ts').then(({ restore }) => restore({ library, source: cloud, signal })),
    );
  }

  /** Once a sync has ended well and nothing else is to be done. */
  #keepSnapshot(): void {
    const { library, cloud } = this;
    const { signal } = this.#leaving;
    if (this.#keeping || library.syncState !== 'idle' || !library.complete) return;
    if (performance.now() < this.#keepNotBefore) return;
    const keep = async (): Promise<void> => {
      try {
        const { keepSnapshot } = await import('./library/snapshot-write.ts');
        await keepSnapshot({ library, target: cloud, signal });
      } catch (error) {
        // It is for other devices, and tried again after a later sync.
        this.#keepNotBefore = performance.now() + KEEP_AGAIN_MS;
        if (!signal.aborted) console.warn('The snapshot of the library could not be written.', error);
      }
    };
    // So much rest between two tries, too.
    this.#keeping = setTimeout(
      () => whenIdle(() => void keep().finally(() => (this.#keeping = undefined))),
      KEEP_MS,
    );
  }

  /** At the start, when one comes back to the page, when the connection does, and every few minutes. */
  #keepInSync(onend: () => void, onstuck: (count: number) => void): void {
    const { signal } = this.#leaving;
    const sync = async (): Promise<void> => {
      this.#online = navigator.onLine;
      if (document.visibilityState === 'hidden') return;
      await this.sync();
      const { syncState } = this.library;
      if (syncState instanceof CloudError && syncState.code === 'signed-out') onend();
      await this.#syncSocial();
      this.#keepSnapshot();
      if (syncState === 'idle' && this.library.trash.length > 0) await this.#deleteDue(onstuck);
    };
    const first = setTimeout(sync, this.library.photos.length > 0 ? FIRST_SYNC_MS : 0);
    // What was uploaded just before the page was reloaded is ready soon after.
    const soon = SOON_MS.map((milliseconds) => setTimeout(sync, milliseconds));
    const timer = setInterval(sync, SYNC_EVERY_MS);
    signal.addEventListener('abort', () => {
      for (const timeout of [first, ...soon]) clearTimeout(timeout);
      clearInterval(timer);
    });
    // After the first pictures.
    const unfinished = setTimeout(() => this.#goOnUploading().catch(console.warn), FIRST_SYNC_MS);
    signal.addEventListener('abort', () => clearTimeout(unfinished));
    const upkeep = setTimeout(() => this.readyUpkeep().catch(console.warn), UPKEEP_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(upkeep);
      clearTimeout(this.#keeping);
    });
    document.addEventListener('visibilitychange', sync, { signal });
    addEventListener('online', sync, { signal });
    addEventListener('offline', () => (this.#online = false), { signal });
  }

  /** The upload code comes when somebody is about to need it. */
  async readyUploads(): Promise<Uploads | undefined> {
    if (this.#uploads) return this.#uploads;
    const [{ Uploads }, { aftermath }] = await Promise.all([
      import('./upload/uploads.svelte.ts'),
      import('./aftermath.ts'),
      this.cloud.warm(),
    ]);
    if (this.#leaving.signal.aborted) return undefined;
    const { library } = this;
    const after = aftermath({ library, notices: this.#notices, social: () => this.social() });
    this.#uploads ??= new Uploads(this.cloud, library, after);
    return this.#uploads;
  }

  /** What an earlier visit has not finished is there again. */
  async #goOnUploading(): Promise<void> {
    const { keptUploads } = await import('./upload/kept.ts');
    if (keptUploads(this.cloud.identityId) > 0) await this.readyUploads();
  }

  /** What searches the library comes with the first search. */
  search(): Promise<Search> {
    return (this.#search ??= import('./library/search.svelte.ts')
      .then(({ Search }) => new Search())
      .catch((error: unknown) => {
        this.#search = undefined;
        throw error;
      }));
  }

  /** Albums, friends and shares come with the first sync, or before, when somebody looks for them. */
  social(): Promise<Social> {
    return (this.#social ??= this.#openSocial().catch((error: unknown) => {
      this.#social = undefined;
      throw error;
    }));
  }

  async #openSocial(): Promise<Social> {
    const { Social } = await import('./library/social.svelte.ts');
    const social = await Social.open(this.cloud);
    if (this.#leaving.signal.aborted) social.close();
    this.#leaving.signal.throwIfAborted();
    return (this.#opened = social);
  }

  async #syncSocial(): Promise<void> {
    try {
      const social = await this.social();
      await social.sync(this.#leaving.signal);
      const { keepFriends } = await import('./friends/settle.ts');
      await keepFriends(social, this.cloud.clock.now());
      if (social.paths.length > 0) {
        const { sweepPaths } = await import('./whole-paths.ts');
        await sweepPaths(social, this.library, this.cloud.clock.now());
      }
      // What waits for the connection, or was changed elsewhere.
      if (!social.problem) this.#share(social).catch(console.warn);
    } catch (error) {
      // Aborted: the person is signing out. Or a part of the page could not be fetched, and the next sync tries again.
      if (!this.#leaving.signal.aborted) console.warn(error);
    }
  }

  /** What brings shares to where they should be comes when there are any. */
  async publisher(): Promise<Publisher> {
    const social = await this.social();
    const { Publisher } = await import('./library/publisher.svelte.ts');
    this.#leaving.signal.throwIfAborted();
    return (this.#publisher ??= new Publisher(social, this.library, this.cloud));
  }

  /** What pages that share need. */
  async sharing(): Promise<Sharing> {
    const [social, publisher, shares] = await Promise.all([
      this.social(),
      this.publisher(),
      this.cloud.shares(),
    ]);
    const upload = async (files: readonly File[]): Promise<void> => {
      const [uploads, { filesOf }] = await Promise.all([this.readyUploads(), import('./upload/walk.ts')]);
      await uploads?.add(await filesOf(files));
    };
    return { social, publisher, shares, upload };
  }

  async #share(social: Social): Promise<void> {
    if (social.shares.some(({ audience }) => audience === 'friends')) await (await this.publisher()).run();
  }

  /** How many changes the cloud may not have yet. */
  get unsent(): number {
    return this.library.unsent + (this.#opened?.unsent ?? 0);
  }

  /** Sends what waits, for a while; gives how many changes the cloud may still not have. */
  async sendEdits(milliseconds: number): Promise<number> {
    const social = await this.social();
    const left = [this.library, social].map((one) => one.sendEdits(milliseconds));
    return (await Promise.all(left)).reduce((sum, count) => sum + count, 0);
  }

  /** How many photos this device has in hand that the cloud does not have. */
  async unstored(): Promise<number> {
    const { keptUploads } = await import('./upload/kept.ts');
    const kept = keptUploads(this.cloud.identityId);
    if (!this.#uploads && kept === 0) return 0;
    // Of what an earlier visit has left, some may be known to be safe.
    const uploads = await this.readyUploads().catch((error: unknown) => console.warn(error));
    await uploads?.settled;
    return uploads ? uploads.unstored : kept;
  }

  /** Resolves when this device remembers, for a later visit, what is not uploaded yet. */
  async keepUploads(): Promise<void> {
    await this.#uploads?.rest();
  }

  /** This device is told nothing any more; the notifier learns of it if that can be done in a moment, else by trying in vain. */
  async silence(milliseconds: number): Promise<void> {
    const telling = await (await this.#upkeep)?.telling;
    if (telling) await within(telling.leave(), milliseconds);
  }

  /** Gives up the changes that the cloud does not have yet. */
  async discardEdits(): Promise<void> {
    await Promise.all([this.library.discardEdits(), (await this.social()).discardEdits()]);
  }

  /** What goes on behind the settings. */
  readyUpkeep(): Promise<Upkeep> {
    this.#upkeep ??= this.#openUpkeep().catch((error: unknown) => {
      this.#upkeep = undefined;
      throw error;
    });
    return this.#upkeep;
  }

  async #openUpkeep(): Promise<Upkeep> {
    const { openUpkeep } = await import('./upkeep.ts');
    return openUpkeep(this.library, this.cloud, this.social(), this.#leaving.signal);
  }

  /** What deletes photos for good comes when there is anything in the trash. */
  async readyDisposal(): Promise<Disposal> {
    if (this.#disposal) return this.#disposal;
    const { Disposal } = await import('./library/disposal.svelte.ts');
    this.#leaving.signal.throwIfAborted();
    return (this.#disposal ??= new Disposal(this.cloud, this.library));
  }

  /** What has been in the trash for its 30 days goes by itself. */
  async #deleteDue(onstuck: (count: number) => void): Promise<void> {
    try {
      const { failed } = await (await this.readyDisposal()).due();
      if (failed > 0 && !this.#stuck) onstuck(failed);
      this.#stuck ||= failed > 0;
    } catch (error) {
      // Aborted: the person is signing out. Or a part of the page could not be fetched, and the next sync tries again.
      if (!this.#leaving.signal.aborted) console.warn(error);
    }
  }

  /** Lets go of everything, so that nothing of it stays in memory or writes to storage any more. */
  close(): void {
    this.#leaving.abort();
    this.#uploads?.close();
    void this.#search?.then((search) => search.close());
    this.#publisher?.close();
    this.#opened?.close();
    this.#disposal?.close();
    this.#credentials.forget();
    this.library.close();
  }
}
