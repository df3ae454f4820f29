// config.json and times: what is right is read as it is, what is wrong is named, and nothing is guessed.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bucketUrl,
  CONFIG_VERSION,
  ConfigError,
  loginProvider,
  parseConfig,
  type Config,
} from '../../src/schema/config.ts';
import { keepingOf, STORAGES } from '../../src/schema/keeping.ts';
import { instant, instantOf, localTime, wallClock } from '../../src/schema/time.ts';
import { instants, localTimes, milliseconds } from './schema-arbitraries.ts';
import { hostile, spoiled } from './schema-hostile.ts';

const word = fc.stringMatching(/^[A-Za-z0-9_.-]{1,40}$/);
const origin = fc.webAuthority({ withPort: true }).map((host) => `http://${host}`);
const configs: fc.Arbitrary<Config> = fc.record(
  {
    region: word,
    userPoolId: word,
    authority: fc.tuple(origin, fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/)).map((parts) => parts.join('/')),
    signInUrl: origin,
    clientId: word,
    identityPoolId: word,
    google: fc.boolean(),
    originalsBucket: word,
    libraryBucket: word,
    photosTable: word,
    socialTable: word,
    shareHost: origin,
    readsHost: origin,
    keeping: fc.record({
      storage: fc.constantFrom(...STORAGES),
      deepArchive: fc.option(fc.record({ afterDays: fc.option(fc.integer({ min: 1, max: 3650 })) })),
    }),
    endpoints: fc.record({ originals: origin, library: origin, dynamodb: origin, cognitoIdentity: origin }),
  },
  {
    requiredKeys: [
      'region',
      'userPoolId',
      'authority',
      'signInUrl',
      'clientId',
      'identityPoolId',
      'google',
      'originalsBucket',
      'libraryBucket',
      'photosTable',
      'socialTable',
      'shareHost',
    ],
  },
);

