// Reads through CloudFront as the local cloud takes them from the template: what it could not do as CloudFront does is an error.
import { expect, test } from 'vitest';
import { readStack } from '../../infra/local/template.ts';
import type { Template } from '../../infra/local/template-values.ts';
import { Synthesised } from './synthesised.ts';

const template = new Synthesised({ cloudFrontReads: true }).json as Template;

interface Distribution {
  DistributionConfig: {
    Origins: Record<string, unknown>[];
    CacheBehaviors?: unknown[];
    DefaultCacheBehavior: Record<string, unknown>;
  };
}
const find = (from: Template, type: string): Record<string, unknown> => {
  const [, found] =
    Object.entries(from.Resources).find(([id, one]) => one.Type === type && id.startsWith('Reads')) ?? [];
  return found?.Properties ?? {};
};
const reads = (from: Template) =>
  (find(from, 'AWS::CloudFront::Distribution') as unknown as Distribution).DistributionConfig;
const key = (from: Template) =>
  (
    find(from, 'AWS::CloudFront::CachePolicy') as {
      CachePolicyConfig: Record<string, Record<string, unknown>>;
    }
  ).CachePolicyConfig['ParametersInCacheKeyAndForwardedToOrigin'] ?? {};

test('the host of reads stands before the library, adds its headers, and keeps what it may for five minutes', () => {
  const { readsHost, config } = readStack(template);
  expect(readsHost).toMatchObject({
    origin: config.readsHost,
    bucket: config.libraryBucket,
    behavior: { minSeconds: 0, defaultSeconds: 0, maxSeconds: 300, compress: false, removed: [] },
    errorSeconds: { '403': 0, '404': 0 },
  });
  expect(readsHost?.behavior.headers['Content-Security-Policy']).toMatch(/^sandbox;/);
  expect(readStack(new Synthesised().json as Template)).not.toHaveProperty('readsHost');
});

test.each<[string, (from: Template) => unknown]>([
  [
    'reads whose host S3 would hear of',
    (t) => (reads(t).DefaultCacheBehavior['OriginRequestPolicyId'] = 'x'),
  ],
  [
    'reads kept by less than their query',
    (t) => (key(t)['QueryStringsConfig'] = { QueryStringBehavior: 'none' }),
  ],
  [
    'reads kept by some of their query',
    (t) =>
      (key(t)['QueryStringsConfig'] = {
        QueryStringBehavior: 'whitelist',
        QueryStrings: ['X-Amz-Signature'],
      }),
  ],
  ['reads kept for every page alike', (t) => (key(t)['HeadersConfig'] = { HeaderBehavior: 'none' })],
  ['reads without a function', (t) => delete reads(t).DefaultCacheBehavior['FunctionAssociations']],
  [
    'reads out of another S3 bucket',
    (t) =>
      ((reads(t).Origins[0] as Record<string, unknown>)['DomainName'] = 'other.s3.us-east-1.amazonaws.com'),
  ],
  [
    'reads asked of S3 without TLS',
    (t) =>
      ((reads(t).Origins[0] as Record<string, unknown>)['CustomOriginConfig'] = {
        OriginProtocolPolicy: 'match-viewer',
      }),
  ],
  [
    'reads below a path',
    (t) => ((reads(t).Origins[0] as Record<string, unknown>)['OriginPath'] = '/renditions'),
  ],
  [
    'reads that CloudFront signs',
    (t) => ((reads(t).Origins[0] as Record<string, unknown>)['OriginAccessControlId'] = 'x'),
  ],
  ['reads with a second origin', (t) => reads(t).Origins.push({ ...reads(t).Origins[0] })],
  [
    'reads that differ by path',
    (t) => (reads(t).CacheBehaviors = [{ ...reads(t).DefaultCacheBehavior, PathPattern: '*' }]),
  ],
])('%s are refused', (_what, change) => {
  const other = structuredClone(template);
  change(other);
  expect(() => readStack(other)).toThrow(/template/i);
});
