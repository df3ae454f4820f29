// What bringing everything out into a folder says.
import { count } from './count.ts';
import { problems } from './problems.ts';

const photos = (n: number): string => count(n, 'photo', 'photos');

export const words = {
  title: 'Export everything',
  note: 'Writes every original into a folder of your choice, by year and month, with what you have said of it in a file beside it, and each album as a folder. Photos in the trash are left out. Choose the same folder again later, and only what is new is written.',
  albumNote: 'Photos in albums are written once more for each album, and take their room again.',
  start: 'Choose a folder …',
  again: 'Choose a folder again …',
  stop: 'Stop',
  preparing: 'Looking what there is …',
  progress: 'Photos exported',
  line: (done: number, all: number, bytes: string, allBytes: string) =>
    `${done.toLocaleString()} of ${photos(all)}, ${bytes} of ${allBytes}`,
  albums: (done: number, all: number) => `${done.toLocaleString()} of ${count(all, 'album', 'albums')} …`,
  open: 'Keep this page open until it is done.',
  waiting: 'Waiting for the connection. It goes on by itself.',
  stopped: (n: number, folder: string) =>
    n === 0
      ? `Stopped. Choose “${folder}” again to go on.`
      : `Stopped. ${photos(n)} ${n === 1 ? 'is' : 'are'} whole in “${folder}”. Choose it again to go on.`,
  empty: 'There are no photos to export yet.',
  done: (n: number, folder: string) =>
    n === 1 ? `Your photo is in “${folder}”.` : `All ${photos(n)} are in “${folder}”.`,
  partly: (n: number, all: number, folder: string) =>
    `${n.toLocaleString()} of ${photos(all)} are in “${folder}”.`,
  fresh: (written: number, there: number) =>
    there === 0
      ? ''
      : `${written === 0 ? 'None' : written.toLocaleString()} new, ${there.toLocaleString()} there already.`,
  failed: (n: number) => `${count(n, 'file is', 'files are')} missing:`,
  more: (n: number) => `and ${n.toLocaleString()} more`,
  unprepared: (n: number) =>
    `${count(n, 'original is', 'originals are')} not in your library yet, and so not in the folder. “Check all originals” tells more.`,
  reasons: {
    archived: 'It is in cold storage. Restore it first, then export again.',
    missing: 'Its original is missing in your storage.',
    damaged: 'It did not arrive as it was uploaded. Nothing of it was written.',
    taken: 'Something else of this name is there already. It was left as it is.',
    name: 'This browser does not take a file of this name.',
    refused: 'This browser thinks that the file may be harmful, and did not let it be written.',
    locked: 'Another program has this file open.',
    unexpected: 'It could not be had. Please export again.',
  },
  endings: {
    ...problems,
    offline: 'The connection was gone for too long. Go on once you are online.',
    full: 'The disk is full. Make room before you go on.',
    denied: 'This page may not write into that folder. Choose one, and allow it to be changed.',
    gone: 'The folder is no longer there. Was its disk unplugged?',
    unwritable: 'The folder cannot be written. Is its disk still there?',
  },
  impossible:
    'This browser does not let a page write into a folder; Chrome and Edge on a computer do. There are two other ways:',
  ways: [
    'Select all photos in your timeline, and download them as one zip.',
    'Have whoever runs this Shoebox run “npm run export”: it writes the same folder.',
  ],
} as const;