test('a configuration is read as it was written, after a trip through JSON too', () => {
  fc.assert(
    fc.property(configs, (config) => {
      expect(parseConfig(config)).toEqual(config);
      expect(parseConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
      expect(parseConfig({ ...config, more: 1 })).toEqual(config);
    }),
  );
});

test('a page and a deployment of other versions do not go together, whichever is the newer one', () => {
  fc.assert(
    fc.property(configs, hostile, (config, other) => {
      expect(parseConfig({ ...config, version: CONFIG_VERSION })).toEqual({
        ...config,
        version: CONFIG_VERSION,
      });
      for (const version of [CONFIG_VERSION - 1, CONFIG_VERSION + 1, String(CONFIG_VERSION), null]) {
        expect(() => parseConfig({ ...config, version })).toThrow(new ConfigError('version'));
      }
      fc.pre(other !== CONFIG_VERSION && other !== undefined);
      expect(() => parseConfig({ ...config, version: other })).toThrow(new ConfigError('version'));
    }),
  );
});

test('a configuration that lacks something names it', () => {
  fc.assert(
    fc.property(
      configs,
      fc.constantFrom<unknown>(undefined, null, 1, '', {}, 'x'.repeat(301)),
      (config, wrong) => {
        for (const name of Object.keys(config).filter(
          (key) => !['endpoints', 'readsHost', 'keeping'].includes(key),
        )) {
          expect(() => parseConfig({ ...config, [name]: wrong })).toThrow(new ConfigError(name));
        }
        const { originals: _missing, ...endpoints } = config.endpoints ?? {};
        expect(() => parseConfig({ ...config, endpoints })).toThrow(new ConfigError('originals'));
      },
    ),
  );
});

test('how originals are kept is read when it is needed: as it was written, as it was before there was a choice, or not at all', () => {
  fc.assert(
    fc.property(configs, hostile, (config, wrong) => {
      const { keeping } = parseConfig(JSON.parse(JSON.stringify(config)));
      expect(keepingOf({})).toEqual({ storage: 'intelligentTiering', deepArchive: null });
      expect(keepingOf({ keeping })).toEqual(config.keeping ?? keepingOf({}));
      fc.pre(wrong !== undefined);
      for (const other of [wrong, { storage: wrong, deepArchive: null }, { storage: STORAGES[0] }])
        expect(() => keepingOf({ keeping: other })).toThrow(new ConfigError('keeping'));
    }),
  );
});

function outcomeOf(json: unknown): string {
  try {
    const { endpoints, google, keeping: _, ...texts } = parseConfig(json);
    const values: unknown[] = Object.values({ ...texts, ...endpoints });
    return values.every((value) => typeof value === 'string') && typeof google === 'boolean'
      ? 'a configuration of text'
      : 'something else';
  } catch (error) {
    return error instanceof ConfigError ? 'ConfigError' : String(error);
  }
}

test('whatever else comes is a ConfigError, or a configuration of text', () => {
  fc.assert(
    fc.property(fc.oneof(hostile, spoiled(configs)), (json) => {
      expect(outcomeOf(json)).toMatch(/^(?:a configuration of text|ConfigError)$/);
    }),
  );
});

test.each([
  'javascript:alert(1)',
  'ftp://host',
  '//host',
  'https://',
  'https://host/a/b',
  'https://host?x',
  'https://host#x',
  ' https://host',
])('the address %s is none', (authority) => {
  const [config] = fc.sample(configs, 1);
  expect(() => parseConfig({ ...config, authority })).toThrow(new ConfigError('authority'));
});

test('an S3 bucket is at its endpoint, or at its own host on AWS', () => {
  fc.assert(
    fc.property(configs, (config) => {
      const { endpoints, originalsBucket, libraryBucket, region } = config;
      expect(bucketUrl(config, 'originals')).toBe(
        endpoints
          ? `${endpoints.originals}/${originalsBucket}`
          : `https://${originalsBucket}.s3.${region}.amazonaws.com`,
      );
      expect(bucketUrl(config, 'library')).toContain(libraryBucket);
      expect(loginProvider(config)).toBe(`cognito-idp.${region}.amazonaws.com/${config.userPoolId}`);
    }),
  );
});

test('an instant goes both ways, and sorts as text as it does as time', () => {
  fc.assert(
    fc.property(milliseconds, milliseconds, (one, other) => {
      const [a, b] = [instantOf(one), instantOf(other)];
      expect(instant(a)).toBe(a);
      expect(Date.parse(a)).toBe(one);
      expect(a < b).toBe(one < other);
    }),
  );
});

test('a number that is no time is a RangeError', () => {
  for (const value of [Number.NaN, Infinity, -Infinity, 8.64e15 + 1])
    expect(() => instantOf(value)).toThrow(RangeError);
});

test('a capture time is taken as it is, and sorts by its wall clock', () => {
  fc.assert(
    fc.property(localTimes, localTimes, (a, b) => {
      expect(localTime(a)).toBe(a);
      expect(new Date(wallClock(a)).toISOString().slice(0, 19)).toBe(a.slice(0, 19));
      expect(wallClock(a) < wallClock(b)).toBe(a.slice(0, 19) < b.slice(0, 19));
    }),
  );
});

test.each([
  ...['2026-02-30', '2026-13-01', '2026-00-10', '2025-02-29'].map((day) => `${day}T12:00:00`),
  ...['24:00:00', '12:60:00', '12:00:60', '1:00:00'].map((time) => `2026-11-20T${time}`),
])('%s is no time', (text) => {
  expect(localTime(text)).toBeUndefined();
  expect(instant(`${text}.000Z`)).toBeUndefined();
});

test.each(['+99:99', '+24:00', '-05:60', '+2:00', '+0200', 'z', 'ZZ', '+02:00Z'])(
  'an offset of %s is none',
  (offset) => {
    expect(localTime(`2026-11-20T12:00:00${offset}`)).toBeUndefined();
  },
);

test('whatever else comes is no time, or a time that prints as it came', () => {
  fc.assert(
    fc.property(fc.oneof(hostile, instants, localTimes), (value) => {
      const found = instant(value);
      expect(found && instantOf(Date.parse(found))).toBe(found);
      const local = localTime(value);
      expect([undefined, value]).toContain(local);
      expect(Number.isNaN(wallClock(local ?? ''))).toBe(local === undefined);
    }),
  );
});
