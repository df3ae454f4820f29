// The whole examination: the page, then two people of its own who come in, keep a photo, try what they may not, share, and are gone again.
import { examineAlarms } from './alarms.ts';
import { cleanUp } from './cleanup.ts';
import { Examination, Finding, refused } from './findings.ts';
import { examinePage } from './page.ts';
import { examinePhotos, type Waiting } from './photos.ts';
import { examineReads } from './reads.ts';
import { examineRefusals } from './refusals.ts';
import { examineSharing } from './sharing.ts';
import type { Target } from './target.ts';
import { examineTelling } from './telling.ts';
import { askAsGuest, enter, letIn, makeAccount, signIn, type Account, type Visitor } from './visitor.ts';

/** What AWS gives to whoever signs in with Cognito, and the least that is left of it when it arrives. */
const LIFE = { most: 3_660_000, least: 600_000 };

export async function examine(
  target: Target,
  waiting: Waiting,
  say: (line: string) => void = () => {},
): Promise<Examination> {
  const examination = new Examination(say);
  await examinePage(examination, target);
  await examineAlarms(examination, target.alarms);
  const made: { accounts: Account[]; visitors: Visitor[] } = { accounts: [], visitors: [] };
  try {
    const [owner, stranger] = await people(examination, target, made);
    if (!owner || !stranger) {
      for (const what of ['a photo', 'refusals', 'sharing', 'telling friends']) examination.skip(what);
      return examination;
    }
    const photoId = await examinePhotos(examination, target, owner, waiting);
    if (photoId === undefined) {
      for (const what of ['refusals', 'sharing', 'telling friends']) examination.skip(what);
      return examination;
    }
    await examineRefusals(examination, target, { owner, stranger, photoId });
    await examineSharing(examination, target, { owner, stranger, photoId }, waiting);
    await examineReads(examination, target, { owner, stranger, photoId }, waiting);
    await examineTelling(examination, target, { owner, stranger }, waiting);
  } finally {
    if (made.accounts.length > 0) await cleanUp(examination, target, made, waiting);
  }
  return examination;
}

async function people(
  examination: Examination,
  target: Target,
  made: { accounts: Account[]; visitors: Visitor[] },
): Promise<Visitor[]> {
  examination.chapter('People');
  await examination.look('a guest gets no identity', () => refused(askAsGuest(target)));
  for (const name of ['ada', 'ben']) {
    const account = await examination.look(`an account is made for ${name}, who signs in`, async () => {
      const one = await makeAccount(target, name);
      made.accounts.push(one);
      await signIn(target, one);
      return one;
    });
    if (!account) return [];
    await examination.look(`${name}, not let in yet, gets no credentials`, async () => {
      await refused(enter(target, await signIn(target, account)));
    });
    const visitor = await examination.look(`${name}, let in, gets credentials for an hour`, async () => {
      await letIn(target, account);
      // Groups are in the token: that of before does not have it.
      const one = await enter(target, await signIn(target, account));
      made.visitors.push(one);
      const left = one.expiration.getTime() - Date.now();
      if (left > LIFE.most || left < LIFE.least)
        throw new Finding(`They end in ${Math.round(left / 1000)} seconds.`);
      return one;
    });
    if (!visitor) return [];
  }
  return made.visitors;
}
