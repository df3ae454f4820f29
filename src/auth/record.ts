// What a sign-in leaves in the browser: the tokens, and who they are about.
//
// They lie in localStorage, so that the installed app, a new tab and tomorrow's visit are signed in. Script that runs in the page
// could read them there as it could anywhere else; against it stand the strict content security policy, no third-party script,
// refresh tokens that are replaced at each use, and sign-out, which revokes the last one.
import { fields, list, number, text } from '../schema/parse.ts';

/** The few globals this room uses, so that tests can bring their own. */
export interface Browser {
  storage: Storage;
  /** Survives the way to the sign-in page and back, but not the tab. */
  tabStorage: Storage;
  locks: Pick<LockManager, 'request'>;
  location: Pick<Location, 'origin' | 'assign'>;
  /** Where `storage` events arrive. */
  events: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;
  now: () => number;
}

export const thisBrowser = (): Browser => ({
  storage: localStorage,
  tabStorage: sessionStorage,
  locks: navigator.locks,
  location,
  events: window,
  now: Date.now,
});

/** Who signed in, as the id token says. */
export interface Claims {
  /** The user pool's name for the person; nobody else ever has it. */
  sub: string;
  email: string;
  /** What to call the person; the e-mail address where no name is known. */
  name: string;
  groups: string[];
}

export interface SessionRecord {
  idToken: string;
  refreshToken: string;
  /** Local time in epoch milliseconds: the token's own times are the server's, and the clocks may differ. */
  expiresAt: number;
  claims: Claims;
}

export const STORAGE_KEY = 'shoebox.session';
/** Prefix of what a sign-in under way keeps in the tab's storage. */
export const STATE_PREFIX = 'shoebox.sign-in.';

/** A record of new tokens; undefined when the id token is none. */
export function recordOf(idToken: unknown, refreshToken: unknown, now: number): SessionRecord | undefined {
  const payload = payloadOf(idToken);
  const issued = number(payload?.['iat'], 0, 1e11);
  const expires = number(payload?.['exp'], 0, 1e11);
  if (issued === undefined || expires === undefined) return undefined;
  return parseRecord({ idToken, refreshToken, expiresAt: now + (expires - issued) * 1000 });
}

export function readRecord(storage: Storage): SessionRecord | undefined {
  const stored = storage.getItem(STORAGE_KEY);
  if (stored === null) return undefined;
  try {
    return parseRecord(JSON.parse(stored));
  } catch {
    // Not JSON, so not ours: it counts as signed out and the next sign-in overwrites it.
    return undefined;
  }
}

export function writeRecord(storage: Storage, { idToken, refreshToken, expiresAt }: SessionRecord): void {
  storage.setItem(STORAGE_KEY, JSON.stringify({ idToken, refreshToken, expiresAt }));
}

/** Leaves no token behind, nor anything of a sign-in that was begun. */
export function clearRecord({ storage, tabStorage }: Pick<Browser, 'storage' | 'tabStorage'>): void {
  storage.removeItem(STORAGE_KEY);
  clearSignInState(tabStorage);
}

export function clearSignInState(tabStorage: Storage): void {
  const keys = Array.from({ length: tabStorage.length }, (_, index) => tabStorage.key(index));
  for (const key of keys) if (key?.startsWith(STATE_PREFIX)) tabStorage.removeItem(key);
}

/** Whether this address is the sign-in page's answer: a code or an error, for a state that was sent. */
export function isCallback(url: string): boolean {
  const { searchParams } = new URL(url);
  return searchParams.has('state') && (searchParams.has('code') || searchParams.has('error'));
}

/** `returnTo` as a path of this very site; `/` for anything else. */
export function safePath(returnTo: unknown, origin: string): string {
  const path = text(returnTo, 2000);
  if (!path?.startsWith('/') || !URL.canParse(path, origin)) return '/';
  const url = new URL(path, origin);
  const found = url.origin === origin ? url.pathname + url.search + url.hash : '/';
  // `/..//elsewhere` is a path here, but would be another host when used as an address again.
  return found.startsWith('//') ? '/' : found;
}

function parseRecord(value: unknown): SessionRecord | undefined {
  const from = fields(value) ?? {};
  const idToken = text(from['idToken'], 16_384);
  const refreshToken = text(from['refreshToken'], 16_384);
  const expiresAt = number(from['expiresAt'], 0, 8.64e15);
  const claims = claimsOf(payloadOf(idToken));
  return idToken && refreshToken && expiresAt !== undefined && claims
    ? { idToken, refreshToken, expiresAt, claims }
    : undefined;
}

function claimsOf(payload: ReturnType<typeof fields>): Claims | undefined {
  const sub = text(payload?.['sub'], 128);
  const email = text(payload?.['email'], 320);
  if (!sub || !email) return undefined;
  return {
    sub,
    email,
    name: text(payload?.['name'], 200) ?? email,
    groups: list(payload?.['cognito:groups'], (group) => text(group, 128)) ?? [],
  };
}

/** What a JWT says, unverified: it came from the issuer over TLS, and it is AWS that must believe it, not the page. */
function payloadOf(token: unknown): ReturnType<typeof fields> {
  const encoded = text(token, 16_384)?.split('.')[1];
  if (!encoded) return undefined;
  try {
    const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return fields(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // Neither base64 nor JSON: no JWT.
    return undefined;
  }
}
