// What downloading originals says, on the page and inside the zip.
import { count } from './count.ts';
import { problems, sentence } from './problems.ts';

const photos = (n: number): string => count(n, 'photo', 'photos');

export const words = {
  title: 'Download',
  /** The name of the file, before the date. */
  file: (date: string) => `Shoebox ${date}.zip`,
  progress: (done: number, all: number) => `${done.toLocaleString()} of ${photos(all)}`,
  bytes: (done: string, all: string) => `${done} of ${all}`,
  cancel: 'Cancel download',
  cancelled: 'The download was cancelled. Nothing was saved.',
  ready: (n: number) => `${photos(n)} downloaded.`,
  lacking: (n: number, all: number) =>
    `${photos(all - n)} downloaded. ${n === 1 ? 'One is' : `${n.toLocaleString()} are`} missing: which, stands at the end of the zip.`,
  failed: (why: string) => `The download did not work. ${why}`,
  disk: 'The file could not be written. Is there room for it on the disk?',
  busy: 'Another download is still running.',
  unsaved: 'This browser cannot save so many photos at once yet. Reload the page and try again.',
  missingFile: 'Missing photos.txt',
  missingText: (missing: readonly { name: string; why: string; cut: boolean }[]) =>
    [
      'These photos are not, or not whole, in this zip. Your originals are safe in Shoebox: download them again there.',
      '',
      ...missing.map(
        ({ name, why, cut }) =>
          `${name}: ${cut ? 'Only its beginning came. ' : ''}${sentence(problems, why)}`,
      ),
      '',
    ].join('\r\n'),
} as const;
