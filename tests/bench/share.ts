// npm run bench:share: what sharing 500 photos with a friend costs, how soon the friend sees them beside opening one's own album, and how
// soon somebody who has never been here sees what is behind a link. On the production build, with a seeded local cloud.
import { buildPage } from '../../infra/local/synth.ts';
import { albumOfAll, befriend, contextOf, linkOfAll, opened, people, shareAll } from './friends.ts';
import { linkVisits } from './link-page.ts';
import { median, result, round, table } from './report.ts';
import type { Shown } from './screen.ts';
import { onStage, signIn } from './visit.ts';

const PHOTOS = 500;
const RUNS = 7;
const TITLE = 'Five hundred';

await onStage(
  async ({ browser, cloud }) => {
    const [ada, ben] = await people(cloud);
    await befriend(cloud, ada, ben);
    await albumOfAll(cloud, ada, TITLE);
    const [adas, bens] = await Promise.all([contextOf(browser, cloud), contextOf(browser, cloud)]);
    const page = await adas.newPage();
    await signIn(page);
    const cost = await shareAll(page, cloud, { count: PHOTOS, title: TITLE });
    const theirs = await bens.newPage();
    await signIn(theirs, '/', 'Ben Okafor');

    // In turns, so that whatever else this machine does meets both.
    const own: Shown[] = [];
    const friends: Shown[] = [];
    for (let run = 0; run < RUNS; run++) {
      own.push(
        await opened(browser, cloud, { of: adas, path: '/albums', link: 'a[href^="/albums?album="]' }),
      );
      friends.push(
        await opened(browser, cloud, { of: bens, path: '/shared', link: 'a[href^="/shared?share="]' }),
      );
    }
    await page.goto('/');
    const link = await linkOfAll(page, PHOTOS);
    await Promise.all([adas.close(), bens.close()]);
    const cold = await linkVisits(link, await buildPage(), RUNS);

    const of = (visits: readonly Shown[], what: keyof Shown) => median(visits.map((visit) => visit[what]));
    const friendOpenRatio = Number((of(friends, 'full') / of(own, 'full')).toFixed(2));
    table(`${PHOTOS} photos shared with a friend`, [
      ['seconds', cost.seconds],
      ['photos a second', PHOTOS / cost.seconds, 'aim: 50'],
      ['requests', String(cost.requests)],
      ['  of those copies that S3 makes itself', String(cost.copies)],
      ['  for each photo', (cost.requests / PHOTOS).toFixed(2), 'aim: 2.1'],
      ['asked by the browser beforehand, besides', String(cost.preflights)],
      ['bytes of pictures through the browser', String(cost.pictureBytes), 'aim: 0'],
    ]);
    table(`Opened, in ms (medians of ${RUNS})`, [
      ['', 'first thumbnail', 'screen full'],
      ["a friend's share", of(friends, 'thumb'), of(friends, 'full')],
      ["one's own album", of(own, 'thumb'), of(own, 'full')],
      ['the one beside the other', '', friendOpenRatio.toFixed(2), 'aim: 1.2'],
    ]);
    table(`A link, cold on emulated 4G (medians of ${RUNS})`, [
      ['JavaScript until the screen is full, kB (Brotli 11)', cold.kB, 'aim: 25'],
      ['first thumbnail, ms', cold.thumb],
      ['screen full, ms', cold.full, 'aim: 1500'],
    ]);
    console.log(`  scripts: ${cold.scripts.map((path) => path.replace('assets/', '')).join(' ')}`);
    result('share', {
      photosPerSecond: round(PHOTOS / cost.seconds),
      requestsPerPhoto: Number((cost.requests / PHOTOS).toFixed(3)),
      pictureBytesThroughBrowser: cost.pictureBytes,
      friendOpenRatio,
      linkKB: cold.kB,
      linkFullMs: Math.round(cold.full),
    });
  },
  { photos: PHOTOS },
);
