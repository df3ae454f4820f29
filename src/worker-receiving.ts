// The service worker's part in being shared with: the system posts files to an address that only the worker answers. Anybody's page can
// post there, too: what browsers let tell apart is told apart, and for the rest the person is asked before anything is uploaded.
// https://w3c.github.io/web-share-target/
import { postedFiles, TooMuch } from './upload/posted.ts';
import { MOST_BYTES, MOST_FILES, receive, RECEIVE_PATH } from './upload/received.ts';

declare const self: ServiceWorkerGlobalScope;

/** As in the manifest. */
const FIELD = 'photos';

/** Whether it is for `received` to answer. */
export function isShare({ method, mode, url }: Request): boolean {
  if (method !== 'POST' || mode !== 'navigate') return false;
  const { origin, pathname } = new URL(url);
  return origin === self.location.origin && pathname === RECEIVE_PATH;
}

/** Not in a frame, and not from another page. A share has no referrer, or names the app that it came from. */
const mayBeSystem = ({ destination, referrer }: Request): boolean =>
  destination === 'document' && !/^https?:/.test(referrer);

/** Leads to the page, which asks what is to become of it. */
export async function received(request: Request): Promise<Response> {
  const to = mayBeSystem(request) ? await keep(request) : '';
  return Response.redirect(`/${to}`, 303);
}

async function keep({ body, headers }: Request): Promise<string> {
  try {
    if (!body) return '';
    const bounds = { files: MOST_FILES, bytes: MOST_BYTES };
    const files = await postedFiles(body, headers.get('content-type') ?? '', FIELD, bounds);
    return files.length === 0 || (await receive(files, 'shared')) ? '' : '?received=full';
  } catch (error) {
    if (error instanceof TooMuch) return '?received=full';
    console.warn('What was shared could not be read.', error);
    return '?received=broken';
  }
}
