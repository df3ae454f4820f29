// Who may use this Shoebox, and what an owner does about it. What is shown is what the user pool said last; it is asked again every now
// and then, because somebody may come to wait at any time.
import { problemCodeOf, toCloudError, type CloudErrorCode } from '../cloud/error.ts';
import {
  accountsOf,
  disable,
  enable,
  endOwnership,
  invite,
  inviteAgain,
  letIn,
  makeOwner,
  remove,
  signOutEverywhere,
  standingOf,
  twinOf,
  type Account,
  type Ask,
  type Standing,
} from '../schema/user-pool.ts';

/** What can be done about an account, and what is then so: as long as the user pool has not been asked again. */
const ACTS = {
  letIn: { run: letIn, after: { member: true } },
  inviteAgain: { run: inviteAgain, after: {} },
  signOut: { run: signOutEverywhere, after: {} },
  disable: { run: disable, after: { enabled: false } },
  enable: { run: enable, after: { enabled: true } },
  makeOwner: { run: makeOwner, after: { owner: true } },
  endOwnership: { run: endOwnership, after: { owner: false } },
  remove: { run: remove, after: undefined },
} as const satisfies Record<
  string,
  { run: (ask: Ask, account: Account) => Promise<void>; after: Partial<Account> | undefined }
>;

export type Act = keyof typeof ACTS;

const named = ({ name, email }: Account): string => name ?? email;
const byName = (a: Account, b: Account): number => named(a).localeCompare(named(b));

export class Roster {
  readonly #open: () => Promise<Ask>;
  #asking: Promise<Ask> | undefined;
  readonly #now: () => number;
  /** Whose page it is: the `sub` of the person. */
  readonly #self: string;
  #accounts = $state.raw<readonly Account[]>();
  #problem = $state.raw<CloudErrorCode>();
  #busy = $state.raw<ReadonlySet<string>>(new Set());
  /** How often something was changed here: what was asked before is older than that. */
  #changes = 0;
  #looking: Promise<void> | undefined;

  constructor(open: () => Promise<Ask>, self: string, now: () => number) {
    this.#open = open;
    this.#self = self;
    this.#now = now;
  }

  /** Undefined until the user pool has been heard for the first time. */
  get accounts(): readonly Account[] | undefined {
    return this.#accounts;
  }
  /** Why it could not be asked the last time. */
  get problem(): CloudErrorCode | undefined {
    return this.#problem;
  }

  /** Oneself first, then by name. */
  of(standing: Standing): Account[] {
    const found = (this.#accounts ?? []).filter((account) => standingOf(account) === standing);
    return found.toSorted((a, b) => Number(this.isSelf(b)) - Number(this.isSelf(a)) || byName(a, b));
  }
  isSelf = ({ sub }: Account): boolean => sub === this.#self;
  isBusy = ({ username }: Account): boolean => this.#busy.has(username);
  hasTwin = (account: Account): boolean => twinOf(account, this.#accounts ?? []) !== undefined;

  /** Asks the user pool. What is shown stays where it cannot be asked. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** What asks is fetched with the first question; should that fail, with the next. */
  #ask(): Promise<Ask> {
    this.#asking ??= this.#open().catch((error: unknown) => {
      this.#asking = undefined;
      throw error;
    });
    return this.#asking;
  }

  async #look(): Promise<void> {
    try {
      let changes: number;
      let accounts: Account[];
      do {
        changes = this.#changes;
        accounts = await accountsOf(await this.#ask());
      } while (changes !== this.#changes);
      this.#accounts = accounts;
      this.#problem = undefined;
    } catch (error) {
      this.#problem = problemCodeOf(toCloudError(error));
    }
  }

  /** Fails with a CloudError. One's own account is never changed: somebody has to be left who can. */
  async act(what: Act, account: Account): Promise<void> {
    if (this.isBusy(account) || this.isSelf(account)) return;
    const { username } = account;
    this.#busy = new Set(this.#busy).add(username);
    try {
      await ACTS[what].run(await this.#ask(), account);
      this.#replace(username, ACTS[what].after, what === 'inviteAgain' ? this.#now() : account.changedAt);
    } catch (error) {
      // Perhaps half of it was done, or somebody else did it.
      this.#changes++;
      await this.look();
      throw toCloudError(error);
    } finally {
      this.#busy = new Set([...this.#busy].filter((one) => one !== username));
    }
  }

  #replace(username: string, change: Partial<Account> | undefined, changedAt: number): void {
    this.#changes++;
    this.#accounts = this.#accounts?.flatMap((one) =>
      one.username !== username ? one : change ? { ...one, ...change, changedAt } : [],
    );
  }

  /** Fails with a CloudError. Where only half of it was done, they are on the list, and wait. */
  async invite(email: string, name: string): Promise<void> {
    try {
      const made = await invite(await this.#ask(), email, name);
      this.#changes++;
      this.#accounts = [...(this.#accounts ?? []), made];
    } catch (error) {
      this.#changes++;
      await this.look();
      throw toCloudError(error);
    }
  }
}
