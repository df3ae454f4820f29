// Invitations to be friends: the link that is sent, and the proof that whoever answers held it. Pure.
//
// The secret travels in the link's fragment and lies in its maker's partition, nowhere else. Whoever answers shows a MAC over both
// identities, so that a proof is worth nothing to anybody else, for another invitation or towards another person.
import { isIdentityId, isRandomId, toBase64Url, type IdentityId, type RandomId } from './ids.ts';

/** The page's path; all the rest is in the fragment, which no server is ever sent. */
export const INVITE_PATH = '/invite';
export const INVITE_DAYS = 7;

/** What is in a link. */
export interface Invitation {
  inviter: IdentityId;
  invite: RandomId;
  /** base64url of 32 bytes. */
  secret: string;
}

// As in ids.ts: the last of 43 characters carries 4 bits.
const SECRET = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

export const newSecret = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(32)));

export const invitationLink = (origin: string, { inviter, invite, secret }: Invitation): string =>
  `${origin}${INVITE_PATH}#${inviter}/${invite}/${secret}`;

/** Reads a link's fragment, with or without its `#`; undefined for any other text. */
export function parseInvitation(fragment: string): Invitation | undefined {
  // Some apps encode what they pass on.
  const [inviter, invite, secret, ...rest] = fragment.replace(/^#/, '').replaceAll('%3A', ':').split('/');
  return isIdentityId(inviter) && isRandomId(invite) && SECRET.test(secret ?? '') && rest.length === 0
    ? { inviter, invite, secret: secret ?? '' }
    : undefined;
}

/** The proof that `answerer` holds the invitation: base64url of HMAC-SHA-256. */
export async function proofOf(invitation: Invitation, answerer: IdentityId): Promise<string> {
  const key = await keyOf(invitation.secret, 'sign');
  return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, said(invitation, answerer))));
}

/** Whether `proof` is that of `answerer` for this invitation. Compared by WebCrypto, which takes the same time for every wrong one. */
export async function proves(proof: string, invitation: Invitation, answerer: IdentityId): Promise<boolean> {
  const mac = bytesOf(proof);
  if (!mac || !bytesOf(invitation.secret)) return false;
  const key = await keyOf(invitation.secret, 'verify');
  return crypto.subtle.verify('HMAC', key, mac, said(invitation, answerer));
}

/** None of the three can hold a `|`. */
const said = ({ inviter, invite }: Invitation, answerer: IdentityId): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${invite}|${inviter}|${answerer}`);

function keyOf(secret: string, use: 'sign' | 'verify'): Promise<CryptoKey> {
  const bytes = bytesOf(secret);
  if (!bytes) throw new RangeError('a secret has 32 bytes');
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [use]);
}

/** 32 bytes of base64url; undefined for any other text. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!SECRET.test(text)) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
