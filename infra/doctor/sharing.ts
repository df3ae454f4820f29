// What is shared: a picture with a friend, by S3's own copy, and behind a link, by the host of links.
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import type { PhotoId, RandomId } from '../../src/schema/ids.ts';
import { renditionKey } from '../../src/schema/keys.ts';
import {
  MANIFEST_NAME,
  sharedRenditionName,
  sharePrefix,
  type ShareHome,
} from '../../src/schema/share-keys.ts';
import { ask } from './ask.ts';
import { eventually, Finding, type Examination } from './findings.ts';
import type { Waiting } from './photos.ts';
import type { Target } from './target.ts';
import type { Visitor } from './visitor.ts';

const randomId = (): RandomId => randomBytes(16).toString('base64url') as RandomId;

export async function examineSharing(
  examination: Examination,
  { config }: Target,
  { owner, photoId, stranger: friend }: { owner: Visitor; photoId: PhotoId; stranger: Visitor },
  waiting: Waiting,
): Promise<void> {
  const { libraryBucket: Bucket, shareHost } = config;
  const { identityId: me, library } = owner;
  const name = sharedRenditionName(randomId(), 'thumb');
  const share = async (home: ShareHome): Promise<string> => {
    const prefix = sharePrefix(me, home, randomId());
    await library.send(
      new CopyObjectCommand({
        Bucket,
        Key: prefix + name,
        CopySource: `${Bucket}/${renditionKey(me, photoId, 'thumb')}`,
      }),
    );
    await library.send(
      new PutObjectCommand({
        Bucket,
        Key: prefix + MANIFEST_NAME,
        Body: '{}',
        ContentType: 'application/json',
      }),
    );
    return prefix;
  };

  examination.chapter('Sharing');
  await examination.look('a friend who knows a share reads its picture', async () => {
    const prefix = await share('friends');
    const { Body, ContentType } = await friend.library.send(
      new GetObjectCommand({ Bucket, Key: prefix + name }),
    );
    await Body?.transformToByteArray();
    if (ContentType !== 'image/webp') throw new Finding(`It is answered as ${ContentType}.`);
  });
  await examination.look(
    'anybody who has a link sees what is behind it, as a picture, kept for five minutes at most',
    async () => {
      const prefix = await share('7d');
      const address = `${shareHost}/${prefix.slice('shares/links/'.length)}${name}`;
      const answer = await eventually(async () => {
        const found = await ask(address);
        if (found.status !== 200) throw new Finding(`The host of links answers ${found.status}.`);
        return found;
      }, waiting);
      const { headers } = answer;
      const seen = {
        type: headers.get('content-type'),
        kept: headers.get('cache-control'),
        sandbox: headers.get('content-security-policy')?.startsWith('sandbox') ?? false,
      };
      if (seen.type !== 'image/webp' || seen.kept !== 'max-age=300' || !seen.sandbox)
        throw new Finding(`It is answered with ${JSON.stringify(seen)}.`);
    },
  );
  await examination.look('the host of links serves nothing else', async () => {
    for (const key of [renditionKey(me, photoId, 'thumb'), `../${renditionKey(me, photoId, 'thumb')}`, '']) {
      const { status } = await ask(`${shareHost}/${key}`);
      if (status !== 404 && status !== 403) throw new Finding(`/${key} is answered with ${status}.`);
    }
  });
}
