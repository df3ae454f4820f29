// The notifier's pure parts: which addresses are push services, when a device is left alone, what is said and what is not.
import { assert as holds, constantFrom, ipV4, ipV6, oneof, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makePushKeys, parsePushKeys } from '../../infra/push-keys.ts';
import { readOrMakePushKeys, type KeyStore } from '../../infra/push-keys-store.ts';
import { pushAddress } from '../../infra/notifier/endpoint.ts';
import { wording } from '../../infra/notifier/mail.ts';
import { checkKeys, sendPush } from '../../infra/notifier/push.ts';
import { newsFor } from '../../infra/notifier/news.ts';
import { isQuiet } from '../../infra/notifier/quiet.ts';
import type { IdentityId } from '../../src/schema/ids.ts';
import type { Manifest } from '../../src/schema/manifest.ts';
import { pushId, randomId, type Push } from '../../src/schema/social.ts';
import { parseTold, plainLine, sharedPath, type Told } from '../../src/schema/told.ts';

const SENDER = 'eu-west-1:11111111-2222-3333-4444-555555555555' as IdentityId;
const told: Told = {
  news: randomId(),
  share: randomId(),
  sender: SENDER,
  count: 34,
  name: 'Ada',
  title: 'Lisbon',
};

describe('only push services are called', () => {
  test.each([
    'https://fcm.googleapis.com/fcm/send/abc:def',
    'https://updates.push.services.mozilla.com/wpush/v2/gAAAA',
    'https://web.push.apple.com/QG1',
    'https://wns2-par02p.notify.windows.com/w/?token=BQ',
  ])('%s is one', (endpoint) => {
    expect(pushAddress(endpoint)?.href).toBe(endpoint);
  });

  test.each([
    'http://fcm.googleapis.com/fcm/send/abc',
    'https://fcm.googleapis.com:8443/fcm/send/abc',
    'https://user:word@fcm.googleapis.com/fcm/send/abc',
    'https://user@fcm.googleapis.com/',
    'https://fcm.googleapis.com./fcm/send/abc',
    'https://fcm.googleapis.com.example.com/',
    'https://example.com/?fcm.googleapis.com',
    'https://fcm.googleapis.com@example.com/',
    'https://example.com#fcm.googleapis.com',
    'https://fcm.googleapis.com/#here',
    'https://push.apple.com/',
    'https://.push.apple.com/',
    'https://a.b.push.apple.com/',
    'https://evilpush.apple.com/',
    'https://web.push.apple.com.evil.com/',
    'https://notify.windows.com/',
    'https://127.0.0.1/',
    'http://127.0.0.1:8080/',
    'https://localhost/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/latest/api/token',
    'http://169.254.170.2/v2/credentials',
    'https://10.0.0.1/',
    'https://192.168.1.1/',
    'https://2852039166/',
    'https://0xa9fea9fe/',
    'https://metadata.google.internal/',
    'file:///etc/passwd',
    'ftp://fcm.googleapis.com/',
    'javascript:alert(1)',
    '//fcm.googleapis.com/',
    'fcm.googleapis.com',
    '',
  ])('%s is none', (endpoint) => {
    expect(pushAddress(endpoint)).toBeUndefined();
  });

  test('whatever is made up leads to a push service or nowhere', () => {
    const hosts =
      /^(?:fcm\.googleapis\.com|updates\.push\.services\.mozilla\.com|[a-z0-9-]+\.(?:push\.apple|notify\.windows)\.com)$/;
    holds(
      property(
        oneof(string(), ipV4(), ipV6()),
        constantFrom('', 'https://', 'https://fcm.googleapis.com', 'https://x.push.apple.com'),
        (text, before) => {
          const url = pushAddress(before + text);
          expect(
            url === undefined || (url.protocol === 'https:' && url.port === '' && hosts.test(url.hostname)),
          ).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('the stand-in of the local cloud is one only where it is named, and only at its very address', () => {
    const standIn = 'http://127.0.0.1:7464';
    expect(pushAddress(`${standIn}/push/a`, standIn)?.pathname).toBe('/push/a');
    for (const other of [
      'http://127.0.0.1:7465/push/a',
      'https://127.0.0.1:7464/push/a',
      'http://localhost:7464/push/a',
    ]) {
      expect(pushAddress(other, standIn)).toBeUndefined();
    }
  });
});

describe('of a manifest', () => {
  const NOW = Date.parse('2026-11-20T12:00:00.000Z');
  const [NEW, OLD] = [SENDER.replaceAll('1', '2'), SENDER.replaceAll('1', '3')] as [IdentityId, IdentityId];
  const hoursAgo = (hours: number) => new Date(NOW - hours * 3_600_000).toISOString();
  const photo = { width: 3, height: 2, takenAt: '2019-06-01T12:00:00' };
  const manifest = (more: Partial<Manifest>): Manifest => ({
    version: 1,
    share: randomId(),
    owner: SENDER,
    source: 'photos',
    title: 'Lisbon',
    changedAt: hoursAgo(0),
    photos: Array.from({ length: 3 }, () => ({ ...photo, id: randomId() })),
    ...more,
  });
  const [added, came] = [randomId(), randomId()];
  const heard = (more: Partial<Manifest>) => {
    const news = newsFor(manifest(more), NOW);
    return [NEW, OLD].map((reader) => news?.(reader)).map((one) => one && `${one.count} ${one.id}`);
  };
  const joined = (hours: number) => ({ id: came, at: hoursAgo(hours), readers: [NEW] });
  const news = (hours: number) => ({ id: added, count: 1, at: hoursAgo(hours) });

  test('those who have just come are told of all, the others of what was added, each of one', () => {
    expect(heard({ joined: joined(0) })).toEqual([`3 ${came}`, undefined]);
    expect(heard({ joined: joined(0), news: news(0) })).toEqual([`3 ${came}`, `1 ${added}`]);
    expect(heard({ joined: joined(1), news: news(2) })).toEqual([`3 ${came}`, `1 ${added}`]);
    // They were told of all before.
    expect(heard({ joined: joined(2), news: news(1) })).toEqual([`1 ${added}`, `1 ${added}`]);
  });

  test('nobody is told of what is of yesterday or of next year, or of nothing at all', () => {
    for (const hours of [7, -8760]) {
      expect(heard({ joined: joined(hours), news: news(hours) })).toEqual([undefined, undefined]);
      expect(heard({ joined: joined(hours), news: news(0) })).toEqual([`1 ${added}`, `1 ${added}`]);
    }
    expect(heard({ joined: joined(0), photos: [] })).toEqual([undefined, undefined]);
    expect(heard({})).toEqual([undefined, undefined]);
  });
});

describe('a push service', () => {
  const keys = makePushKeys();
  const browser = makePushKeys();
  const push: Push = {
    kind: 'push',
    owner: SENDER,
    id: pushId(randomId()),
    changedAt: '2026-11-20T12:00:00.000Z',
    editedAt: {},
    device: randomId(),
    endpoint: 'https://fcm.googleapis.com/fcm/send/abc',
    p256dh: browser.publicKey,
    auth: 'A'.repeat(22),
  };
  const answering = (status: number, headers: Record<string, string> = {}) => {
    const requests: { url: string; init: RequestInit }[] = [];
    const sent = sendPush(push, told, {
      keys,
      origin: 'https://photos.example',
      fetch: (url, init) => {
        requests.push({ url: String(url as URL), init: init ?? {} });
        return Promise.resolve(new Response(null, { status, headers }));
      },
    });
    return { sent, requests };
  };

  test('is sent ciphertext only, signed, and under the topic of the batch', async () => {
    const { sent, requests } = answering(201);
    expect(await sent).toBe('sent');
    expect(requests.map(({ url }) => url)).toEqual([push.endpoint]);
    const { headers, body } = requests[0]?.init ?? {};
    expect(headers).toMatchObject({
      Topic: told.news,
      'Content-Encoding': 'aes128gcm',
      Authorization: expect.stringMatching(/^vapid t=/),
    });
    expect(Buffer.from(body as Uint8Array).toString('latin1')).not.toMatch(/Lisbon|Ada/);
  });

  test('that leads elsewhere is not followed', async () => {
    const { sent, requests } = answering(307, { location: 'http://169.254.169.254/' });
    expect(await sent).toBe('refused');
    expect(requests).toHaveLength(1);
    expect(requests[0]?.init.redirect).toBe('manual');
  });

  test.each([404, 410])('that answers %d has lost the device', async (status) => {
    expect(await answering(status).sent).toBe('gone');
  });

  test.each([400, 401, 403, 413])('that answers %d is not asked again', async (status) => {
    expect(await answering(status).sent).toBe('refused');
  });

  test.each([429, 500, 503])('that answers %d is asked again later', async (status) => {
    await expect(answering(status).sent).rejects.toThrow(String(status));
  });

  test('waits for nobody for ever', () => {
    expect(answering(201).requests[0]?.init.signal).toBeInstanceOf(AbortSignal);
  });

  test('keys that are none are found out before anything is sent', () => {
    expect(checkKeys(keys)).toBe(keys);
    expect(() => checkKeys({ publicKey: keys.publicKey, privateKey: 'short' })).toThrow(/private key/i);
    expect(parsePushKeys(JSON.stringify(keys))).toEqual(keys);
    expect(parsePushKeys('{"publicKey":"x"}')).toBeUndefined();
    expect(parsePushKeys(undefined)).toBeUndefined();
  });
});

describe('quiet hours', () => {
  const at = (time: string): number => Date.parse(`2026-11-20T${time}:30Z`);
  test.each([
    ['22:00', 1320, 420, true],
    ['06:59', 1320, 420, true],
    ['07:00', 1320, 420, false],
    ['21:59', 1320, 420, false],
    ['13:30', 780, 840, true],
    ['14:00', 780, 840, false],
    ['12:59', 780, 840, false],
    ['12:00', 600, 600, false],
  ])('at %s, quiet from minute %d to %d: %s', (time, quietFrom, quietTo, expected) => {
    expect(isQuiet({ quietFrom, quietTo }, at(time))).toBe(expected);
  });

  test('there are none where none are set', () => {
    expect(isQuiet({}, at('03:00'))).toBe(false);
    expect(isQuiet({ quietFrom: 0 }, at('03:00'))).toBe(false);
  });
});

describe('what a friend called something', () => {
  test('stands as one line of plain text, however it was written', () => {
    expect(plainLine('  Lisbon\r\n2026\t', 80)).toBe('Lisbon 2026');
    expect(plainLine('\u202Egnp.exe\u2069', 80)).toBe('gnp.exe');
    expect(plainLine('\u0000\u200B', 80)).toBeUndefined();
    expect(plainLine('👩‍👩‍👧', 80)).toBe('👩‍👩‍👧');
    expect(plainLine('aa👍', 3)).toBe('aa');
  });

  test('is never a link in a mail, nor more than a part of its fixed words', () => {
    const { subject, text } = wording(
      { ...told, name: 'http://evil.example', title: 'www.evil.example/login?a@b.c' },
      'https://photos.example',
    );
    expect(subject).toBe('New photos for you on Shoebox');
    expect(text.match(/https?:\/\/\S+/g)).toEqual([`https://photos.example${sharedPath(told)}`]);
    expect(text).not.toMatch(/\w\.\w+\.example\/|www\.e|@/);
  });

  test('need not be there at all', () => {
    const { name: _name, title: _title, ...bare } = told;
    expect(wording({ ...bare, count: 1 }, 'https://photos.example').text).toMatch(
      /^A friend added a photo\.\n/,
    );
    expect(parseTold(bare)).toEqual(bare);
  });
});

test('a device takes nothing from a push message but what it knows', () => {
  expect(parseTold(JSON.parse(JSON.stringify(told)))).toEqual(told);
  for (const wrong of [
    null,
    [],
    'x',
    {},
    { ...told, share: '../x' },
    { ...told, sender: 'x' },
    { ...told, count: 0 },
  ]) {
    expect(parseTold(wrong)).toBeUndefined();
  }
  const { title: _title, ...untitled } = told;
  expect(parseTold({ ...told, title: { toString: 'x' }, url: 'https://evil.example' })).toEqual(untitled);
});

describe('the keys of a deployment', () => {
  const keptAs = (kept?: string): KeyStore & { kept: string | undefined } => ({
    kept,
    get() {
      return Promise.resolve(this.kept);
    },
    put(_name, value) {
      if (this.kept !== undefined) return Promise.resolve(false);
      this.kept = value;
      return Promise.resolve(true);
    },
  });

  test('are made once, and are the same ever after', async () => {
    const store = keptAs();
    const made = await readOrMakePushKeys('/Shoebox/push-keys', store);
    expect(checkKeys(made)).toEqual(made);
    expect(await readOrMakePushKeys('/Shoebox/push-keys', store)).toEqual(made);
  });

  test('are those of whoever deployed first, where two do at once', async () => {
    const store = keptAs();
    const others = makePushKeys();
    let asked = 0;
    const slow: KeyStore = {
      get: (name) => (asked++ === 0 ? Promise.resolve(undefined) : store.get(name)),
      put: (name, value) => store.put(name, value),
    };
    store.kept = JSON.stringify(others);
    expect(await readOrMakePushKeys('/Shoebox/push-keys', slow)).toEqual(others);
  });

  test('that somebody has overwritten are reported, not replaced', async () => {
    const store = keptAs('something else');
    await expect(readOrMakePushKeys('/Shoebox/push-keys', store)).rejects.toThrow(/changed by hand/);
    expect(store.kept).toBe('something else');
  });
});
