// Invitations: a link is read as it was written, and only whoever holds it can prove so, for themselves and for this one alone.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBase64Url, type RandomId } from '../../src/schema/ids.ts';
import {
  invitationLink,
  newSecret,
  parseInvitation,
  proofOf,
  proves,
  type Invitation,
} from '../../src/schema/invite.ts';
import { randomId } from '../../src/schema/social.ts';
import { identityId } from './schema-arbitraries.ts';

const coded = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => toBase64Url(bytes));
const invitations: fc.Arbitrary<Invitation> = fc.record({
  inviter: identityId,
  invite: coded(16) as fc.Arbitrary<RandomId>,
  secret: coded(32),
});

test('a link carries all it says behind the #, and is read as it was written', () => {
  fc.assert(
    fc.property(invitations, (invitation) => {
      const link = new URL(invitationLink('https://photos.example', invitation));
      expect(link.pathname + link.search).toBe('/invite');
      expect(parseInvitation(link.hash)).toEqual(invitation);
      // As some apps pass it on.
      expect(parseInvitation(link.hash.replaceAll(':', '%3A'))).toEqual(invitation);
    }),
  );
});

test('a link that was cut short, added to or made up is none', () => {
  fc.assert(
    fc.property(invitations, fc.nat(100), (invitation, cut) => {
      const { hash } = new URL(invitationLink('https://photos.example', invitation));
      expect(parseInvitation(hash.slice(0, -1 - cut))).toBeUndefined();
      expect(parseInvitation(`${hash}/x`)).toBeUndefined();
      expect(parseInvitation(`${hash}x`)).toBeUndefined();
      expect(parseInvitation(hash.replace(invitation.invite, '../../..'))).toBeUndefined();
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void expect(parseInvitation(text)).toBeUndefined()));
});

test('the proof is HMAC-SHA-256 over invitation, inviter and answerer', async () => {
  const secret = toBase64Url(new Uint8Array(32).fill(7));
  const inviter = 'eu-west-1:11111111-1111-4111-8111-111111111111' as Invitation['inviter'];
  const answerer = 'eu-west-1:22222222-2222-4222-8222-222222222222' as Invitation['inviter'];
  const invite = 'AAAAAAAAAAAAAAAAAAAAAA' as RandomId;
  const { createHmac } = await import('node:crypto');
  const expected = createHmac('sha256', Buffer.alloc(32, 7)).update(`${invite}|${inviter}|${answerer}`);
  expect(await proofOf({ inviter, invite, secret }, answerer)).toBe(expected.digest('base64url'));
});

test('whoever holds the link can prove it', async () => {
  await fc.assert(
    fc.asyncProperty(invitations, identityId, async (invitation, answerer) => {
      expect(await proves(await proofOf(invitation, answerer), invitation, answerer)).toBe(true);
    }),
  );
});

test('a proof is worth nothing to another person, for another invitation, towards another inviter or with another secret', async () => {
  await fc.assert(
    fc.asyncProperty(
      invitations,
      fc.uniqueArray(identityId, { minLength: 3, maxLength: 3 }),
      async (made, people) => {
        const [inviter = made.inviter, answerer = made.inviter, thief = made.inviter] = people;
        const invitation = { ...made, inviter };
        const proof = await proofOf(invitation, answerer);
        expect(await proves(proof, invitation, thief)).toBe(false);
        expect(await proves(proof, { ...invitation, invite: randomId() }, answerer)).toBe(false);
        expect(await proves(proof, { ...invitation, inviter: thief }, answerer)).toBe(false);
        expect(await proves(proof, { ...invitation, secret: newSecret() }, answerer)).toBe(false);
        // Inviter and answerer are not to be exchanged.
        expect(await proves(proof, { ...invitation, inviter: answerer }, inviter)).toBe(false);
      },
    ),
  );
});

test('what is no proof proves nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      invitations,
      identityId,
      fc.oneof(fc.string(), coded(32), coded(31), coded(33), fc.constant('A'.repeat(43))),
      async (invitation, answerer, proof) => {
        expect(await proves(proof, invitation, answerer)).toBe(false);
      },
    ),
  );
});

test('secrets are 32 bytes that nobody can guess', () => {
  const some = Array.from({ length: 1000 }, newSecret);
  expect(new Set(some).size).toBe(1000);
  expect(
    some.every((secret) =>
      parseInvitation(`eu-west-1:12345678-1234-4234-8234-123456789abc/AAAAAAAAAAAAAAAAAAAAAA/${secret}`),
    ),
  ).toBe(true);
});
