// Reads through CloudFront, on and off: what the option adds to the template, and what its function lets through.
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/schema/config.ts';
import { EdgeStack } from '../../infra/stack-edge.ts';
import type { Settings } from '../../infra/settings.ts';
import { renditionKey, snapshotKey, originalKey } from '../../src/schema/keys.ts';
import { fields, type Fields } from '../../src/schema/parse.ts';
import {
  MANIFEST_NAME,
  sharedOriginalName,
  sharedRenditionName,
  sharePrefix,
} from '../../src/schema/share-keys.ts';
import { randomId } from '../../src/schema/social.ts';
import { identity, photoIdOf } from '../fixtures.ts';
import { Synthesised } from './synthesised.ts';

const domain = {
  page: 'photos.example.com',
  links: 'links.example.com',
  reads: 'reads.example.com',
  zone: 'Z0123456789ABCDEFGHIJ',
};
const off = new Synthesised();
const on = new Synthesised({ cloudFrontReads: true });
const firewall = { requestsPer5Minutes: 2000 };

const reads = (from: Synthesised) =>
  fields(from.one('AWS::CloudFront::Distribution', /^Reads/).properties['DistributionConfig']) ?? {};
const behavior = (from: Synthesised) => fields(reads(from)['DefaultCacheBehavior']) ?? {};
const configOf = (from: Synthesised) =>
  parseConfig(JSON.parse(String(fields(from.outputs['Config'])?.['Value']).replaceAll(/[<>]/g, '')));
const cspOf = (from: Synthesised) =>
  JSON.stringify(from.one('AWS::CloudFront::ResponseHeadersPolicy', /^Site/).properties);
const listed = (from: Synthesised) => from.resources.map(({ id, type }) => `${type} ${id}`);

test('off, there is no third host, and the page knows of none', () => {
  expect(off.all('AWS::CloudFront::Distribution')).toHaveLength(2);
  expect(listed(off).filter((one) => / Reads/.test(one))).toEqual([]);
  expect(configOf(off)).not.toHaveProperty('readsHost');
  expect(off.outputs).not.toHaveProperty('ReadsHost');
});

test('on, a host is added, and nothing else changes but what has to name it', () => {
  const added = listed(on).filter((one) => !listed(off).includes(one));
  expect(added.map((one) => one.split(' ')[0]).sort()).toEqual([
    'AWS::CloudFront::CachePolicy',
    'AWS::CloudFront::Distribution',
    'AWS::CloudFront::Function',
    'AWS::CloudFront::ResponseHeadersPolicy',
  ]);
  expect(listed(off).filter((one) => !listed(on).includes(one))).toEqual([]);
  const changed = off.resources.filter(
    ({ id, whole }) =>
      JSON.stringify(on.resources.find((one) => one.id === id)?.whole) !== JSON.stringify(whole),
  );
  // Its content security policy: no role, no policy and no S3 bucket gives the new host anything.
  expect(changed.map(({ type }) => type)).toEqual(['AWS::CloudFront::ResponseHeadersPolicy']);
  const origin = `https://<${on.one('AWS::CloudFront::Distribution', /^Reads/).id}.DomainName>`;
  expect(cspOf(on).split(origin)).toHaveLength(3);
  expect(configOf(on).readsHost).toBe(origin.replaceAll(/[<>]/g, ''));
});

test('S3 is asked by the name that the page signs for, over TLS, without a right of CloudFront’s own', () => {
  const [origin, ...others] = reads(on)['Origins'] as Fields[];
  expect(others).toEqual([]);
  expect(origin).toMatchObject({
    DomainName: 'shoebox-library-111111111111-us-east-1.s3.us-east-1.amazonaws.com',
    CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
  });
  expect(origin).not.toHaveProperty('OriginAccessControlId');
  expect(origin).not.toHaveProperty('OriginPath');
  // It would forward the host that the reader named.
  expect(behavior(on)).not.toHaveProperty('OriginRequestPolicyId');
  const allowed = JSON.stringify(on.all('AWS::S3::BucketPolicy'));
  expect(allowed).not.toContain(on.one('AWS::CloudFront::Distribution', /^Reads/).id);
});

test('an answer is kept by its whole address, signature and all, and for five minutes at most', () => {
  const policy = on.one('AWS::CloudFront::CachePolicy', /^Reads/);
  expect(behavior(on)['CachePolicyId']).toBe(`<${policy.id}>`);
  expect(policy.properties['CachePolicyConfig']).toMatchObject({
    MinTTL: 0,
    DefaultTTL: 0,
    MaxTTL: 300,
    ParametersInCacheKeyAndForwardedToOrigin: {
      QueryStringsConfig: { QueryStringBehavior: 'all' },
      CookiesConfig: { CookieBehavior: 'none' },
      HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['Origin'] },
    },
  });
  expect(reads(on)['CustomErrorResponses']).toEqual([
    { ErrorCode: 403, ErrorCachingMinTTL: 0 },
    { ErrorCode: 404, ErrorCachingMinTTL: 0 },
  ]);
});

