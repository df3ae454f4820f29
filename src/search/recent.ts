// What was searched before: on this device only, for each person apart, and gone when they sign out.
import { SEARCHES_PREFIX } from '../library/forget.ts';
import type { IdentityId } from '../schema/ids.ts';

const MOST = 8;
/** Nobody types more. */
const LONGEST = 300;

const keyOf = (identityId: IdentityId): string => SEARCHES_PREFIX + identityId;

/** The latest first. */
export function recentSearches(identityId: IdentityId, storage: Storage = localStorage): string[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(keyOf(identityId)) ?? '[]');
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string').slice(0, MOST) : [];
  } catch {
    // SyntaxError: what is stored is no list, and is written anew with the next search.
    return [];
  }
}

export function rememberSearch(identityId: IdentityId, text: string, storage: Storage = localStorage): void {
  const search = text.trim();
  if (search === '' || search.length > LONGEST) return;
  const others = recentSearches(identityId, storage).filter((one) => !isSame(one, search));
  store(identityId, [search, ...others].slice(0, MOST), storage);
}

export function forgetSearch(identityId: IdentityId, text: string, storage: Storage = localStorage): void {
  const others = recentSearches(identityId, storage).filter((one) => one !== text);
  store(identityId, others, storage);
}

export function forgetSearches(identityId: IdentityId, storage: Storage = localStorage): void {
  storage.removeItem(keyOf(identityId));
}

/** Without storage, or with a full one, nothing is remembered: search goes on. */
function store(identityId: IdentityId, searches: readonly string[], storage: Storage): void {
  try {
    if (searches.length === 0) storage.removeItem(keyOf(identityId));
    else storage.setItem(keyOf(identityId), JSON.stringify(searches));
  } catch (error) {
    console.warn(error);
  }
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
