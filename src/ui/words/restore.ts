// What is said of originals in cold storage, and of having them restored.
import { count } from './count.ts';

const originals = (n: number): string => count(n, 'original', 'originals');

export const words = {
  title: (n: number) =>
    n === 1 ? 'This original is in cold storage' : `${n.toLocaleString()} originals are in cold storage`,
  looking: 'Looking where they are …',
  what: (n: number) =>
    n === 1
      ? 'Its pictures are here as ever. The file itself has to be restored before it can be downloaded or played.'
      : 'Their pictures are here as ever. The files themselves have to be restored before they can be downloaded or played.',
  tiers: {
    Bulk: 'Within 48 hours',
    Standard: 'Within 12 hours',
  },
  tier: 'When do you need it?',
  cost: (usd: string) => `about ${usd}`,
  cent: 'less than a cent',
  days: (n: number) => `Then it can be downloaded for ${n} days. You are told here as soon as it is back.`,
  unpriced: 'What it costs in your Region is on the price page of AWS.',
  restore: 'Restore',
  later: 'Not now',
  close: 'Close',
  others: (n: number) => (n === 1 ? 'Download the other one' : `Download the other ${n.toLocaleString()}`),
  all: (n: number) => `Download ${count(n, 'photo', 'photos')}`,
  allHere: 'All of them can be downloaded',
  onWay: (n: number) =>
    n === 1
      ? 'It has been asked for and is on its way: within 48 hours, often sooner. You are told here.'
      : `${n.toLocaleString()} of them have been asked for and are on their way.`,
  ready: (until: string) => `It is back, and can be downloaded until ${until}.`,
  readyTitle: 'This original is back',
  onWayTitle: 'This original is on its way',
  download: 'Download',
  asking: (done: number, of: number) => `${done.toLocaleString()} of ${of.toLocaleString()} asked for …`,
  asked: (n: number) =>
    `${n === 1 ? 'The original is' : `${originals(n)} are`} on the way. You are told here when that is done.`,
  failed: (why: string) => `Not all could be asked for. ${why}`,
  back: (n: number, until: string) =>
    `${n === 1 ? 'An original is' : `${originals(n)} are`} back from cold storage until ${until}.`,
  show: 'Show',
  section: {
    title: 'Cold storage',
    note: (days: number | null) =>
      days === null
        ? 'Some originals are in cold storage. To download one, have it restored first.'
        : `Originals move to cold storage ${days.toLocaleString()} days after their upload. Your timeline, albums and shares do not change; to download such an original, have it restored first.`,
    none: 'None is being restored.',
    onWay: 'On its way',
    until: (date: string) => `Here until ${date}`,
    refresh: 'Look again',
    looking: 'Looking …',
    gone: 'A photo that is no longer in your library',
  },
} as const;