test('it is read only, by HTTP/2 and HTTP/3 over TLS, and no answer of it can become a page', () => {
  expect(reads(on)).toMatchObject({ HttpVersion: 'http2and3' });
  expect(reads(on)).not.toHaveProperty('CacheBehaviors');
  expect(behavior(on)).toMatchObject({ AllowedMethods: ['GET', 'HEAD'], ViewerProtocolPolicy: 'https-only' });
  const headers = on.one('AWS::CloudFront::ResponseHeadersPolicy', /^Reads/);
  expect(behavior(on)['ResponseHeadersPolicyId']).toBe(`<${headers.id}>`);
  expect(fields(headers.properties['ResponseHeadersPolicyConfig'])?.['SecurityHeadersConfig']).toMatchObject({
    ContentSecurityPolicy: {
      ContentSecurityPolicy: "sandbox; default-src 'none'; frame-ancestors 'none'",
      Override: true,
    },
    ContentTypeOptions: { Override: true },
    FrameOptions: { FrameOption: 'DENY', Override: true },
    ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
  });
});

test('under a name of one’s own it has one too, in certificate and DNS; while it is off nobody has to set a record for it', () => {
  const certificate = (settings: Partial<Settings>) =>
    new Synthesised(settings, (app, all) => new EdgeStack(app, all)).one(
      'AWS::CertificateManager::Certificate',
    ).properties;
  const named = new Synthesised({ cloudFrontReads: true, domain });
  expect(reads(named)).toMatchObject({ Aliases: ['reads.example.com'] });
  expect(configOf(named).readsHost).toBe('https://reads.example.com');
  expect(cspOf(named)).toContain('https://reads.example.com');
  const names = (from: Synthesised) =>
    new Set(from.all('AWS::Route53::RecordSet').map(({ properties }) => properties['Name']));
  expect(names(named)).toEqual(new Set(['photos.example.com', 'links.example.com', 'reads.example.com']));
  expect(names(new Synthesised({ domain }))).toEqual(new Set(['photos.example.com', 'links.example.com']));
  expect(certificate({ cloudFrontReads: true, domain })).toMatchObject({
    SubjectAlternativeNames: ['links.example.com', 'reads.example.com'],
    DomainValidationOptions: [
      { DomainName: 'photos.example.com' },
      { DomainName: 'links.example.com' },
      { DomainName: 'reads.example.com' },
    ],
  });
  expect(certificate({ domain })).toMatchObject({ SubjectAlternativeNames: ['links.example.com'] });
});

test('the firewall’s limit for each address does not stand before hundreds of thumbnails', () => {
  expect(reads(new Synthesised({ cloudFrontReads: true, firewall }))).not.toHaveProperty('WebACLId');
});

const NOW = Date.UTC(2026, 10, 20, 12, 30);
const me = identity();
const photo = photoIdOf(Buffer.from('a photo'));
const share = randomId();
const encoded = (key: string) => `/${key.split('/').map(encodeURIComponent).join('/')}`;
const thumb = encoded(renditionKey(me, photo, 'thumb'));
const signed = {
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
  'X-Amz-Credential': 'ASIA%2F20261120%2Fus-east-1%2Fs3%2Faws4_request',
  'X-Amz-Date': '20261120T120000Z',
  'X-Amz-Expires': '3600',
  'X-Amz-Security-Token': 'token%2B',
  'X-Amz-SignedHeaders': 'host',
  'X-Amz-Signature': 'a'.repeat(64),
};
type Parameter = { value: string; multiValue?: { value: string }[] };
const asParameters = (query: Record<string, string>): Record<string, Parameter> =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, { value }]));

const { FunctionCode } = on.one('AWS::CloudFront::Function', /^Reads/).properties;
function outcome(uri: string, querystring: Record<string, Parameter> = asParameters(signed), now = NOW) {
  class Then extends Date {
    static override now = () => now;
  }
  // oxlint-disable-next-line no-new-func
  const handler = new Function('Date', `${String(FunctionCode)}; return handler;`)(Then) as (
    event: unknown,
  ) => {
    statusCode?: number;
  };
  const request = { method: 'GET', uri, querystring, headers: {}, cookies: {} };
  const made = handler({ version: '1.0', request });
  // What is let through has to be as it came: S3 checks every letter of it.
  const asItCame = { method: 'GET', uri, querystring, headers: {}, cookies: {} };
  if (made === request && isDeepStrictEqual(made, asItCame)) return 'let through';
  return made.statusCode;
}

