// What the Lambdas write to their logs, and what is in the page's files: nothing secret, and nothing personal.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { buildPage } from '../../infra/local/synth.ts';
import { photo } from '../fixtures.ts';
import { secretsIn } from '../secrets.ts';
import { freshCloud, member, type Member } from './people.ts';
import { photoRow, putOriginal } from './photos.ts';

let cloud: Awaited<ReturnType<typeof freshCloud>>;
let ada: Member;
beforeAll(async () => {
  cloud = await freshCloud({ processor: true });
  ada = await member(cloud, { email: 'ada@example.com' });
});
afterAll(() => cloud.end());

test('logs name a photo by its id, and never who is on it, where it was or what it is called', async () => {
  const showable = await photo({ gps: { latitude: 48.8566, longitude: 2.3522 } });
  const broken = Buffer.from('no picture at all, and told so');
  const ids = await Promise.all([
    putOriginal(cloud, ada, showable, 'Grandmother’s birthday.jpg'),
    putOriginal(cloud, ada, broken, 'Grandmother’s letter.jpg'),
  ]);
  await vi.waitFor(
    async () => {
      for (const id of ids) expect(await photoRow(cloud, ada, id)).toBeDefined();
    },
    { timeout: 30_000, interval: 50 },
  );
  const row = await photoRow(cloud, ada, ids[0] ?? ('' as never));
  expect(JSON.stringify(row)).toMatch(/Grandmother.*Paris|Paris.*Grandmother/);

  const folder = join(cloud.directory, 'logs');
  const logs = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  for (const id of ids) expect(logs).toContain(id);
  expect(secretsIn(logs)).toEqual([]);
  const { accessKeyId, secretAccessKey, sessionToken } = ada.credentials;
  for (const personal of [
    'Grandmother',
    'birthday',
    'Paris',
    '48.85',
    'ada@example.com',
    accessKeyId,
    secretAccessKey,
    sessionToken,
    ada.tokens.idToken,
  ]) {
    expect([personal, logs.includes(personal)]).toEqual([personal, false]);
  }
});

test(
  'the page’s files have no secret in them, and nothing of the machine that built them',
  { timeout: 120_000 },
  async () => {
    const dist = await buildPage();
    const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const text = readFileSync(join(file.parentPath, file.name), 'latin1');
      expect([file.name, secretsIn(text)]).toEqual([file.name, []]);
      expect([file.name, text.includes(process.cwd())]).toEqual([file.name, false]);
      expect(file.name).not.toMatch(/\.map$|^\.env/);
    }
  },
);
