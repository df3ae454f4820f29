// Uploads in a real browser where S3 is busy, answers get lost and connections break; and a file that is sent in parts.
import type { LocalCloud } from '../../infra/local/cloud.ts';
import type { Fault, Faults } from '../../infra/local/s3/faults.ts';
import { everyNow, Weather } from '../cloud/faults.ts';
import { member } from '../cloud/people.ts';
import {
  allSafe,
  drop,
  expect,
  signUp,
  snapshot,
  someone,
  test as base,
  threePhotos,
  thumbnailsShown,
  withCloud,
} from './shoebox.ts';
import { album, originalsOf, puts } from './uploading.ts';

interface Rough {
  /** What goes wrong with requests about originals. */
  weather: Weather;
  cloud: LocalCloud;
}

const test = base.extend<{ rough: Rough }>({
  // A cloud of its own, which nobody else is on.
  // oxlint-disable-next-line no-empty-pattern
  rough: async ({}, use) => {
    const weather = new Weather();
    const faults: Faults = (request) =>
      request.url?.includes('-originals') ? weather.faults(request) : undefined;
    await withCloud((cloud) => use({ weather, cloud }), { faults });
  },
  baseURL: async ({ rough }, use) => use(rough.cloud.urls.site),
});

/** Each of these happens to one PUT, in turn, until there is no more. */
const inTurn =
  (faults: Fault[]): Weather['fault'] =>
  (word) =>
    /^(?:put|part )/.test(word) ? faults.shift() : undefined;

test('photos get through, each once, while S3 is busy, answers are lost and connections break', async ({
  page,
  files,
  rough,
}) => {
  await signUp(page);
  const faults: Fault[] = ['busy', 'lost', 'cut', 'broken', 'lost'];
  rough.weather.fault = inTurn(faults);
  await drop(page, await files(await threePhotos()));
  await allSafe(page, 3);
  await thumbnailsShown(page, 3);
  expect(faults).toEqual([]);
});

test('a folder of photos gets through, each once, while every tenth request is turned away and every tenth answer is lost', async ({
  page,
  files,
  rough,
}) => {
  const person = someone();
  await signUp(page, person);
  const { weather, cloud } = rough;
  weather.clear();
  const chance = everyNow(10, ['busy', 'lost']);
  const faults: Fault[] = [];
  weather.fault = (word, count) => {
    const fault = chance(word, count);
    if (fault) faults.push(fault);
    return fault;
  };
  await drop(page, await files(await album(16)));
  await allSafe(page, 16);
  await thumbnailsShown(page, 16);
  expect(new Set(faults)).toEqual(new Set(['busy', 'lost']));
  weather.clear();
  expect(await originalsOf(cloud, await member(cloud, person))).toHaveLength(16);
});

test('credentials that are refused before their time are renewed, and nobody notices', async ({
  page,
  files,
  rough,
}) => {
  await signUp(page);
  const faults: Fault[] = ['expired'];
  rough.weather.fault = inTurn(faults);
  const renewed = page.waitForRequest((request) =>
    (request.headers()['x-amz-target'] ?? '').endsWith('GetCredentialsForIdentity'),
  );
  await drop(page, await files(await threePhotos()));
  await allSafe(page, 3);
  await renewed;
  await thumbnailsShown(page, 3);
  expect(faults).toEqual([]);
});

test('a large file is sent in parts, over a network that breaks, and is safe like any other', async ({
  page,
  files,
  rough,
}) => {
  await signUp(page);
  const large = Buffer.concat([await snapshot(1, '2021:06:03 18:20:00'), Buffer.alloc(64 * 2 ** 20)]);
  const paths = await files({ 'large.jpg': large });
  const sent = puts(page);
  const faults: Fault[] = ['cut', 'lost'];
  rough.weather.fault = inTurn(faults);
  await drop(page, paths);
  await allSafe(page, 1);
  await thumbnailsShown(page, 1);
  const parts = sent.map((address) => new URL(address).searchParams.get('partNumber'));
  expect([...new Set(parts)].sort()).toEqual(['1', '2', '3', '4', '5']);
  expect(faults).toEqual([]);
});