test('its function fits into what CloudFront takes, and answers as the runtime that is asked for', () => {
  expect(Buffer.byteLength(String(FunctionCode))).toBeLessThan(10_240);
  expect(on.one('AWS::CloudFront::Function', /^Reads/).properties['FunctionConfig']).toMatchObject({
    Runtime: 'cloudfront-js-2.0',
  });
});

test('pictures of one’s own, and shares with friends, are let through while their signature is good', () => {
  for (const key of [
    renditionKey(me, photo, 'thumb'),
    renditionKey(me, photo, 'view'),
    sharePrefix(me, 'friends', share) + MANIFEST_NAME,
    sharePrefix(me, 'friends', share) + sharedRenditionName(randomId(), 'view'),
  ]) {
    expect(outcome(encoded(key))).toBe('let through');
    expect(outcome(`/${key}`)).toBe('let through');
  }
  const more = { ...signed, 'response-content-type': 'image%2Fwebp' };
  expect(outcome(thumb, asParameters(more))).toBe('let through');
});

test.each<[string, string]>([
  ['the index', snapshotKey(me, 'first')],
  ['an original', originalKey(me, photo)],
  ['a link', sharePrefix(me, '7d', share) + MANIFEST_NAME],
  ['an original in a share', sharePrefix(me, 'friends', share) + sharedOriginalName(randomId())],
  ['a list', ''],
  ['another file beside a picture', renditionKey(me, photo, 'thumb').replace('.webp', '.html')],
  ['what lies below a picture', `${renditionKey(me, photo, 'thumb')}/x`],
])('%s is refused, whatever its signature', (_what, key) => {
  expect(outcome(encoded(key))).toBe(403);
  expect(outcome(`/${key}`)).toBe(403);
});

test.each([
  `/renditions/../index/${me}/first`,
  `/renditions/..%2findex/${me}/first`,
  `/${thumb}`,
  `${thumb}%0a`,
  `${thumb}\n`,
  `/x${thumb}`,
  thumb.replace('renditions', 'Renditions'),
])('a way around is refused: %s', (uri) => {
  expect(outcome(uri)).toBe(403);
});

test.each(Object.keys(signed).filter((name) => name !== 'X-Amz-Content-Sha256'))(
  'without %s, with it empty, or with it twice there is no signature to speak of',
  (name) => {
    const { [name as keyof typeof signed]: value, ...rest } = signed;
    expect(outcome(thumb, asParameters(rest))).toBe(403);
    expect(outcome(thumb, asParameters({ ...rest, [name]: '' }))).toBe(403);
    expect(outcome(thumb, asParameters({ ...rest, [name.toLowerCase()]: value }))).toBe(403);
    const twice = { value, multiValue: [{ value }, { value: 'x' }] };
    expect(outcome(thumb, { ...asParameters(signed), [name]: twice })).toBe(403);
  },
);

test.each<[string, Partial<typeof signed>]>([
  ['a date that is none', { 'X-Amz-Date': '2026-11-20T12:00:00Z' }],
  ['a date with more after it', { 'X-Amz-Date': '20261120T120000Z0' }],
  ['longer than an hour', { 'X-Amz-Expires': '3601' }],
  ['a week', { 'X-Amz-Expires': '604800' }],
  ['no time', { 'X-Amz-Expires': '0' }],
  ['a negative time', { 'X-Amz-Expires': '-1' }],
  ['a time in another notation', { 'X-Amz-Expires': '1e3' }],
  ['another algorithm', { 'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256' }],
  ['more signed headers', { 'X-Amz-SignedHeaders': 'host%3Brange' }],
  ['a signature that is none', { 'X-Amz-Signature': 'A'.repeat(64) }],
])('%s is refused', (_what, changed) => {
  expect(outcome(thumb, asParameters({ ...signed, ...changed }))).toBe(403);
});

test('a signature is good to its last second, and never after', () => {
  const end = Date.UTC(2026, 10, 20, 13);
  expect(outcome(thumb, asParameters(signed), end)).toBe('let through');
  expect(outcome(thumb, asParameters(signed), end + 1)).toBe(403);
  const short = asParameters({ ...signed, 'X-Amz-Expires': '60' });
  expect(outcome(thumb, short, Date.UTC(2026, 10, 20, 12, 1))).toBe('let through');
  expect(outcome(thumb, short, NOW)).toBe(403);
});
