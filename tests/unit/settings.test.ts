// Deployment settings: what is accepted, what is filled in, and that every wrong value names its field and the cure.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseSettings, readPlaces, readSettings, SettingsError } from '../../infra/settings.ts';
import { fields } from '../../src/schema/parse.ts';

const good = { stackName: 'Shoebox', region: 'eu-west-1' };
const google = { clientId: '1-a.apps.googleusercontent.com', secretName: 'shoebox/google' };
const domain = {
  page: 'photos.example.com',
  links: 'links.example.com',
  reads: 'reads.example.com',
  zone: 'Z0123456789ABCDEFGHIJ',
};

const thrownBy = (settings: unknown, environment?: string): unknown => {
  try {
    parseSettings(settings, environment);
  } catch (error) {
    return error;
  }
  return undefined;
};

test('infra/shoebox.json as it stands is valid, and says what the defaults are', () => {
  const { region, stackName } = readSettings();
  expect(parseSettings({ region, stackName })).toEqual(readSettings());
  expect(readPlaces()).toMatchObject([{ region, stackName }]);
});

test('everything can be set', () => {
  const all = {
    ...good,
    google,
    originals: 'glacierInstant',
    deepArchive: { afterDays: 180 },
    processorReservedConcurrency: 5,
    largestOriginal: 50,
    alarmEmail: 'me@example.com',
    deletionsPerDay: 50,
    monthlyBudget: 3,
    dashboard: true,
    logDays: 7,
    friendMail: true,
    cloudFrontReads: true,
    domain,
    firewall: { requestsPer5Minutes: 1000 },
  };
  expect(parseSettings(all)).toEqual(all);
});

test('only the Region has to be said', () => {
  expect(parseSettings({ region: 'eu-west-1' })).toMatchObject({ ...good, google: null, logDays: 30 });
});

test('nothing more may be moved into the deep archive while what is there can still be restored', () => {
  expect(parseSettings({ ...good, deepArchive: { afterDays: null } }).deepArchive).toEqual({
    afterDays: null,
  });
  expect(parseSettings(good).deepArchive).toBeNull();
});

test('links and reads have hosts of their own below the page’s unless others are named', () => {
  const { domain: found } = parseSettings({ ...good, domain: { page: 'photos.example.com' } });
  expect(found).toEqual({
    page: 'photos.example.com',
    links: 'links.photos.example.com',
    reads: 'reads.photos.example.com',
    zone: null,
  });
});

