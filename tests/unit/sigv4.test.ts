// Signatures of the real SDK are taken; the same with any part changed are refused in AWS's own words.
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, test } from 'vitest';
import type { CredentialStore } from '../../infra/local/contract.ts';
import { verify, type SignedRequest } from '../../infra/local/sigv4.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const signer = { accessKeyId: 'ASIATEST', secretAccessKey: 'secret', sessionToken: 'token/+=' };
const principal = { arn: 'arn:aws:iam::123456789012:role/member', policies: [], context: {} };
const store: CredentialStore = {
  resolve: (accessKeyId, token) =>
    accessKeyId !== signer.accessKeyId
      ? { state: accessKeyId === 'ASIAOLD' ? 'expired' : 'unknown' }
      : token === signer.sessionToken
        ? { state: 'valid', secretAccessKey: signer.secretAccessKey, principal }
        : { state: 'bad-token' },
};
const check = (request: SignedRequest, options = {}) => {
  const result = verify(request, store, { now: NOW, services: ['s3'], region: 'eu-west-1', ...options });
  return result.ok ? 'verified' : `${result.status} ${result.code}: ${result.message}`;
};

interface Outgoing {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: Uint8Array | string;
}

/** The target as the SDK's own HTTP handlers write it. */
function targetOf({ path, query = {} }: Outgoing): string {
  const pairs = Object.entries(query).map(([name, value]) =>
    value === null
      ? encodeURIComponent(name)
      : `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return pairs.length > 0 ? `${path}?${pairs.join('&')}` : path;
}

class Captured extends Error {}

/** What the real SDK would send: signed, and caught just before it leaves. */
async function signed(send: (config: object) => Promise<unknown>, at = NOW): Promise<SignedRequest> {
  let outgoing: Outgoing | undefined;
  const config = {
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1:4444',
    forcePathStyle: true,
    credentials: signer,
    maxAttempts: 1,
    systemClockOffset: at - Date.now(),
    requestHandler: {
      handle: (request: Outgoing) => {
        outgoing = request;
        return Promise.reject(new Captured());
      },
    },
  };
  await expect(send(config)).rejects.toThrow(Captured);
  if (!outgoing) throw new Error('nothing was sent');
  const headers = Object.fromEntries(Object.entries(outgoing.headers).map(([k, v]) => [k.toLowerCase(), v]));
  const body = typeof outgoing.body === 'string' ? new TextEncoder().encode(outgoing.body) : outgoing.body;
  return { method: outgoing.method, url: targetOf(outgoing), headers, ...(body ? { body } : {}) };
}

const getObject = (Key: string, at = NOW) =>
  signed((config) => new S3Client(config).send(new GetObjectCommand({ Bucket: 'b', Key })), at);
const putObject = () =>
  signed((config) =>
    new S3Client(config).send(
      new PutObjectCommand({
        Bucket: 'b',
        Key: 'k',
        Body: 'hello',
        Metadata: { name: 'a  b' },
        IfNoneMatch: '*',
      }),
    ),
  );
const getItem = () =>
  signed((config) =>
    new DynamoDBClient(config).send(new GetItemCommand({ TableName: 't', Key: { owner: { S: 'é' } } })),
  );

const client = (credentials = signer) =>
  new S3Client({ region: 'eu-west-1', endpoint: 'http://127.0.0.1:4444', forcePathStyle: true, credentials });

async function presigned(Key = 'k', options = {}, credentials = signer): Promise<SignedRequest> {
  const address = await getSignedUrl(
    client(credentials),
    new GetObjectCommand({
      Bucket: 'b',
      Key,
      ResponseContentDisposition: 'attachment; filename="a b+c.jpg"',
    }),
    { expiresIn: 900, signingDate: new Date(NOW), ...options },
  );
  return {
    method: 'GET',
    url: address.slice('http://127.0.0.1:4444'.length),
    headers: { host: '127.0.0.1:4444' },
  };
}

const ODD_KEYS = [
  'plain/key.jpg',
  'a//b',
  '/leading',
  'trailing/',
  '../up/./here',
  'sun 🌞 and ünïcode',
  "a+b&c!d'e(f)*g$h,i:j;k=l@m",
  'percent%20sign%',
  'question?mark#hash',
  'back\\slash "quote" <tag>',
  'eu-west-1:11111111-2222-3333-4444-555555555555/x~y_z-1.2',
];

describe('the SDK is understood', () => {
  test.each(ODD_KEYS)('a header-signed request for %s', async (key) => {
    expect(check(await getObject(key))).toBe('verified');
  });

  test.each(ODD_KEYS)('a presigned address for %s', async (key) => {
    expect(check(await presigned(key))).toBe('verified');
  });

  test('a put with metadata and a listing with parameters', async () => {
    expect(check(await putObject())).toBe('verified');
    const list = await signed((config) =>
      new S3Client(config).send(new ListObjectsV2Command({ Bucket: 'b', Prefix: 'a b/+&=', Delimiter: '/' })),
    );
    expect(check(list)).toBe('verified');
  });

  test('a DynamoDB request', async () => {
    expect(check(await getItem(), { services: ['dynamodb'] })).toBe('verified');
  });
});

describe('a changed header-signed request is refused', () => {
  const mismatch = /^403 SignatureDoesNotMatch/;

  test('in method, path, query, host or any signed header', async () => {
    const put = await putObject();
    expect(check({ ...put, method: 'POST' })).toMatch(mismatch);
    expect(check({ ...put, url: put.url.replace('/b/k', '/b/l') })).toMatch(mismatch);
    expect(check({ ...put, url: `${put.url}&versionId=1` })).toMatch(mismatch);
    const names =
      String(put.headers['authorization'])
        .match(/SignedHeaders=([^,]+)/)?.[1]
        ?.split(';') ?? [];
    expect(names).toEqual(expect.arrayContaining(['host', 'x-amz-meta-name', 'if-none-match']));
    for (const name of names.filter((each) => !/date|token|content-sha256/.test(each)))
      expect([name, check({ ...put, headers: { ...put.headers, [name]: 'other' } })]).toEqual([
        name,
        expect.stringMatching(mismatch),
      ]);
  });

  test('in its payload hash, date, token, key id, scope or signature', async () => {
    const put = await putObject();
    const change = (name: string, value: string | undefined, options = {}) =>
      check({ ...put, headers: { ...put.headers, [name]: value } }, options);
    expect(change('x-amz-content-sha256', '0'.repeat(64))).toMatch(mismatch);
    expect(change('x-amz-date', '20261120T120001Z')).toMatch(mismatch);
    expect(change('x-amz-security-token', 'other')).toMatch(/^400 InvalidToken/);
    expect(change('x-amz-security-token', undefined)).toMatch(/^400 InvalidToken/);
    const authorization = String(put.headers['authorization']);
    const claim = (from: string | RegExp, to: string) =>
      change('authorization', authorization.replace(from, to));
    expect(claim('ASIATEST', 'ASIAELSE')).toMatch(/^403 InvalidAccessKeyId/);
    expect(claim('ASIATEST', 'ASIAOLD')).toMatch(/^400 ExpiredToken/);
    expect(claim('eu-west-1', 'us-east-1')).toMatch(/^400 AuthorizationHeaderMalformed/);
    expect(claim('/s3/', '/dynamodb/')).toMatch(/^400 AuthorizationHeaderMalformed/);
    expect(claim('20261120/', '20261119/')).toMatch(/^400 AuthorizationHeaderMalformed/);
    expect(claim('host;', '')).toMatch(/^400 AuthorizationHeaderMalformed/);
    expect(claim(/Signature=.{8}/, 'Signature=00000000')).toMatch(mismatch);
    expect(claim(/Signature=.*/, 'Signature=abc')).toMatch(/^400 AuthorizationHeaderMalformed/);
  });

  test('by an added header that nobody signed', async () => {
    const put = await putObject();
    expect(check({ ...put, headers: { ...put.headers, 'x-amz-acl': 'public-read' } })).toMatch(
      /^403 AccessDenied: There were headers present in the request which were not signed/,
    );
  });

  test('beyond 15 minutes of clock skew either way', async () => {
    const request = await getObject('k');
    const at = (minutes: number) => check(request, { now: NOW + minutes * 60_000 });
    expect(at(14)).toBe('verified');
    expect(at(-14)).toBe('verified');
    expect(at(16)).toMatch(/^403 RequestTimeTooSkewed/);
    expect(at(-16)).toMatch(/^403 RequestTimeTooSkewed/);
  });

  test('without any signature, or with two', async () => {
    const request = await getObject('k');
    const { authorization, ...headers } = request.headers;
    expect(check({ ...request, headers })).toMatch(/^403 AccessDenied/);
    const other = await presigned();
    expect(check({ ...other, headers: { ...other.headers, authorization } })).toMatch(/^400 InvalidArgument/);
  });

  test('with a payload hash that is none', async () => {
    const request = await getObject('k');
    const change = (value: string | undefined) =>
      check({ ...request, headers: { ...request.headers, 'x-amz-content-sha256': value } });
    expect(change('nonsense')).toMatch(/^400 InvalidArgument/);
    expect(change(undefined)).toMatch(/^400 InvalidRequest/);
    expect(change('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')).toMatch(/^501 NotImplemented/);
  });

  test('with a path that is no UTF-8', async () => {
    expect(check({ ...(await getObject('k')), url: '/b/%ff' })).toMatch(/^400 InvalidURI/);
  });
});

describe('a changed presigned address is refused', () => {
  test('in every one of its parameters, its path or its host', async () => {
    const request = await presigned();
    const [path = '', query = ''] = request.url.split('?');
    const parts = query.split('&');
    expect(parts.length).toBeGreaterThan(8);
    for (const part of parts) {
      const changed = parts.map((each) => (each === part ? `${each}0` : each)).join('&');
      expect([part, check({ ...request, url: `${path}?${changed}` })]).toEqual([
        part,
        expect.stringMatching(/^40[03] /),
      ]);
      const dropped = parts.filter((each) => each !== part).join('&');
      expect([part, check({ ...request, url: `${path}?${dropped}` })]).toEqual([
        part,
        expect.stringMatching(/^40[03] /),
      ]);
    }
    expect(check({ ...request, url: `/b/other?${query}` })).toMatch(/^403 SignatureDoesNotMatch/);
    expect(check({ ...request, url: `${request.url}&response-content-type=text/html` })).toMatch(/^403 Sig/);
    expect(check({ ...request, url: `${request.url}&x-amz-acl=public-read` })).toMatch(/^403 Sig/);
    expect(check({ ...request, method: 'PUT' })).toMatch(/^403 SignatureDoesNotMatch/);
    expect(check({ ...request, headers: { host: 'localhost:4444' } })).toMatch(/^403 SignatureDoesNotMatch/);
  });

  test('before and after its time', async () => {
    const request = await presigned();
    const at = (seconds: number) => check(request, { now: NOW + seconds * 1000 });
    expect(at(899)).toBe('verified');
    expect(at(901)).toBe('403 AccessDenied: Request has expired');
    expect(at(-3600)).toBe('403 AccessDenied: Request is not yet valid');
  });

  test('when it would live for more than a week', async () => {
    const request = await presigned();
    const change = (value: string) =>
      check({ ...request, url: request.url.replace('X-Amz-Expires=900', `X-Amz-Expires=${value}`) });
    expect(change('604801')).toMatch(/^400 AuthorizationQueryParametersError/);
    expect(change('0')).toMatch(/^400 AuthorizationQueryParametersError/);
    expect(change('-1')).toMatch(/^400 AuthorizationQueryParametersError/);
    expect(change('9e3')).toMatch(/^400 AuthorizationQueryParametersError/);
  });

  test('when its credentials are no longer good', async () => {
    expect(check(await presigned('k', {}, { ...signer, sessionToken: 'stale' }))).toMatch(
      /^400 InvalidToken/,
    );
    expect(check(await presigned('k', {}, { ...signer, accessKeyId: 'ASIAOLD' }))).toMatch(
      /^400 ExpiredToken/,
    );
    expect(check(await presigned('k', {}, { ...signer, secretAccessKey: 'guess' }))).toMatch(
      /^403 Signature/,
    );
  });

  test('with one parameter twice', async () => {
    const request = await presigned();
    expect(check({ ...request, url: `${request.url}&x-amz-expires=900` })).toMatch(/^400 InvalidArgument/);
  });

  test('by a service that has no presigned addresses', async () => {
    expect(check(await presigned(), { services: ['dynamodb'] })).toMatch(/^400 MissingAuthenticationToken/);
  });
});

describe('a DynamoDB request is refused', () => {
  const options = { services: ['dynamodb'] };

  test('when its body is not the signed one', async () => {
    const request = await getItem();
    const body = new TextEncoder().encode('{"TableName":"other"}');
    expect(check({ ...request, body }, options)).toMatch(/^400 InvalidSignatureException/);
  });

  test('in the words of a JSON service', async () => {
    const request = await getItem();
    const { authorization, ...headers } = request.headers;
    const as = (id: string) => ({
      ...request,
      headers: { ...headers, authorization: String(authorization).replace('ASIATEST', id) },
    });
    expect(check({ ...request, headers }, options)).toMatch(/^400 MissingAuthenticationTokenException/);
    expect(check(as('ASIAELSE'), options)).toMatch(/^400 UnrecognizedClientException/);
    expect(check(as('ASIAOLD'), options)).toMatch(/^400 ExpiredTokenException/);
    expect(check(request, { ...options, now: NOW + 3_600_000 })).toMatch(
      /^400 InvalidSignatureException: Signature expired/,
    );
  });
});
