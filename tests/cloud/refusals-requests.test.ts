// Requests that are not what they claim to be: unsigned, signed for something else, changed on the way, too early, too late, or
// from a page that has no business here. Each is refused as AWS refuses it, and leaves everything as it was.
import { request as httpRequest } from 'node:http';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { GetCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { originalKey, originalPrefix, renditionKey } from '../../src/schema/keys.ts';
import { photoIdOf } from '../fixtures.ts';
import { clientsFor } from './people.ts';
import { originalOf } from './photos.ts';
import { answerTo, DENIED, openWorld, outcome, type World } from './refusals.ts';

const MINUTE = 60_000;
/** As long as credentials live, and a little more. */
const AN_HOUR = 60 * MINUTE + 1000;

let world: World;
let Originals: string;
/** The key of Ada's photo. */
let Key: string;
/** The cloud's clock, ahead of the real one by this many milliseconds. */
let ahead = 0;

beforeAll(async () => {
  world = await openWorld({ now: () => Date.now() + ahead });
  Originals = world.cloud.config.originalsBucket;
  Key = originalKey(world.ada.identityId, world.photoId);
});
afterAll(() => world?.cloud.end());

/** Runs an attempt, which must leave everything as it was; the cloud's clock is ahead for its duration only. */
async function withoutTrace<T>(attempt: () => Promise<T>, offset = 0): Promise<T> {
  const before = await world.everything();
  ahead = offset;
  const result = await attempt().finally(() => (ahead = 0));
  expect(await world.everything()).toEqual(before);
  return result;
}

const presigned = (options: { expiresIn?: number; signingDate?: Date } = {}, key = Key) =>
  getSignedUrl(world.ada.s3.originals, new GetObjectCommand({ Bucket: Originals, Key: key }), options);

/** Clients of Ada's whose clocks have learned nothing yet. */
const fresh = () => clientsFor(world.cloud, world.ada.credentials);
const readRow = ({ dynamodb }: Pick<World['ada'], 'dynamodb'>) =>
  dynamodb.send(
    new GetCommand({
      TableName: world.cloud.config.photosTable,
      Key: { owner: world.ada.identityId, photoId: world.photoId },
    }),
  );

describe('a presigned address is refused', () => {
  test('not as it was made', async () => {
    expect(await answerTo(await presigned())).toBe(`200 ${String(world.bytes)}`);
  });

  const set = (name: string, value: (old: string) => string) => (url: URL) =>
    url.searchParams.set(name, value(url.searchParams.get(name) ?? ''));
  const otherDigit = (text: string) => text.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const changes: Record<string, [expected: string, change: (url: URL) => void]> = {
    'for another key of the same owner': [
      '403 SignatureDoesNotMatch',
      (url) =>
        (url.pathname = `/${Originals}/${originalKey(world.ada.identityId, photoIdOf(Buffer.from('another')))}`),
    ],
    "for another person's photo": [
      '403 SignatureDoesNotMatch',
      (url) => (url.pathname = `/${Originals}/${originalKey(world.ben.identityId, world.photoId)}`),
    ],
    'for the whole S3 bucket': ['403 SignatureDoesNotMatch', (url) => (url.pathname = `/${Originals}`)],
    'with a later end': ['403 SignatureDoesNotMatch', set('X-Amz-Expires', () => '86400')],
    'with another time': [
      '403 SignatureDoesNotMatch',
      set('X-Amz-Date', (old) => old.replace(/\d\dZ$/, (seconds) => (seconds === '00Z' ? '01Z' : '00Z'))),
    ],
    'with another day in its scope': [
      '400 AuthorizationQueryParametersError',
      set('X-Amz-Credential', (old) => old.replace(/\/\d{8}\//, '/20200101/')),
    ],
    'with another region': [
      '400 AuthorizationQueryParametersError',
      set('X-Amz-Credential', (old) => old.replace(/\/\w\w-\w+-\d\//, '/xx-north-1/')),
    ],
    'with another service': [
      '400 AuthorizationQueryParametersError',
      set('X-Amz-Credential', (old) => old.replace('/s3/', '/dynamodb/')),
    ],
    'with a key id that nobody was given': [
      '403 InvalidAccessKeyId',
      set('X-Amz-Credential', (old) => old.replace(/^\w+/, 'ASIAAAAAAAAAAAAAAAAA')),
    ],
    "with another person's key id": [
      '400 InvalidToken',
      set('X-Amz-Credential', (old) => old.replace(/^\w+/, world.ben.credentials.accessKeyId)),
    ],
    "with another person's token": [
      '400 InvalidToken',
      set('X-Amz-Security-Token', () => world.ben.credentials.sessionToken),
    ],
    'without its token': ['400 InvalidToken', (url) => url.searchParams.delete('X-Amz-Security-Token')],
    'with another signature': ['403 SignatureDoesNotMatch', set('X-Amz-Signature', otherDigit)],
    'without its signature': [
      '400 AuthorizationQueryParametersError',
      (url) => url.searchParams.delete('X-Amz-Signature'),
    ],
    'with another algorithm': ['400 AuthorizationQueryParametersError', set('X-Amz-Algorithm', () => 'none')],
    'with other signed headers': [
      '403 SignatureDoesNotMatch',
      set('X-Amz-SignedHeaders', (old) => `${old};range`),
    ],
    'with no signed headers': [
      '400 AuthorizationQueryParametersError',
      set('X-Amz-SignedHeaders', () => 'range'),
    ],
    'with a content type of the caller’s choice': [
      '403 SignatureDoesNotMatch',
      set('response-content-type', () => 'text/html'),
    ],
    'with a version': ['403 SignatureDoesNotMatch', set('versionId', () => 'null')],
    'with one parameter twice': [
      '400 InvalidArgument',
      (url) => url.searchParams.append('X-Amz-Expires', '86400'),
    ],
  };
  test.each(Object.entries(changes))('%s', async (_what, [expected, change]) => {
    const url = new URL(await presigned());
    change(url);
    expect(await withoutTrace(() => answerTo(url.href))).toBe(expected);
  });

  test.each(['PUT', 'DELETE', 'POST'])('for %s, when it was made for GET', async (method) => {
    const url = await presigned();
    expect(await withoutTrace(() => answerTo(url, { method }))).toBe('403 SignatureDoesNotMatch');
  });

  test('past its end, and before its time', async () => {
    const past = await presigned({ expiresIn: 60, signingDate: new Date(Date.now() - 61_000) });
    expect(await answerTo(past)).toBe(DENIED);
    const early = await presigned({ expiresIn: 60, signingDate: new Date(Date.now() + 16 * MINUTE) });
    expect(await answerTo(early)).toBe(DENIED);
  });

  test('when its credentials have ended, though it has not', async () => {
    const url = await presigned({ expiresIn: 7200 });
    expect(await withoutTrace(() => answerTo(url), AN_HOUR)).toBe('400 ExpiredToken');
  });

  test('when it should live for more than a week', async () => {
    const url = (await presigned({ expiresIn: 604_800 })).replace(
      'X-Amz-Expires=604800',
      'X-Amz-Expires=604801',
    );
    expect(await answerTo(url)).toBe('400 AuthorizationQueryParametersError');
    await expect(presigned({ expiresIn: 604_801 })).rejects.toThrow('one week');
  });

  test("when Ada makes one for Ben's photo, his folder or his rendition", async () => {
    const { ada, ben, cloud, photoId } = world;
    expect(await answerTo(await presigned({}, originalKey(ben.identityId, photoId)))).toBe(DENIED);
    expect(await answerTo(await presigned({}, originalPrefix(ben.identityId)))).toBe(DENIED);
    const rendition = new GetObjectCommand({
      Bucket: cloud.config.libraryBucket,
      Key: renditionKey(ben.identityId, photoId, 'thumb'),
    });
    expect(await answerTo(await getSignedUrl(ada.s3.library, rendition))).toBe(DENIED);
  });

  test('when one for a write leaves out what makes it write-once', async () => {
    const put = originalOf(Originals, world.ada, world.bytes, { IfNoneMatch: undefined, Body: undefined });
    const url = await getSignedUrl(world.ada.s3.originals, put);
    expect(await withoutTrace(() => answerTo(url, { method: 'PUT', body: 'overwritten' }))).toBe(DENIED);
  });
});

describe('a request that was changed after it was signed is refused', () => {
  interface Sent {
    body: unknown;
    path: string;
    headers: Record<string, string>;
  }
  const tamper = <T extends S3Client | DynamoDBDocumentClient>(
    client: T,
    change: (request: Sent) => void,
  ): T => {
    const { middlewareStack } = client as S3Client;
    middlewareStack.add(
      (next) => (args) => {
        change(args.request as Sent);
        return next(args);
      },
      // The innermost: after the signature.
      { step: 'deserialize', priority: 'low' },
    );
    return client;
  };
  const put = (change: (request: Sent) => void, more: Partial<PutObjectCommand['input']> = {}) =>
    withoutTrace(() =>
      outcome(
        tamper(fresh().s3.originals, change).send(
          originalOf(Originals, world.ada, Buffer.from('a new photo'), more),
        ),
      ),
    );

  test('in its body', async () => {
    expect(await put((request) => (request.body = Buffer.from('a bad photo')))).toBe(
      '400 XAmzContentSHA256Mismatch',
    );
  });

  test('in its length', async () => {
    const longer = (request: Sent) => {
      request.body = Buffer.from('a new photo and more');
      request.headers['content-length'] = '20';
    };
    expect(await put(longer)).toMatch(/^40[03] (?:XAmzContentSHA256Mismatch|SignatureDoesNotMatch)$/);
  });

  test('in its path', async () => {
    const path = `/${Originals}/${originalKey(world.ada.identityId, photoIdOf(Buffer.from('elsewhere')))}`;
    expect(await put((request) => (request.path = path))).toBe('403 SignatureDoesNotMatch');
  });

  test.each([
    ['if-none-match', undefined],
    ['x-amz-storage-class', 'STANDARD'],
    ['x-amz-meta-name', 'other.jpg'],
    ['x-amz-checksum-sha256', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    ['x-amz-security-token', undefined],
  ])('in its header %s', async (name, value) => {
    const answer = await put(({ headers }) => {
      if (value === undefined) delete headers[name];
      else headers[name] = value;
    });
    expect(answer).toBe(name === 'x-amz-security-token' ? '400 InvalidToken' : '403 SignatureDoesNotMatch');
  });

  test('by a header that nobody signed', async () => {
    const source = `${Originals}/${Key}`;
    expect(await put(({ headers }) => (headers['x-amz-copy-source'] = source))).toBe(DENIED);
  });

  test('when it goes to DynamoDB', async () => {
    const { dynamodb } = fresh();
    const { photosTable } = world.cloud.config;
    const command = new UpdateCommand({
      TableName: photosTable,
      Key: { owner: world.ada.identityId, photoId: world.photoId },
      UpdateExpression: 'SET favorite = :value',
      ExpressionAttributeValues: { ':value': true },
    });
    tamper(dynamodb, (request) => {
      const text = new TextDecoder().decode(request.body as Uint8Array);
      request.body = new TextEncoder().encode(text.replace('favorite', 'archived'));
    });
    expect(await withoutTrace(() => outcome(dynamodb.send(command)))).toBe('400 InvalidSignatureException');
  });

  test('and so is a body that never had the checksum it was announced with', async () => {
    const ChecksumSHA256 = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
    expect(await put(() => undefined, { ChecksumSHA256 })).toBe('400 BadDigest');
  });
});

describe('an unsigned request is refused', () => {
  const s3: [string, RequestInit | undefined, () => string][] = [
    ['to read', undefined, () => `/${Key}`],
    ['to put', { method: 'PUT', body: 'x', headers: { 'if-none-match': '*' } }, () => `/${Key}x`],
    ['to delete', { method: 'DELETE' }, () => `/${Key}`],
    ['to list', undefined, () => `?list-type=2&prefix=${originalPrefix(world.ada.identityId)}`],
    ['to change the policy', { method: 'PUT', body: '{}' }, () => '?policy'],
    ['to delete many', { method: 'POST', body: '<Delete/>' }, () => '?delete'],
  ];
  test.each(s3)('%s', async (_what, init, path) => {
    const url = `${world.cloud.urls.originals}/${Originals}${path()}`;
    expect(await withoutTrace(() => answerTo(url, init))).toBe(DENIED);
  });

  test.each(['GetItem', 'PutItem', 'Scan'])('to %s', async (operation) => {
    const answer = await withoutTrace(() =>
      fetch(world.cloud.urls.api, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
        },
        body: JSON.stringify({ TableName: world.cloud.config.photosTable }),
      }),
    );
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
  });
});

describe('a clock that is off is refused beyond 15 minutes', () => {
  test.each([
    ['slow', 15 * MINUTE + 5000],
    ['fast', -15 * MINUTE - 5000],
  ])('when it is %s', async (_which, offset) => {
    const put = originalOf(Originals, world.ada, Buffer.from('a new photo'));
    const [s3, rows] = await withoutTrace(
      () => Promise.all([outcome(fresh().s3.originals.send(put)), outcome(readRow(fresh()))]),
      offset,
    );
    expect(s3).toBe('403 RequestTimeTooSkewed');
    expect(rows).toBe('400 InvalidSignatureException');
  });

  test.each([14 * MINUTE, -14 * MINUTE])('and not at %i ms', async (offset) => {
    const get = new GetObjectCommand({ Bucket: Originals, Key });
    const answers = await withoutTrace(
      () => Promise.all([outcome(fresh().s3.originals.send(get)), outcome(readRow(fresh()))]),
      offset,
    );
    expect(answers).toEqual(['ok', 'ok']);
  });

  test('credentials that have ended are refused whatever is signed with them', async () => {
    const { s3, dynamodb } = fresh();
    s3.originals.config.systemClockOffset = AN_HOUR;
    dynamodb.config.systemClockOffset = AN_HOUR;
    const get = new GetObjectCommand({ Bucket: Originals, Key });
    const answers = await withoutTrace(
      () => Promise.all([outcome(s3.originals.send(get)), outcome(readRow({ dynamodb }))]),
      AN_HOUR,
    );
    expect(answers).toEqual(['400 ExpiredToken', '400 ExpiredTokenException']);
  });
});

describe('a page of another origin', () => {
  const foreign = () => {
    const { port } = new URL(world.cloud.urls.site);
    return [
      'https://evil.example',
      'null',
      `${world.cloud.urls.site}.evil.example`,
      `https://localhost:${port}`,
      `http://127.0.0.1:${port}`,
      world.cloud.urls.api,
    ];
  };
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

  test('may not read what it gets from S3', async () => {
    const url = await presigned();
    expect(allowed(await fetch(url, { headers: { origin: world.cloud.urls.site } }))).toBe(
      world.cloud.urls.site,
    );
    for (const origin of foreign())
      expect([origin, allowed(await fetch(url, { headers: { origin } }))]).toEqual([origin, null]);
  });

  test.each(['originals', 'library'] as const)('may not send anything to the S3 bucket %s', async (name) => {
    const bucket = name === 'originals' ? Originals : world.cloud.config.libraryBucket;
    for (const origin of foreign()) {
      const headers = { origin, 'access-control-request-method': 'PUT' };
      const url = `${world.cloud.urls[name]}/${bucket}/x`;
      expect([origin, await answerTo(url, { method: 'OPTIONS', headers })]).toEqual([
        origin,
        '403 AccessForbidden',
      ]);
    }
  });

  test('may read neither config.json nor the sign-in page', async () => {
    const { site } = world.cloud.urls;
    const { authority, clientId } = world.cloud.config;
    const query = new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      scope: 'openid email profile',
      redirect_uri: `${site}/`,
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    });
    const pages = [`${site}/config.json`, `${authority}/oauth2/authorize?${query}`];
    for (const page of pages) {
      const answer = await fetch(page, { headers: { origin: 'https://evil.example' } });
      expect([page, answer.status, allowed(answer)]).toEqual([page, 200, null]);
    }
  });
});

describe('under a foreign host name, as after DNS rebinding,', () => {
  const raw = (
    url: string,
    host: string,
    method = 'GET',
    target = new URL(url).pathname + new URL(url).search,
  ) =>
    new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(url);
      const asked = httpRequest({ hostname, port, path: target, method, headers: { host } }, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () =>
          resolve(`${answer.statusCode} ${/<Code>(\w+)/.exec(text)?.[1] ?? text.trim()}`),
        );
      });
      asked.on('error', reject).end();
    });
  const hosts = [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '[::1]',
    '0.0.0.0',
    'localhost',
    'localhost:1',
  ];

  test.each(hosts)('%s, neither the page nor sign-in nor the JSON services answer', async (host) => {
    const { site, api } = world.cloud.urls;
    const { authority } = world.cloud.config;
    for (const url of [`${site}/`, `${site}/config.json`, `${api}/`, `${authority}/oauth2/authorize`]) {
      for (const method of ['GET', 'POST'])
        expect(await raw(url, host, method)).toBe('421 This is not the host you are looking for.');
    }
  });

  test.each(hosts)('%s, S3 takes no address that was signed for its own', async (host) => {
    const stranger = '421 This is not the host you are looking for.';
    expect(await raw(await presigned(), host)).toBe(stranger);
    expect(await raw(`${world.cloud.urls.originals}/${Key}`, host)).toBe(stranger);
  });

  test('a whole address in the first line changes nothing', async () => {
    const { site, originals } = world.cloud.urls;
    expect(await raw(site, new URL(site).host, 'GET', 'http://evil.example/config.json')).not.toMatch(
      /identityPoolId/,
    );
    expect(
      await raw(originals, new URL(originals).host, 'GET', `http://evil.example/${Originals}/${Key}`),
    ).toBe(DENIED);
  });
});
