// The page's own door where pictures are read through CloudFront: what goes by it, and that S3 is asked where it fails.
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import type { Fault } from '../../infra/local/s3/faults.ts';
import type { Template } from '../../infra/local/template-values.ts';
import type { Cloud } from '../../src/cloud/cloud.ts';
import { CloudError } from '../../src/cloud/error.ts';
import type { PhotoId, RandomId } from '../../src/schema/ids.ts';
import { renditionKey } from '../../src/schema/keys.ts';
import { MANIFEST_NAME, sharedRenditionName, sharePrefix } from '../../src/schema/share-keys.ts';
import { randomId } from '../../src/schema/social.ts';
import { photoIdOf } from '../fixtures.ts';
import { Locks } from '../unit/fake-browser.ts';
import { signInAs, withXhr } from './page-person.ts';
import { withReads } from './reading.ts';
import { openWorld, withOperator, type World } from './refusals.ts';

type Way = Fault | 'refuses' | undefined;

/** As if CloudFront itself let nothing through. */
async function refusing(): Promise<Template> {
  const template = structuredClone(await withReads());
  for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    if (Type === 'AWS::CloudFront::Function' && id.startsWith('Reads'))
      Properties['FunctionCode'] = 'function handler() { return { statusCode: 403 }; }';
  }
  return template;
}

let asked: { through: string[]; direct: string[] };
let way: Way;
const worlds: World[] = [];
const photo: PhotoId = photoIdOf(Buffer.from('a picture'));
const shared = { id: randomId() as RandomId, share: randomId() };

async function opened(template: () => Promise<Template>): Promise<{ world: World; ada: Cloud; ben: Cloud }> {
  withXhr();
  vi.stubGlobal('navigator', { locks: new Locks() });
  const world = await openWorld({
    template: () => withOperator(template),
    readsFaults: ({ url = '' }) => {
      asked.through.push(url);
      return way === 'refuses' ? undefined : way;
    },
    // CloudFront's stand-in does not say that it is a browser.
    faults: ({ url = '', headers }) => {
      if ('user-agent' in headers) asked.direct.push(url);
      return undefined;
    },
  });
  worlds.push(world);
  const ada = await (await signInAs(world.cloud, 'ada@example.com')).open();
  const ben = await (await signInAs(world.cloud, 'ben@example.com')).open();
  const prefix = sharePrefix(ada.identityId, 'friends', shared.share);
  for (const [Key, Body] of [
    [renditionKey(ada.identityId, photo, 'thumb'), 'own thumb'],
    [prefix + sharedRenditionName(shared.id, 'view'), 'shared view'],
    [prefix + MANIFEST_NAME, '{"a":"manifest"}'],
  ] as const) {
    await world.operator.s3.library.send(
      new PutObjectCommand({
        Bucket: world.cloud.config.libraryBucket,
        Key,
        Body,
        ContentType: 'image/webp',
      }),
    );
  }
  return { world, ada, ben };
}

beforeEach(() => {
  asked = { through: [], direct: [] };
  way = undefined;
});
afterAll(async () => {
  for (const { cloud } of worlds) await cloud.end();
  vi.unstubAllGlobals();
});

const text = async (url: string): Promise<string> => (await fetch(url)).text();

test('own pictures and friends’ shares are read through CloudFront; index and originals never', async () => {
  const { world, ada, ben } = await opened(withReads);
  asked.direct.length = 0;
  expect(await text(await ada.renditionUrl(photo, 'thumb'))).toBe('own thumb');
  const theirs = await ben.shares();
  const address = { owner: ada.identityId, share: shared.share };
  expect(await theirs.manifest(address)).toEqual({ a: 'manifest' });
  expect(String(Buffer.from((await theirs.picture(address, shared.id)) ?? []))).toBe('shared view');
  expect(await text(await theirs.url(address, shared.id, 'view'))).toBe('shared view');
  expect(asked.through).toHaveLength(4);
  expect(asked.direct).toEqual([]);

  expect(await ada.readSnapshot('first', AbortSignal.timeout(10_000))).toBeUndefined();
  expect((await fetch(await ada.originalUrl({ photoId: world.photoId, name: 'a.jpg' }))).status).toBe(200);
  expect((await fetch(await ada.playUrl({ photoId: world.photoId, type: 'video/mp4' }))).status).toBe(200);
  expect(asked.through).toHaveLength(4);
  expect(asked.direct).toHaveLength(4);
});

test('what is kept in a cache does not tell the time of now', async () => {
  const { world, ada, ben } = await opened(withReads);
  const theirs = await ben.shares();
  const address = { owner: ada.identityId, share: shared.share };
  await theirs.manifest(address);
  const { offset, heard } = ben.clock;
  const long = new Date(Date.now() - 200_000).toUTCString();
  vi.stubGlobal('fetch', async () => new Response('{}', { headers: { date: long, age: '200' } }));
  await theirs.manifest(address);
  vi.unstubAllGlobals();
  expect([ben.clock.offset, ben.clock.heard]).toEqual([offset, heard]);
  expect(world.cloud.config.readsHost).toBeDefined();
});

test.for<[what: string, how: Way]>([
  ['breaks connections', 'cut'],
  ['answers with an error of its own', 'broken'],
  ['is too busy', 'busy'],
  ['refuses everything', 'refuses'],
])('where CloudFront %s, S3 is asked, and for all that comes after', async ([_what, how]) => {
  const { ada, ben } = await opened(how === 'refuses' ? refusing : withReads);
  way = how;
  const url = await ada.renditionUrl(photo, 'thumb');
  const refused = await fetch(url).then(
    ({ ok }) => !ok,
    () => true,
  );
  expect(refused).toBe(true);
  expect(await text(await ada.anotherRenditionUrl(url, photo, 'thumb'))).toBe('own thumb');

  const theirs = await ben.shares();
  const address = { owner: ada.identityId, share: shared.share };
  expect(await theirs.manifest(address)).toEqual({ a: 'manifest' });
  expect(String(Buffer.from((await theirs.picture(address, shared.id)) ?? []))).toBe('shared view');
  // Each has found out once.
  expect(asked.through).toHaveLength(2);
  expect(await text(await ada.renditionUrl(photo, 'thumb'))).toBe('own thumb');
  expect(await theirs.manifest(address)).toEqual({ a: 'manifest' });
  expect(asked.through).toHaveLength(2);
});

test('a share that is no more is no reason to turn away from CloudFront', async () => {
  const { ada, ben } = await opened(withReads);
  const theirs = await ben.shares();
  const gone = { owner: ada.identityId, share: randomId() };
  expect(await theirs.manifest(gone)).toBeUndefined();
  asked.direct.length = 0;
  expect(await theirs.manifest({ ...gone, share: shared.share })).toEqual({ a: 'manifest' });
  expect(asked.direct).toEqual([]);
});

test('whoever gives up waiting has not shown that CloudFront fails', async () => {
  const { ada, ben } = await opened(withReads);
  const theirs = await ben.shares();
  const address = { owner: ada.identityId, share: shared.share };
  await expect(theirs.manifest(address, AbortSignal.abort())).rejects.not.toBeInstanceOf(CloudError);
  asked.direct.length = 0;
  expect(await theirs.manifest(address)).toEqual({ a: 'manifest' });
  expect(asked.direct).toEqual([]);
});
