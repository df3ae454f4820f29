// Friends are told of what is shared with them: an event of S3 on a manifest, the notifier, a push service. No browser is here to be told,
// so the device of whoever is told is one that is gone: its push service says so, and the notifier marks its row.
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { createECDH, randomBytes } from 'node:crypto';
import { parseConfig, type Config } from '../../src/schema/config.ts';
import { MANIFEST_NAME, sharePrefix } from '../../src/schema/share-keys.ts';
import { friendId, pushId, randomId } from '../../src/schema/social.ts';
import { instantOf } from '../../src/schema/time.ts';
import { ask, expectStatus } from './ask.ts';
import { eventually, Finding, type Examination } from './findings.ts';
import type { Waiting } from './photos.ts';
import type { Target } from './target.ts';
import type { Visitor } from './visitor.ts';

/** Of a subscription that nobody has: Mozilla's service, which anybody may ask, and the local cloud's own. */
const endpointOf = ({ endpoints }: Config): string =>
  `${endpoints ? `${endpoints.dynamodb}/push` : 'https://updates.push.services.mozilla.com/wpush/v2'}/${randomBytes(32).toString('base64url')}`;

export async function examineTelling(
  examination: Examination,
  { address, config }: Target,
  { owner, stranger: friend }: { owner: Visitor; stranger: Visitor },
  waiting: Waiting,
): Promise<void> {
  const put = (who: Visitor, id: string, more: Record<string, unknown>): Promise<unknown> =>
    who.dynamodb.send(
      new PutCommand({
        TableName: config.socialTable,
        Item: { owner: who.identityId, id, changedAt: instantOf(Date.now()), ...more },
      }),
    );

  examination.chapter('Telling friends');
  await examination.look('the page has the key by which browsers agree to be told', async () => {
    const { pushKey } = parseConfig(JSON.parse(expectStatus(await ask(`${address}/config.json`), 200).text));
    if (pushKey === undefined) throw new Finding('config.json has none: run "npm run deploy".');
  });
  const device = pushId(randomId());
  const ready = await examination.look('two people are friends, and one has a device', async () => {
    for (const [who, other] of [
      [owner, friend],
      [friend, owner],
    ] as const)
      await put(who, friendId(other.identityId), { recipient: other.identityId });
    await put(friend, device, {
      endpoint: endpointOf(config),
      p256dh: createECDH('prime256v1').generateKeys('base64url'),
      auth: randomBytes(16).toString('base64url'),
    });
    return true;
  });
  if (!ready) return examination.skip('the notifier');
  await examination.look(
    'the notifier hears of a share, asks the push service, and marks a device that is gone',
    async () => {
      const share = randomId();
      const at = instantOf(Date.now());
      await owner.library.send(
        new PutObjectCommand({
          Bucket: config.libraryBucket,
          Key: sharePrefix(owner.identityId, 'friends', share) + MANIFEST_NAME,
          ContentType: 'application/json',
          Body: JSON.stringify({
            version: 1,
            share,
            owner: owner.identityId,
            source: 'photos',
            title: '',
            changedAt: at,
            news: { id: randomId(), count: 1, at },
            readers: [friend.identityId],
            photos: [],
          }),
        }),
      );
      await eventually(async () => {
        const { Item } = await friend.dynamodb.send(
          new GetCommand({
            TableName: config.socialTable,
            Key: { owner: friend.identityId, id: device },
            ConsistentRead: true,
          }),
        );
        if (Item?.['deletedAt'] === undefined) {
          throw new Finding(
            'Nothing has come of it. Look at the log of the notifier, and whether it reaches push services.',
          );
        }
      }, waiting);
    },
  );
}
