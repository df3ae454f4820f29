// What the settings say of costs.
import { count } from './count.ts';

export const words = {
  title: 'What it costs',
  counting: 'Counting …',
  empty: 'There is nothing here yet that would cost anything.',
  month: (usd: string) => `About ${usd} a month`,
  cheap: 'Less than a cent a month',
  cent: '< $0.01',
  for: (photos: number, size: string) =>
    `For ${count(photos, 'original', 'originals')} of ${size}: an estimate at list prices, before what AWS gives to everybody. Only your own photos are counted.`,
  where: 'Where your originals are',
  whereNote: 'By their age: who opens an original moves it back for a while.',
  classes: {
    standard: 'Standard',
    frequent: 'Frequent access',
    infrequent: 'Infrequent access',
    archiveInstant: 'Archive, at hand',
    glacierInstant: 'Glacier Instant Retrieval',
    deepArchive: 'Deep archive, to be restored first',
  },
  monitoring: 'Being watched by Intelligent-Tiering',
  pictures: 'Thumbnails and large views',
  rows: 'What is known about them',
  deeds: 'Uploading and looking at photos',
  year: 'By year',
  album: 'By album',
  albumNote: 'A photo counts in each of its albums.',
  noAlbums: 'No album has a photo in it yet.',
  more: (n: number) => `Show ${n.toLocaleString()} more`,
  photos: (n: number) => count(n, 'photo', 'photos'),
  other: 'If originals were kept otherwise',
  ways: {
    intelligent: 'Intelligent-Tiering',
    glacierInstant: 'Glacier Instant Retrieval',
    deepArchive: 'Deep archive after 180 days',
  },
  current: 'as it is now',
  saves: (usd: string) => `saves ${usd} a month`,
  costs: (usd: string) => `costs ${usd} a month more`,
  same: 'makes no difference',
  takingOut: (usd: string) => `To have every original once would cost ${usd}, beside the download.`,
  months: (n: number) => ` That is what it saves in ${count(n, 'month', 'months')}.`,
  otherNote:
    'Whoever runs this Shoebox chooses that in its settings file. What has moved to a colder class stays there.',
  prices: (region: string, date: string) => `Prices of ${region}, as of ${date}`,
  read: (date: string) => `read ${date}`,
  unconfirmed: (names: string) => `Not confirmed against AWS: ${names}.`,
  unpriced: (region: string) =>
    `Nobody has written down the prices of ${region} yet. Sizes are shown all the same.`,
} as const;
