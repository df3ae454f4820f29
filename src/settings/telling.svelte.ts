// Being told of what friends share: on this device, by mail, by whom, and when not. What is wished stands in rows that the notifier reads.
import type { Social } from '../library/social.svelte.ts';
import { friendsOf, type Person } from '../library/friends.ts';
import type { Config } from '../schema/config.ts';
import type { IdentityId } from '../schema/ids.ts';
import { MAIL_ADDRESS, mailId, muteId, pushId } from '../schema/social.ts';
import { shownQuiet, storedQuiet, type Quiet } from './quiet.ts';
import { canBeTold, current, subscribe, unsubscribe, type Subscribed } from './subscription.ts';

/** `none`: this browser, or this deployment, has no notifications. `refused`: the person has told the browser so. */
export type TellingState = 'none' | 'looking' | 'off' | 'on' | 'refused' | 'failed';

export class Telling {
  readonly #social: Social;
  readonly #key: string | undefined;
  /** Whether the deployment sends mail. */
  readonly mails: boolean;
  #state = $state<TellingState>('looking');
  #device = $state.raw<Subscribed>();
  #busy = $state(false);

  constructor(social: Social, { pushKey, mail }: Pick<Config, 'pushKey' | 'mail'>) {
    this.#social = social;
    this.#key = pushKey;
    this.mails = mail ?? false;
  }

  get state(): TellingState {
    return this.#state;
  }
  get busy(): boolean {
    return this.#busy;
  }
  get quiet(): Quiet | undefined {
    return shownQuiet(this.#row ?? {}, new Date().getTimezoneOffset());
  }
  get friends(): readonly Person[] {
    return friendsOf(this.#social);
  }
  get address(): string | undefined {
    const row = this.#social.get(mailId);
    return row?.kind === 'mail' && !row.deletedAt ? row.address : undefined;
  }
  /** Whether the address was asked already whether it wants mail. */
  get asked(): boolean {
    const row = this.#social.get(mailId);
    return row?.kind === 'mail' && (row.askedAt ?? '') >= (row.editedAt['address'] ?? '') && !!row.askedAt;
  }
  isMuted = (person: IdentityId): boolean => this.#social.mutes.get(person)?.muted ?? false;

  get #row() {
    const row = this.#device && this.#social.get(pushId(this.#device.device));
    return row?.kind === 'push' ? row : undefined;
  }

  /** As the browser has it; a subscription that has changed by itself is told to the notifier. */
  async start(): Promise<void> {
    if (!this.#key || !canBeTold()) {
      this.#state = 'none';
      return;
    }
    const device = Notification.permission === 'granted' ? await current(this.#key) : undefined;
    if (device) await this.#note(device);
    else this.#state = Notification.permission === 'denied' ? 'refused' : 'off';
  }

  async turn(on: boolean): Promise<void> {
    this.#busy = true;
    try {
      await (on ? this.#turnOn() : this.#turnOff());
    } finally {
      this.#busy = false;
    }
  }

  async #turnOn(): Promise<void> {
    const permission = await Notification.requestPermission();
    if (permission !== 'granted') {
      this.#state = permission === 'denied' ? 'refused' : 'off';
      return;
    }
    const device = await subscribe(this.#key ?? '').catch((error: unknown) => {
      console.warn('This browser could not subscribe to notifications.', error);
    });
    if (device) await this.#note(device);
    else this.#state = 'failed';
  }

  async #turnOff(): Promise<void> {
    const device = this.#device;
    this.#device = undefined;
    this.#state = 'off';
    const removed = device && this.#social.remove([pushId(device.device)]);
    await unsubscribe();
    await removed;
  }

  async #note(device: Subscribed): Promise<void> {
    this.#device = device;
    this.#state = 'on';
    const { endpoint, p256dh, auth } = device;
    const row = this.#row;
    if (row && !row.deletedAt && row.p256dh === p256dh && row.auth === auth) return;
    await this.#social.put(pushId(device.device), { endpoint, p256dh, auth, deletedAt: null });
  }

  /** At sign-out: nobody is to be told here of what is no longer theirs to see. */
  async leave(): Promise<void> {
    if (this.#device) await this.#turnOff();
  }

  async keepQuiet(quiet: Quiet | undefined): Promise<void> {
    if (!this.#device) return;
    const stored = storedQuiet(quiet, new Date().getTimezoneOffset());
    await this.#social.put(pushId(this.#device.device), stored);
  }

  async mute(person: IdentityId, muted: boolean): Promise<void> {
    await this.#social.put(muteId(person), { muted: muted || null, deletedAt: null });
  }

  /** False for what is no address. */
  async mailTo(address: string | undefined): Promise<boolean> {
    if (address === undefined) {
      await this.#social.remove([mailId]);
      return true;
    }
    if (!MAIL_ADDRESS.test(address)) return false;
    await this.#social.put(mailId, { address, deletedAt: null });
    return true;
  }
}
