// The invitation that waits on a device: it alone, not for ever, and never taken for something it is not.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { forgetInvitation, INVITATION_KEY, keepInvitation, keptInvitation } from '../../src/friends/kept.ts';
import { squareIn } from '../../src/friends/picture.ts';
import { invitationLink, newSecret } from '../../src/schema/invite.ts';
import { randomId } from '../../src/schema/social.ts';
import { MemoryStorage } from './fake-browser.ts';
import { hostile } from './schema-hostile.ts';
import { identityId } from './schema-arbitraries.ts';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const DAY = 86_400_000;
const made = () => {
  const [inviter] = fc.sample(identityId, 1);
  if (!inviter) throw new Error('fast-check gives samples');
  const invitation = { inviter, invite: randomId(), secret: newSecret() };
  return { invitation, hash: new URL(invitationLink('https://photos.example', invitation)).hash };
};

test('an invitation is still there after days, and nothing else is', () => {
  const storage = new MemoryStorage();
  const { invitation, hash } = made();
  expect(keepInvitation(hash, storage, NOW)).toBe(true);
  expect(keptInvitation(storage, NOW + 6 * DAY)).toEqual(invitation);
  expect(storage.length).toBe(1);
  forgetInvitation(storage);
  expect(storage.length).toBe(0);
  expect(keptInvitation(storage, NOW)).toBeUndefined();
});

test('one that is too old goes by itself', () => {
  const storage = new MemoryStorage();
  keepInvitation(made().hash, storage, NOW);
  expect(keptInvitation(storage, NOW + 7 * DAY + 1)).toBeUndefined();
  expect(storage.length).toBe(0);
});

test('the newest one counts, and a broken link leaves the one that waits alone', () => {
  const storage = new MemoryStorage();
  const { invitation, hash } = made();
  keepInvitation(made().hash, storage, NOW);
  keepInvitation(hash, storage, NOW);
  expect(keepInvitation('#eu-west-1:1/2/3', storage, NOW)).toBe(false);
  expect(keepInvitation('', storage, NOW)).toBe(false);
  expect(keptInvitation(storage, NOW)).toEqual(invitation);
});

test('whatever else lies there is thrown away', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), hostile.map(stringified)), (text) => {
      const storage = new MemoryStorage();
      storage.setItem(INVITATION_KEY, text);
      expect(keptInvitation(storage, NOW)).toBeUndefined();
      expect(storage.length).toBe(0);
    }),
  );
});

const stringified = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
};

test('a picture of a person is the square in its middle', () => {
  expect(squareIn(400, 300)).toEqual({ x: 50, y: 0, side: 300 });
  expect(squareIn(300, 500)).toEqual({ x: 0, y: 100, side: 300 });
  expect(squareIn(7, 7)).toEqual({ x: 0, y: 0, side: 7 });
});
