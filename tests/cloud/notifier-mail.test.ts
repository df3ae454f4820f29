// Mail about what friends share, where a deployment sends any: asked for, confirmed, sent once for each batch, and ended by a link.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { synthesise } from '../../infra/local/synth.ts';
import { ACCOUNT, REGION, type Template } from '../../infra/local/template-values.ts';
import { notifierPolicy } from '../../infra/policies.ts';
import { mailId } from '../../src/schema/social.ts';
import { freshCloud, member, type Member } from './people.ts';
import { makeFriends, putRow, shareWith, subscribe } from './sharing.ts';

const PREFIX = `arn:aws:sns:${REGION}:${ACCOUNT}:Shoebox-mail-`;

/** The real template as it is with `friendMail`: the same policy says what the notifier may do then. */
async function withMail(): Promise<Template> {
  const template = structuredClone(await synthesise());
  const none = { library: 'arn:x', social: 'arn:x', keys: 'arn:x' };
  const mail = notifierPolicy({ ...none, topicPrefix: PREFIX }).Statement.filter(({ Resource }) =>
    Resource.some((resource) => resource.startsWith(PREFIX)),
  );
  for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    if (!id.startsWith('Notifier')) continue;
    if (Type === 'AWS::Lambda::Function') {
      const { Variables } = Properties['Environment'] as { Variables: Record<string, string> };
      Variables['MAIL_TOPIC_PREFIX'] = PREFIX;
    }
    if (Type === 'AWS::IAM::Role') {
      const [{ PolicyDocument } = { PolicyDocument: { Statement: [] as unknown[] } }] = Properties[
        'Policies'
      ] as { PolicyDocument: { Statement: unknown[] } }[];
      PolicyDocument.Statement.push(...mail);
    }
  }
  return template;
}

let cloud: Awaited<ReturnType<typeof freshCloud>>;
let ada: Member;
let ben: Member;
/** She has no address, but a device. */
let cy: Member;
let cys: string;

beforeAll(async () => {
  cloud = await freshCloud({ template: withMail, notifier: true });
  [ada, ben, cy] = (await Promise.all(
    ['ada', 'ben', 'cy'].map((name) => member(cloud, { email: `${name}@example.com` })),
  )) as [Member, Member, Member];
  await makeFriends(cloud, ada, ben);
  await makeFriends(cloud, ada, cy);
  ({ endpoint: cys } = await subscribe(cloud, cy));
});
afterAll(() => cloud?.end());

const mails = () => cloud.messages.all().filter(({ kind }) => kind === 'mail');
const mailsTo = (address: string) => mails().filter(({ to }) => to === address);
const soon = { timeout: 20_000 };
const wants = (address: string) =>
  putRow(cloud, ben, mailId, { address, addressEditedAt: new Date().toISOString() });
const link = (text: string, what: string) =>
  new RegExp(`http://\\S+/mail/${what}/\\S+`).exec(text)?.[0] ?? '';
const tell = (title = 'Lisbon') => shareWith(cloud, ada, [ben.identityId], { title });
/** Cy is told last: whatever came before has been worked through by then, one after the other. */
async function settled(): Promise<void> {
  const share = await shareWith(cloud, ada, [cy.identityId]);
  const heard = () => cloud.messages.all().some(({ to, text }) => to === cys && text.includes(share));
  await expect.poll(heard, soon).toBe(true);
}

test('nobody gets mail who has not asked for it, and none before they have confirmed', async () => {
  await tell();
  await settled();
  await wants('ben@home.example');
  await tell();
  await tell();
  await settled();
  expect(mails().map(({ subject }) => subject)).toEqual(['AWS Notification - Subscription Confirmation']);
  const question = mails()[0]?.text ?? '';
  expect((await fetch(link(question, 'confirm'))).status).toBe(200);
});

test('who has confirmed gets one mail for each batch, in plain words', async () => {
  const share = await tell('Lisbon http://evil.example');
  await expect.poll(() => mailsTo('ben@home.example'), soon).toHaveLength(2);
  const { subject, text } = mailsTo('ben@home.example')[1] ?? { text: '' };
  expect(subject).toBe('New photos for you on Shoebox');
  expect(text).toContain('One added 34 photos to "Lisbon http   evil. example".');
  expect(text).toContain(`${cloud.urls.site}/shared?share=${share}&of=`);
});

test('another address is asked before it gets anything, and the first gets nothing more', async () => {
  await wants('ben@work.example');
  await tell();
  await settled();
  expect(mailsTo('ben@work.example')).toHaveLength(1);
  // While the answer is awaited, no third one is asked.
  await wants('victim@elsewhere.example');
  await tell();
  await settled();
  await wants('ben@work.example');
  const question = mailsTo('ben@work.example')[0]?.text ?? '';
  await fetch(link(question, 'confirm'));
  await tell();
  await settled();
  expect(mailsTo('ben@work.example')).toHaveLength(2);
  expect(mailsTo('victim@elsewhere.example')).toEqual([]);
  expect(mailsTo('ben@home.example')).toHaveLength(2);
});

test('the link below each mail ends it', async () => {
  const last = mailsTo('ben@work.example').at(-1)?.text ?? '';
  expect((await fetch(link(last, 'unsubscribe'))).status).toBe(200);
  expect((await fetch(link(last, 'unsubscribe'))).status).toBe(404);
  const { length } = mails();
  await tell();
  await settled();
  expect(mails()).toHaveLength(length);
  expect(cloud.notifierFailures()).toEqual([]);
});

test('what a list of mails shows a developer is text, but for its links', async () => {
  await shareWith(cloud, ada, [ben.identityId], { title: '<script>alert(1)</script>' });
  const page = await (await fetch(`${cloud.urls.api}/messages`)).text();
  expect(page).toContain('/mail/confirm/');
  expect(page).not.toMatch(/<script|onerror/);
});
