// Short messages at the lower edge: what just happened, with at most one thing to do about it. Said politely to screen readers.
export interface Notice {
  id: number;
  text: string;
  action: { label: string; run: () => void } | undefined;
  stays: boolean;
}

const SHOWN_MS = 7000;

export class Notices {
  #list = $state.raw<readonly Notice[]>([]);
  #next = 1;

  get list(): readonly Notice[] {
    return this.#list;
  }

  /** It goes by itself after a while, unless it `stays`. */
  say(text: string, action?: Notice['action'], { stays = false } = {}): void {
    const notice: Notice = { id: this.#next++, text, action, stays };
    // What stays is not pushed out by what goes by itself.
    const others = this.#list
      .filter((one) => one.stays)
      .concat(this.#list.filter((one) => !one.stays).slice(-2));
    this.#list = [...others, notice];
    if (!stays) setTimeout(() => this.dismiss(notice.id), SHOWN_MS);
  }

  clear(): void {
    this.#list = [];
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((notice) => notice.id !== id);
  }
}
