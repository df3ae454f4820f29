// The invitation somebody came with waits on this device: through the sign-in, and until they are let in. Nothing else of it is kept,
// and it goes when it is answered, declined or too old, and at sign-out. Light: the page before sign-in looks at it too.
import { INVITE_DAYS, parseInvitation, type Invitation } from '../schema/invite.ts';
import { fields, number, text } from '../schema/parse.ts';

export const INVITATION_KEY = 'shoebox.invitation';
const LIFE_MS = INVITE_DAYS * 86_400_000;

/** Puts the invitation of a link's fragment aside; false when there is none in it. */
export function keepInvitation(fragment: string, storage: Storage = localStorage, now = Date.now()): boolean {
  const invitation = parseInvitation(fragment);
  if (!invitation) return false;
  const { inviter, invite, secret } = invitation;
  storage.setItem(INVITATION_KEY, JSON.stringify({ link: `${inviter}/${invite}/${secret}`, keptAt: now }));
  return true;
}

/** What waits here. Whether it is still good only the inviter's page can tell; after so long it cannot be. */
export function keptInvitation(storage: Storage = localStorage, now = Date.now()): Invitation | undefined {
  const stored = storage.getItem(INVITATION_KEY);
  if (stored === null) return undefined;
  const from = read(stored);
  const keptAt = number(from?.['keptAt'], now - LIFE_MS, now + LIFE_MS);
  const invitation = keptAt === undefined ? undefined : parseInvitation(text(from?.['link']) ?? '');
  if (!invitation) forgetInvitation(storage);
  return invitation;
}

export function forgetInvitation(storage: Storage = localStorage): void {
  storage.removeItem(INVITATION_KEY);
}

function read(stored: string): ReturnType<typeof fields> {
  try {
    return fields(JSON.parse(stored));
  } catch {
    // Not JSON, so not ours.
    return undefined;
  }
}
