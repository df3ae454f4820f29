// The hosts as a browser meets them: headers, what is kept how long, addresses of the page, and which pages S3 answers.
import { isDeepStrictEqual } from 'node:util';
import { parseConfig } from '../../src/schema/config.ts';
import { ask, expectHeader, expectStatus, type Answer } from './ask.ts';
import { Finding, type Examination } from './findings.ts';
import type { Target } from './target.ts';

const HEADERS: readonly [name: string, pattern: RegExp][] = [
  ['x-content-type-options', /^nosniff$/],
  ['x-frame-options', /^DENY$/],
  ['referrer-policy', /^no-referrer$/],
  ['cross-origin-opener-policy', /^same-origin$/],
  ['permissions-policy', /geolocation=\(\)/],
];

/** Directives of a content security policy, by name. */
const directivesOf = (policy: string): Map<string, string> =>
  new Map(
    policy.split(';').map((part) => {
      const [name = '', ...sources] = part.trim().split(/\s+/);
      return [name, sources.join(' ')] as const;
    }),
  );

export async function examinePage(examination: Examination, { address, config }: Target): Promise<void> {
  examination.chapter('The page');
  await examination.look('opens, and is asked for anew each time', async () => {
    const page = expectStatus(await ask(`${address}/`), 200);
    expectHeader(page, 'content-type', /^text\/html/);
    expectHeader(page, 'cache-control', /no-cache/);
  });
  await examination.look('comes with the headers that keep browsers out of trouble', async () => {
    const page = await ask(`${address}/`);
    for (const [name, pattern] of HEADERS) expectHeader(page, name, pattern);
  });
  // A browser heeds neither where there is no TLS, as on this computer.
  if (address.startsWith('https:')) {
    await examination.look('is opened by HTTPS only, for years', async () => {
      expectHeader(await ask(`${address}/`), 'strict-transport-security', /max-age=\d{7,}/);
      const plain = expectStatus(await ask(`${address.replace('https:', 'http:')}/`), 301, 307, 308);
      expectHeader(plain, 'location', /^https:/);
    });
  }
  await examination.look('lets no foreign script run', async () => {
    const policy = (await ask(`${address}/`)).headers.get('content-security-policy') ?? '';
    const directives = directivesOf(policy);
    const wanted = {
      'default-src': "'none'",
      'script-src': "'self'",
      'object-src': "'none'",
      'frame-ancestors': "'none'",
    };
    for (const [name, value] of Object.entries(wanted)) {
      const found = directives.get(name);
      if (found !== value)
        throw new Finding(`The content security policy has ${name} ${found ?? 'nowhere'}.`);
    }
    if (/unsafe-(?:inline|eval)'|\*/.test(policy))
      throw new Finding(`The content security policy is too wide: ${policy}`);
  });
  await examination.look('has its own addresses answered, and what is missing not', async () => {
    expectHeader(expectStatus(await ask(`${address}/albums`), 200), 'content-type', /^text\/html/);
    const missing = expectStatus(await ask(`${address}/assets/missing.js`), 403, 404);
    if (/html/.test(missing.headers.get('content-type') ?? '') && missing.text.includes('id="app"')) {
      throw new Finding('A missing script is answered with the page.');
    }
  });
  await examination.look(
    'has scripts that browsers keep, and a service worker that they ask for anew',
    async () => {
      const script = /src="(\/assets\/[^"]+\.js)"/.exec((await ask(`${address}/`)).text)?.[1];
      if (script === undefined) throw new Finding('The page names no script.');
      expectHeader(
        expectStatus(await ask(address + script), 200),
        'cache-control',
        /max-age=31536000.*immutable/,
      );
      expectHeader(expectStatus(await ask(`${address}/service-worker.js`), 200), 'cache-control', /no-cache/);
    },
  );
  await examination.look('knows this deployment', async () => {
    const answer = expectStatus(await ask(`${address}/config.json`), 200);
    expectHeader(answer, 'cache-control', /no-cache|no-store/);
    const { pushKey: _made, ...found } = parseConfig(JSON.parse(answer.text));
    const { pushKey: _alsoMade, ...meant } = config;
    // Whether the key of Web Push is there is the deployment's business; all else comes from the stack.
    if (!isDeepStrictEqual(found, meant))
      throw new Finding('config.json is not that of the stack: run "npm run deploy".');
  });

  examination.chapter('S3 and other pages');
  for (const kind of ['originals', 'library'] as const) {
    const bucket = config[`${kind}Bucket`];
    const url = config.endpoints
      ? `${config.endpoints[kind]}/${bucket}/x`
      : `https://${bucket}.s3.${config.region}.amazonaws.com/x`;
    const preflight = (origin: string): Promise<Answer> =>
      ask(url, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': 'content-type,if-none-match',
        },
      });
    await examination.look(`${kind}: this page is answered, and no other`, async () => {
      const own = expectStatus(await preflight(address), 200, 204);
      const allowed = own.headers.get('access-control-allow-origin');
      if (allowed !== address) throw new Finding(`The page may not ask: allowed is ${allowed ?? 'nobody'}.`);
      const foreign = (await preflight('https://somewhere.example')).headers.get(
        'access-control-allow-origin',
      );
      if (foreign !== null) throw new Finding(`Another page may ask: allowed is ${foreign}.`);
    });
    await examination.look(`${kind}: nobody reads without signing`, async () => {
      expectStatus(await ask(url), 403);
    });
    await examination.look(`${kind}: its clock is that of this computer`, async () => {
      const said = Date.parse((await ask(url)).headers.get('date') ?? '');
      const off = Math.round(Math.abs(said - Date.now()) / 1000);
      if (!(off <= 60)) throw new Finding(`They differ by ${off} seconds: set this computer's clock.`);
    });
  }
}
