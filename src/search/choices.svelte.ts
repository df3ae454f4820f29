// What is offered below the search field: searches of before while it is empty, then what may be meant; and which of it the arrows are on.
import type { Suggestion } from '../library/search-suggest.ts';
import type { IdentityId } from '../schema/ids.ts';
import type { Finder } from './finder.svelte.ts';
import { forgetSearch, recentSearches, rememberSearch } from './recent.ts';

export interface Choice extends Omit<Suggestion, 'kind'> {
  kind: Suggestion['kind'] | 'recent';
}

export class Choices {
  readonly #finder: Finder;
  readonly #identityId: IdentityId;
  #wanted = $state(false);
  #active = $state(-1);
  #recent = $state.raw<readonly string[]>([]);
  readonly #offered = $derived.by((): Choice[] => {
    const { text, search, here } = this.#finder;
    // The page itself shows those of before.
    if (text === '')
      return here ? [] : this.#recent.map((one) => ({ kind: 'recent', label: one, text: one }));
    return search?.suggest(text) ?? [];
  });

  constructor(finder: Finder, identityId: IdentityId) {
    this.#finder = finder;
    this.#identityId = identityId;
  }

  get list(): readonly Choice[] {
    return this.#wanted ? this.#offered : [];
  }
  get active(): number {
    return Math.min(this.#active, this.list.length - 1);
  }
  get current(): Choice | undefined {
    return this.list[this.active];
  }

  open(): void {
    this.#recent = recentSearches(this.#identityId);
    this.#wanted = true;
    this.#active = -1;
  }
  close(): void {
    this.#wanted = false;
    this.#active = -1;
  }

  /** Up and down, and round by the field itself. */
  move(step: 1 | -1): void {
    if (!this.#wanted) this.open();
    const places = this.list.length + 1;
    this.#active = ((this.active + 1 + step + places) % places) - 1;
  }

  /** Takes one, or what is typed. */
  take(choice: Choice | undefined = this.current): void {
    const text = choice?.text ?? this.#finder.text;
    rememberSearch(this.#identityId, text);
    if (choice) this.#finder.say(text);
    this.close();
  }

  forget(choice: Choice | undefined = this.current): boolean {
    if (choice?.kind !== 'recent') return false;
    forgetSearch(this.#identityId, choice.text);
    this.#recent = recentSearches(this.#identityId);
    return true;
  }
}
