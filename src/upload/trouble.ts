// What became of a file that did not get through, and what follows from that for it and for all others.
import { problemCodeOf } from '../cloud/error.ts';
import { problems, sentence } from '../ui/words/problems.ts';
import { words } from '../ui/words/upload.ts';
import { UnreadableFile } from './hash.ts';
import type { Hold } from './holding.svelte.ts';
import type { News, Upload } from './upload.svelte.ts';

export interface Trouble {
  /** It waits for another try, which comes by itself, or it has failed. */
  state: 'waiting' | 'failed';
  news: News;
  /** The others would fare no better: nothing is sent for now. */
  stall?: Exclude<Hold, 'paused'>;
}

export async function troubleOf(error: unknown, upload: Upload): Promise<Trouble> {
  const code = problemCodeOf(error);
  // A file that was changed or removed meanwhile breaks the request as a lost connection does, or is not what was announced.
  const unreadable =
    error instanceof UnreadableFile || error instanceof DOMException || !(await isReadable(upload.file));
  if (unreadable) {
    return { state: 'failed', news: { code: 'unreadable', problem: whyUnreadable(error) } };
  }
  switch (code) {
    case 'offline':
      return { state: 'waiting', news: { code, problem: words.upload.offline }, stall: code };
    case 'throttled':
    case 'signed-out':
      return { state: 'waiting', news: { code, problem: sentence(problems, code) }, stall: code };
    default:
      return { state: 'failed', news: { code, problem: sentence(problems, code) } };
  }
}

function whyUnreadable(error: unknown): string {
  if (error instanceof UnreadableFile && error.told !== undefined) return error.told;
  // The person, or the browser, has taken back what let the page read it.
  const forbidden =
    error instanceof DOMException && ['NotAllowedError', 'SecurityError'].includes(error.name);
  return forbidden ? words.upload.forbidden : words.upload.unreadable;
}

/** Whether the browser can still read the file: by its last byte, which is gone first. */
async function isReadable(file: File | undefined): Promise<boolean> {
  try {
    await file?.slice(-1).arrayBuffer();
    return true;
  } catch {
    // NotReadableError or NotFoundError: that it throws is the answer.
    return false;
  }
}