test.each([
  ['stackName', { ...good, stackName: 'has space' }, 'letters'],
  ['stackName', { ...good, stackName: 'a'.repeat(26) }, '25'],
  ['stackName', { ...good, stackName: 'ends-' }, 'hyphens'],
  ['stackName', { ...good, stackName: 'my-aws-photos' }, 'reserves'],
  ['region', { ...good, region: 'Ireland' }, 'eu-west-1'],
  ['region', { ...good, region: undefined }, 'Region'],
  ['region', { ...good, region: 'cn-north-1' }, 'outside China'],
  ['region', { ...good, region: 'us-gov-west-1' }, 'GovCloud'],
  ['google', { ...good, google: true }, 'clientId'],
  ['google', { ...good, google: { clientId: google.clientId } }, 'secretParameter'],
  ['google', { ...good, google: { ...google, secretParameter: '/a' } }, 'either'],
  ['google.clientId', { ...good, google: { ...google, clientId: 'x' } }, 'Google console'],
  ['google.secretName', { ...good, google: { ...google, secretName: '' } }, 'Secrets Manager'],
  ['originals', { ...good, originals: 'deepArchive' }, 'intelligentTiering, glacierInstant'],
  ['originals', { ...good, originals: null }, 'one of'],
  ['deepArchive', { ...good, deepArchive: 180 }, '"afterDays"'],
  ['deepArchive.afterDays', { ...good, deepArchive: {} }, 'or null'],
  ['deepArchive.afterDays', { ...good, deepArchive: { afterDays: 59 } }, 'from 60 to 3650'],
  ['deepArchive.afterDays', { ...good, deepArchive: { afterDays: 90.5 } }, 'whole number'],
  [
    'deepArchive.afterDays',
    { ...good, originals: 'glacierInstant', deepArchive: { afterDays: 89 } },
    'from 90 to 3650',
  ],
  ['deepArchive.days', { ...good, deepArchive: { days: 180 } }, 'afterDays'],
  [
    'google.secretParameter',
    { ...good, google: { clientId: google.clientId, secretParameter: 'a b' } },
    'SSM parameter',
  ],
  ['google.clientSecret', { ...good, google: { ...google, clientSecret: 's' } }, 'not a setting'],
  ['processorReservedConcurrency', { ...good, processorReservedConcurrency: 0 }, 'whole number'],
  ['largestOriginal', { ...good, largestOriginal: 0.5 }, 'gigabytes'],
  ['alarmEmail', { ...good, alarmEmail: 'nobody' }, 'e-mail'],
  ['deletionsPerDay', { ...good, deletionsPerDay: null }, 'whole number'],
  ['monthlyBudget', { ...good, alarmEmail: 'me@example.com', monthlyBudget: 0.5 }, 'US dollars'],
  ['monthlyBudget', { ...good, monthlyBudget: 5 }, 'alarmEmail'],
  ['dashboard', { ...good, dashboard: 'big' }, 'true or false'],
  ['logDays', { ...good, logDays: 8 }, 'one of'],
  ['friendMail', { ...good, friendMail: 'yes' }, 'true or false'],
  ['cloudFrontReads', { ...good, cloudFrontReads: 'on' }, 'true or false'],
  ['domain', { ...good, domain: 'photos.example.com' }, '"page"'],
  ['domain.page', { ...good, domain: { ...domain, page: 'https://photos.example.com' } }, 'host name'],
  ['domain.page', { ...good, domain: { ...domain, page: "a'b.example.com" } }, 'host name'],
  ['domain.links', { ...good, domain: { ...domain, links: domain.page } }, 'another host'],
  ['domain.reads', { ...good, domain: { ...domain, reads: domain.links } }, 'another host'],
  ['domain.reads', { ...good, domain: { ...domain, reads: domain.page } }, 'another host'],
  ['domain.reads', { ...good, domain: { ...domain, reads: 'https://r.example.com' } }, 'host name'],
  ['domain.zone', { ...good, domain: { ...domain, zone: 'example.com' } }, 'hosted zone'],
  ['domain.www', { ...good, domain: { ...domain, www: true } }, 'not a setting'],
  ['firewall', { ...good, firewall: true }, 'requestsPer5Minutes'],
  ['firewall.requestsPer5Minutes', { ...good, firewall: { requestsPer5Minutes: 5 } }, 'from 100'],
  ['regoin', { ...good, regoin: 'eu-west-1' }, 'not a setting'],
  ['environments', { ...good, environments: [] }, 'NAME'],
  ['environments.a b', { ...good, environments: { 'a b': {} } }, 'named by'],
  ['environments.test', { ...good, environments: { test: 1 } }, 'different'],
  ['environments.test.logDays', { ...good, environments: { test: { logDays: 0 } } }, 'whole number'],
  ['environments.test.regoin', { ...good, environments: { test: { regoin: '' } } }, 'not a setting'],
  [
    'environments.test.stackName',
    { ...good, environments: { test: { stackName: 'SHOEBOX' } } },
    'one Shoebox',
  ],
])('a wrong %s is named together with the cure', (field, settings, cure) => {
  const thrown = thrownBy(settings);
  expect(thrown).toBeInstanceOf(SettingsError);
  expect(thrown).toMatchObject({ field, message: expect.stringContaining(cure) });
});

test('several environments stand side by side: each is what is different in it, over the rest', () => {
  const file = {
    ...good,
    domain,
    logDays: 90,
    environments: { test: { logDays: 1 }, paris: { stackName: 'Shoebox', region: 'eu-west-3' } },
  };
  expect(parseSettings(file)).toMatchObject({ ...good, domain, logDays: 90 });
  // A name of one's own leads to one place only.
  expect(parseSettings(file, 'test')).toMatchObject({
    stackName: 'Shoebox-test',
    region: 'eu-west-1',
    logDays: 1,
    domain: null,
  });
  expect(parseSettings(file, 'paris')).toMatchObject({
    stackName: 'Shoebox',
    region: 'eu-west-3',
    logDays: 90,
  });
});

test('an environment that is not there is named, with those that are', () => {
  const file = { ...good, environments: { test: {} } };
  expect(thrownBy(file, 'toast')).toMatchObject({ message: expect.stringMatching(/"toast".*test/) });
  expect(thrownBy(good, 'test')).toMatchObject({ message: expect.stringContaining('none yet') });
});

interface Explained {
  description?: string;
  default?: unknown;
  type?: unknown;
  properties?: Record<string, Explained>;
}

test('every field is explained to people and editors, with the default it has', () => {
  const schema = JSON.parse(readFileSync('infra/shoebox.schema.json', 'utf8')) as {
    $defs: { settings: Explained };
  };
  const explained = schema.$defs.settings.properties ?? {};
  const defaults: Record<string, unknown> = { ...parseSettings({ region: 'eu-west-1' }) };
  expect(Object.keys(explained).sort()).toEqual(Object.keys(defaults).sort());
  for (const { description, properties = {} } of Object.values(explained)) {
    expect(description).toMatch(/\w/);
    for (const part of Object.values(properties)) expect(part.description).toMatch(/\w/);
  }
  const said = Object.entries(explained).map(([name, field]) => [name, field.default]);
  expect(Object.fromEntries(said)).toEqual({ ...defaults, region: undefined });
  const known = fields(JSON.parse(readFileSync('infra/shoebox.json', 'utf8'))) ?? {};
  expect(
    Object.keys(known)
      .filter((name) => name !== '$schema')
      .sort(),
  ).toEqual(Object.keys(defaults).sort());
});
