// What the settings say.
import { count } from './count.ts';

export const words = {
  title: 'Settings',
  storage: {
    title: 'On this device',
    note: 'What has been looked at is kept on this device, so that it is there at once and without a connection. Signing out removes all of it.',
    measuring: 'Looking …',
    library: 'Your library',
    libraryWhat: (n: number) => `details of ${count(n, 'photo', 'photos')}`,
    thumbnails: 'Thumbnails',
    views: 'Large views',
    pictures: (n: number) => count(n, 'picture', 'pictures'),
    about: (size: string) => `about ${size}`,
    budget: 'Room for pictures',
    budgets: {
      small: ['Small', 'about 150 MB'],
      medium: ['Medium', 'about 600 MB'],
      large: ['Large', 'about 3 GB'],
    },
    budgetNote: 'When it is full, what was kept first makes room.',
    all: 'Keep all thumbnails on this device',
    allNote:
      'Your whole timeline without a connection. They are fetched little by little while this page is open.',
    states: {
      off: '',
      looking: 'Looking what is here already …',
      fetching: (kept: string, wanted: string) => `${kept} of ${wanted} are here.`,
      paused: (kept: string, wanted: string) => `Paused. ${kept} of ${wanted} are here.`,
      waiting: 'Waiting for the connection.',
      saving: 'Your browser is set to save data. It goes on when that is switched off.',
      done: (wanted: string) => `All ${wanted} are here.`,
      partly: (kept: string, wanted: string) =>
        `${kept} of ${wanted} are here; the others could not be kept. Perhaps this device is full.`,
    },
    pausing: 'Pause',
    going: 'Go on',
    progress: 'Thumbnails kept on this device',
    granted: 'Your browser will not clear them by itself.',
    denied: 'Your browser may clear them when it runs out of room. Installing Shoebox as an app can help.',
    remove: 'Remove cached pictures',
    removed: 'The pictures on this device are removed. Your photos are safe where they are.',
    id: 'Your library’s id, for commands that ask whose it is:',
  },
  rebuild: {
    title: 'This device’s library',
    note: 'If something looks wrong here, have everything this device knows about your photos read anew. Photos are not touched, and changes that still wait are kept.',
    start: 'Rebuild this device’s library',
    running: (n: number) => `${count(n, 'photo', 'photos')} read …`,
    done: (n: number) => `Done. ${count(n, 'photo', 'photos')} read anew.`,
  },
  check: {
    title: 'Your originals',
    note: 'Looks at every original in your storage and compares it with what Shoebox knows about it. Nothing is changed until you say so.',
    start: 'Check all originals',
    again: 'Check again',
    stop: 'Stop',
    going: 'Go on',
    running: (n: number) => `${count(n, 'original', 'originals')} checked …`,
    stopped: (n: number) => `Stopped after ${count(n, 'original', 'originals')}.`,
    well: (n: number) =>
      n === 1
        ? 'Your original is there, and all is well.'
        : `All ${n.toLocaleString()} originals are there, and all is well.`,
    none: 'There are no originals yet.',
    checked: (n: number) => `${count(n, 'original', 'originals')} checked.`,
    arriving: (n: number) =>
      n === 1
        ? 'One was stored just now and is being prepared.'
        : `${n.toLocaleString()} were stored just now and are being prepared.`,
    more: (n: number) => `and ${n.toLocaleString()} more`,
    rest: 'Check again to go on with these.',
    show: (n: number) => `Show ${n.toLocaleString()}`,
    save: 'Save',
    unnamed: (size: string) => `A file of ${size}`,
    heal: {
      unprocessed: (n: number) => (n === 1 ? 'Put it right' : 'Put them right'),
      madeUp: (n: number) => (n === 1 ? 'Clear it away' : 'Clear them away'),
      sizes: (n: number) => (n === 1 ? 'Look at it again' : 'Look at them again'),
      missing: (n: number) => (n === 1 ? 'Remove this photo …' : 'Remove these photos …'),
    },
    healing: (done: number, of: number) => `${done.toLocaleString()} of ${of.toLocaleString()} done …`,
    healed: {
      unprocessed: (n: number) =>
        n === 1
          ? 'One photo is back in your library.'
          : `${n.toLocaleString()} photos are back in your library.`,
      madeUp: (n: number) => `${count(n, 'entry was', 'entries were')} cleared away.`,
      sizes: (n: number) => `${count(n, 'original was', 'originals were')} looked at again.`,
      missing: (n: number) => `${count(n, 'photo was', 'photos were')} removed.`,
    },
    unshown: (n: number) =>
      n === 1 ? 'One of them cannot be shown:' : `${n.toLocaleString()} of them cannot be shown:`,
    waiting: (n: number) =>
      `${n === 1 ? 'One is' : `${n.toLocaleString()} are`} not ready yet. That may take some more minutes: check again later. If it stays so, the log of whoever runs this Shoebox tells why.`,
    removing: {
      title: (n: number) =>
        `Remove ${count(n, 'photo without its original', 'photos without their originals')}?`,
      note: 'What is left of them goes: small pictures, favorites, captions and tags. If you still have the files, you can upload them again afterwards.',
      keep: 'An original that was deleted less than 30 days ago can still be brought back by whoever runs this Shoebox. Then do not remove its photo.',
      confirm: 'Remove',
    },
    kinds: {
      unprocessed: {
        title: (n: number) => count(n, 'original was never prepared', 'originals were never prepared'),
        note: 'Stored safely, but missing from your timeline.',
      },
      missing: {
        title: (n: number) => count(n, 'photo has lost its original', 'photos have lost their originals'),
        note: 'Their small pictures can still be looked at. If you still have the files, remove the photos here and then upload the files again.',
      },
      madeUp: {
        title: (n: number) => count(n, 'entry belongs to no photo', 'entries belong to no photo'),
        note: 'A change came for a photo that was never there. It does no harm, and nobody sees it.',
      },
      sizes: {
        title: (n: number) =>
          count(n, 'original has another size than noted', 'originals have another size than noted'),
        note: 'Perhaps not what was uploaded. Save what is there, and compare it with your own files.',
      },
      unknown: {
        title: (n: number) =>
          count(n, 'photo is not known to this device', 'photos are not known to this device'),
        note: 'Safe in your storage. “Rebuild this device’s library” brings what is missing.',
      },
    },
  },
} as const;
