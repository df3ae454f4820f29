// Fills a local cloud, while it is stopped, with a made-up library for Ada. Rows go through the table's own engine; a few pictures serve as everybody's thumbnails and views, as hard links.
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import sharp from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { CognitoState } from '../../infra/local/cognito/state.ts';
import { Engine } from '../../infra/local/dynamodb/engine.ts';
import { lock } from '../../infra/local/lock.ts';
import { openFiles } from '../../infra/local/s3/files.ts';
import { objectName } from '../../infra/local/s3/store.ts';
import { synthesise } from '../../infra/local/synth.ts';
import { readStack } from '../../infra/local/template.ts';
import { toBase64, type IdentityId } from '../../src/schema/ids.ts';
import { renditionKey, RENDITIONS } from '../../src/schema/keys.ts';
import type { Photo } from '../../src/schema/photo.ts';
import { pixels } from '../fixtures.ts';
import { madeUpPhotos } from './made-up.ts';

const PICTURES = 30;
/** DynamoDB takes no more at once. */
const ROWS_AT_ONCE = 25;
const OBJECTS_AT_ONCE = 1000;

interface Picture {
  webp: Buffer;
  placeholder: string;
}

async function pictures(): Promise<Picture[]> {
  return Promise.all(
    Array.from({ length: PICTURES }, async (_, n) => {
      const [width, height] = [400, 300];
      const raw = { raw: { width, height, channels: 3 as const } };
      const picture = sharp(pixels(width, height, n + 1), raw).modulate({ hue: n * 12 });
      const small = await picture.clone().resize(80, 60).ensureAlpha().raw().toBuffer();
      return {
        webp: await picture.clone().webp({ quality: 75 }).toBuffer(),
        placeholder: toBase64(rgbaToThumbHash(80, 60, small)),
      };
    }),
  );
}

/** A value as DynamoDB writes it. */
function marshalled(value: unknown): Record<string, unknown> {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  return { M: item(value as object) };
}
const item = (from: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(from).map(([name, value]) => [name, marshalled(value)]));

/** Fills the data directory of a local cloud that is not running; gives whose library it now is. */
export async function seed(directory: string, count: number): Promise<IdentityId> {
  const held = await lock(directory);
  try {
    const stack = readStack(await synthesise());
    const { region, config, userPool } = stack;
    const group = userPool.groups.find(({ roleArn }) => roleArn)?.name ?? '';
    const people = await CognitoState.open(join(directory, 'cognito'), [group]);
    const ada = people.people[0];
    if (!ada) throw new Error(`There is nobody in ${directory}.`);
    const owner = people.identityOf(ada.sub, region) as IdentityId;
    const made = await pictures();
    const photos = [
      ...madeUpPhotos(
        owner,
        count,
        made.map(({ placeholder }) => placeholder),
      ),
    ];

    const engine = await Engine.open(join(directory, 'dynamodb'), stack.tables);
    try {
      for (let at = 0; at < photos.length; at += ROWS_AT_ONCE) {
        const requests = photos
          .slice(at, at + ROWS_AT_ONCE)
          .map((photo) => ({ PutRequest: { Item: item({ ...photo, sequencer: '0' }) } }));
        await engine.run('BatchWriteItem', { RequestItems: { [config.photosTable]: requests } });
      }
    } finally {
      await engine.close();
    }
    await linked(join(directory, 's3'), config.libraryBucket, photos, made);
    return owner;
  } finally {
    await held.release();
  }
}

/** Every photo's renditions: names of their own for the same few files. */
async function linked(
  directory: string,
  bucket: string,
  photos: readonly Photo[],
  made: readonly Picture[],
): Promise<void> {
  const files = await openFiles(directory);
  const index = new ClassicLevel<string, unknown>(join(directory, 'index'), { valueEncoding: 'json' });
  await index.open();
  try {
    const sources = await Promise.all(
      made.map(async ({ webp }) => {
        const { file } = await files.create((handle) => handle.writeFile(webp));
        return {
          path: files.path(file),
          size: webp.length,
          etag: createHash('md5').update(webp).digest('hex'),
        };
      }),
    );
    const folders = new Set<string>();
    const put = async (key: string, source: (typeof sources)[number]) => {
      const file = randomUUID();
      const path = files.path(file);
      if (!folders.has(dirname(path))) {
        await mkdir(dirname(path), { recursive: true });
        folders.add(dirname(path));
      }
      await link(source.path, path);
      const version = {
        id: 'null',
        modified: Date.now(),
        marker: false,
        storageClass: 'STANDARD',
        metadata: {},
        headers: { 'content-type': 'image/webp', 'cache-control': 'private, max-age=31536000, immutable' },
        file,
        size: source.size,
        etag: source.etag,
      };
      return { type: 'put' as const, key: objectName(bucket, key), value: [version] };
    };
    const byPlaceholder = new Map(made.map(({ placeholder }, i) => [placeholder, sources[i]]));
    for (let at = 0; at < photos.length; at += OBJECTS_AT_ONCE) {
      const puts = photos.slice(at, at + OBJECTS_AT_ONCE).flatMap((photo) => {
        const source = byPlaceholder.get(photo.placeholder ?? '') ?? sources[0];
        return source
          ? RENDITIONS.map((rendition) => put(renditionKey(photo.owner, photo.photoId, rendition), source))
          : [];
      });
      await index.batch(await Promise.all(puts));
    }
  } finally {
    await index.close();
    await files.close();
  }
}
