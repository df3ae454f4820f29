// Reads through CloudFront, where the settings have them: that a picture comes through by its reader's own signature, that nothing else
// does, not even what CloudFront has kept, and what the setting should be after that.
import { CopyObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { randomBytes } from 'node:crypto';
import { bucketUrl } from '../../src/schema/config.ts';
import type { RandomId } from '../../src/schema/ids.ts';
import { originalKey, renditionKey, snapshotKey } from '../../src/schema/keys.ts';
import { MANIFEST_NAME, sharedRenditionName, sharePrefix } from '../../src/schema/share-keys.ts';
import { ask, expectHeader, expectStatus } from './ask.ts';
import { eventually, Finding, type Examination } from './findings.ts';
import type { Waiting } from './photos.ts';
import type { Scene } from './refusals.ts';
import type { Target } from './target.ts';
import type { Visitor } from './visitor.ts';

const ON =
  'Pictures come from S3 itself. To have them come through CloudFront, set "cloudFrontReads": true in infra/shoebox.json, run "npm run deploy", then this again.';
const KEEP = 'Reads through CloudFront work: leave "cloudFrontReads": true.';
const OFF =
  'Set "cloudFrontReads": false in infra/shoebox.json and run "npm run deploy". Where pictures do not come, the page asks S3 itself meanwhile.';

/** Seconds that the shortest signature is good for. */
const SHORT = 5;
const randomId = (): RandomId => randomBytes(16).toString('base64url') as RandomId;

export async function examineReads(
  examination: Examination,
  target: Target,
  { owner, photoId, stranger: friend }: Scene,
  waiting: Waiting,
): Promise<void> {
  const { address, config } = target;
  const { readsHost, libraryBucket: Bucket } = config;
  examination.chapter('Reads through CloudFront');
  if (readsHost === undefined) {
    examination.remark(ON);
    return;
  }
  const { identityId: me } = owner;
  const thumb = renditionKey(me, photoId, 'thumb');
  const s3 = bucketUrl(config, 'library');

  /** Signed for S3, and then asked of the other host, as the page does. CloudFront may keep what comes. */
  const signed = async (
    Key: string,
    { who = owner, seconds = 3600 }: { who?: Visitor; seconds?: number } = {},
  ): Promise<string> => {
    const command = new GetObjectCommand({ Bucket, Key, ResponseCacheControl: 'max-age=3600' });
    const url = await getSignedUrl(who.library, command, { expiresIn: seconds });
    if (!url.startsWith(`${s3}/`))
      throw new Finding(`S3 is ${new URL(url).host}, and not where the page asks.`);
    return readsHost + url.slice(s3.length);
  };
  const get = (url: string) => ask(url, { headers: { origin: address } });
  const refuses = async (url: string, more?: RequestInit): Promise<void> => {
    // S3 calls some claims malformed.
    expectStatus(await ask(url, more), 400, 403);
  };
  const before = examination.results.length;

  await examination.look(
    'one’s own picture comes as S3 has it, for the page to read and never as a page',
    async () => {
      const url = await signed(thumb);
      const answer = expectStatus(await get(url), 200);
      const direct = expectStatus(await get(s3 + url.slice(readsHost.length)), 200);
      if (answer.text !== direct.text) throw new Finding('S3 has other bytes.');
      expectHeader(answer, 'content-type', /^image\/webp$/);
      expectHeader(answer, 'content-security-policy', /^sandbox;/);
      expectHeader(answer, 'x-content-type-options', /^nosniff$/);
      const allowed = answer.headers.get('access-control-allow-origin');
      if (allowed !== address)
        throw new Finding(`The page may not read it: allowed is ${allowed ?? 'nobody'}.`);
    },
  );
  await examination.look('what a friend shares comes by the reader’s own signature', async () => {
    const Key = sharePrefix(me, 'friends', randomId()) + sharedRenditionName(randomId(), 'thumb');
    await owner.library.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${thumb}` }));
    expectStatus(await get(await signed(Key, { who: friend })), 200);
  });
  await examination.look(
    'nobody reads without a signature, with a changed one, or with another query',
    async () => {
      const url = await signed(thumb);
      // So that CloudFront has it.
      expectStatus(await ask(url), 200);
      expectStatus(await ask(url), 200);
      await refuses(url.slice(0, url.indexOf('?')));
      await refuses(url.replace(/X-Amz-Signature=[0-9a-f]{64}/, `X-Amz-Signature=${'0'.repeat(64)}`));
      await refuses(`${url}&x=1`);
    },
  );
  await examination.look(
    'nobody reads when the time of a signature is over, though CloudFront has kept the picture',
    async () => {
      const url = await signed(thumb, { seconds: SHORT });
      if ((await ask(url)).status !== 200) {
        throw new Finding(
          `A signature good for ${SHORT} seconds is refused at once: is this computer's clock right?`,
        );
      }
      await eventually(() => refuses(url), { ...waiting, patience: 2 * SHORT * 1000 });
    },
  );
  await examination.look('nobody reads another’s picture, whatever they sign', async () => {
    await refuses(await signed(thumb, { who: friend }));
  });
  await examination.look(
    'neither the index, nor originals, nor links, nor a list can be had there',
    async () => {
      for (const key of [
        snapshotKey(me, 'first'),
        originalKey(me, photoId),
        sharePrefix(me, '7d', randomId()) + MANIFEST_NAME,
        '',
      ]) {
        const answer = expectStatus(
          await ask(key === '' ? `${readsHost}/?list-type=2` : await signed(key)),
          403,
        );
        // It is refused before S3 hears of it, who would have to give one's own.
        if (answer.headers.has('x-amz-request-id')) throw new Finding(`S3 was asked for /${key}.`);
      }
    },
  );
  await examination.look('nobody writes there', async () => {
    const url = await signed(thumb);
    for (const method of ['PUT', 'POST', 'DELETE']) await refuses(url, { method });
  });
  const well = examination.results.slice(before).every(({ outcome }) => outcome === 'ok');
  examination.remark(well ? KEEP : OFF);
}
