// What a deployment would change, and that none takes away a pool, a table or an S3 bucket: tried with the template as it is, changed in
// every way that replaces something.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { changesBetween, lossSentence } from '../../infra/changes.ts';
import {
  fingerprintOf,
  losses,
  type Fingerprint,
  type Resource,
  type Template,
} from '../../infra/stateful.ts';
import { Synthesised } from './synthesised.ts';

const template = new Synthesised().json as Template;

/** The template with one of its resources changed. */
function changed(type: string, change: (resource: Resource) => Resource | undefined): Template {
  const [id, found] = Object.entries(template.Resources).find(([, { Type }]) => Type === type) ?? [];
  if (id === undefined || !found) throw new Error(`the template has no ${type}`);
  const { [id]: _, ...others } = template.Resources;
  const made = change(structuredClone(found));
  return { Resources: made ? { ...others, [id]: made } : others };
}

const withProperty = (type: string, name: string, value: unknown): Template =>
  changed(type, (resource) => ({ ...resource, Properties: { ...resource.Properties, [name]: value } }));

const BASELINE = join(import.meta.dirname, '../fixtures/stateful.json');

test('an upgrade from the last release replaces and removes no pool, table or S3 bucket', () => {
  // A release writes it anew: npm run synth -- --fingerprint tests/fixtures/stateful.json
  const released = JSON.parse(readFileSync(BASELINE, 'utf8')) as Fingerprint;
  expect(
    Object.values(released)
      .map(({ type }) => type)
      .sort(),
  ).toEqual([
    'AWS::Cognito::IdentityPool',
    'AWS::Cognito::UserPool',
    'AWS::DynamoDB::Table',
    'AWS::DynamoDB::Table',
    'AWS::S3::Bucket',
    'AWS::S3::Bucket',
    'AWS::S3::Bucket',
  ]);
  expect(losses(released, fingerprintOf(template))).toEqual([]);
});

test.each([
  ['alarms and dashboard', { alarmEmail: 'me@example.com', monthlyBudget: 3, dashboard: true }],
  ['mail', { friendMail: true }],
  ['reads through CloudFront', { cloudFrontReads: true }],
  ['reserved concurrency', { processorReservedConcurrency: 2 }],
  ['a largest file', { largestOriginal: 20, alarmEmail: 'me@example.com' }],
  ['Google', { google: { clientId: '1-a.apps.googleusercontent.com', secretName: 'google' } }],
  [
    'a domain',
    {
      domain: {
        page: 'photos.example.com',
        links: 'links.example.com',
        reads: 'reads.example.com',
        zone: null,
      },
    },
  ],
  ['a firewall', { firewall: { requestsPer5Minutes: 1000 } }],
])('turning %s on, and off again, keeps every photo where it is', (_, option) => {
  const on = new Synthesised(option).json as Template;
  expect(changesBetween(template, on).lines).not.toEqual([]);
  expect(changesBetween(template, on).losses).toEqual([]);
  expect(changesBetween(on, template).losses).toEqual([]);
});

test.each([
  ['AWS::S3::Bucket', 'BucketName', 'another-name'],
  ['AWS::S3::Bucket', 'ObjectLockEnabled', true],
  ['AWS::DynamoDB::Table', 'TableName', 'photos'],
  ['AWS::DynamoDB::Table', 'KeySchema', [{ AttributeName: 'owner', KeyType: 'HASH' }]],
  ['AWS::DynamoDB::Table', 'LocalSecondaryIndexes', []],
  ['AWS::DynamoDB::Table', 'AttributeDefinitions', [{ AttributeName: 'owner', AttributeType: 'B' }]],
  ['AWS::Cognito::UserPool', 'UsernameAttributes', ['phone_number']],
  ['AWS::Cognito::UserPool', 'UsernameConfiguration', { CaseSensitive: true }],
])('a change of %s’s %s is refused: it would put an empty one in its place', (type, property, value) => {
  const [loss, ...others] = changesBetween(template, withProperty(type, property, value)).losses;
  expect(others).toEqual([]);
  expect(loss).toMatchObject({ how: 'replaced', properties: expect.arrayContaining([property]) });
  expect(loss && lossSentence(loss)).toMatch(new RegExp(`would be replaced.*${property}`));
});

test.each([
  'AWS::S3::Bucket',
  'AWS::DynamoDB::Table',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::IdentityPool',
])('taking %s away, renaming it, or no longer keeping it is refused', (type) => {
  expect(
    changesBetween(
      template,
      changed(type, () => undefined),
    ).losses,
  ).toMatchObject([{ how: 'removed' }]);
  const renamed = { Resources: { ...changed(type, () => undefined).Resources, Renamed: { Type: type } } };
  expect(changesBetween(template, renamed).losses).toMatchObject([{ how: 'removed' }]);
  const forgotten = changed(type, (resource) => ({ ...resource, DeletionPolicy: 'Delete' }));
  expect(changesBetween(template, forgotten).losses).toMatchObject([{ how: 'no longer kept' }]);
});

test('what may change does: an index more, another lifecycle, tags', () => {
  const table = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::DynamoDB::Table');
  const attributes = table?.Properties?.['AttributeDefinitions'] as unknown[];
  const more = [...attributes, { AttributeName: 'more', AttributeType: 'S' }];
  for (const after of [
    withProperty('AWS::DynamoDB::Table', 'AttributeDefinitions', more),
    withProperty('AWS::S3::Bucket', 'LifecycleConfiguration', { Rules: [] }),
    withProperty('AWS::Cognito::UserPool', 'UserPoolTags', { a: 'b' }),
  ]) {
    expect(changesBetween(template, after).losses).toEqual([]);
    expect(changesBetween(template, after).lines).toHaveLength(1);
  }
});

test('changes are told in plain words, each with what it means', () => {
  expect(changesBetween(template, template)).toEqual({ lines: [], losses: [] });
  const { lines } = changesBetween(template, withProperty('AWS::IAM::Role', 'Policies', []));
  expect(lines).toEqual([expect.stringMatching(/^~ sign-in: role \(\w+\): Policies; who may do what$/)]);
  const host = changesBetween(
    template,
    withProperty('AWS::CloudFront::Distribution', 'DistributionConfig', {}),
  );
  expect(host.lines).toEqual([
    expect.stringMatching(/^~ links: CloudFront host .*takes CloudFront some minutes$/),
  ]);
  const more = new Synthesised({ dashboard: true }).json as Template;
  expect(changesBetween(template, more).lines).toContainEqual(expect.stringMatching(/^\+ alarms: dashboard/));
  expect(changesBetween(more, template).lines).toContainEqual(expect.stringMatching(/^- alarms: dashboard/));
  // Every type that the stack has is called by a word.
  const all = new Synthesised({
    alarmEmail: 'me@example.com',
    monthlyBudget: 3,
    dashboard: true,
    google: { clientId: '1-a.apps.googleusercontent.com', secretName: 'google' },
    domain: {
      page: 'photos.example.com',
      links: 'links.example.com',
      reads: 'reads.example.com',
      zone: 'Z0123456789ABCDEFGHIJ',
    },
  }).json as Template;
  expect(changesBetween({ Resources: {} }, all).lines.filter((line) => line.includes('AWS::'))).toEqual([]);
});
