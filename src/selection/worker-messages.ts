// What page and service worker say to each other about a download that goes through the worker: the page makes the stream, the worker
// answers one request with it, as an attachment.

/** Addresses below this one answer with a download, each once. They end in a name that nobody can guess. */
export const DOWNLOADS = '/download/';

/** The page has something to download; the port that comes along is for the messages below. */
export interface DownloadMessage {
  type: 'download';
  name: string;
}
/** Keeps the worker awake while it streams. */
export interface AwakeMessage {
  type: 'awake';
}

export type ToWorker = { type: 'chunk'; chunk: Uint8Array } | { type: 'end' } | { type: 'fail' };
export type FromWorker =
  | { type: 'ready'; path: string }
  /** Room for another chunk. The first one says that the browser has begun. */
  | { type: 'pull' }
  /** The browser, or the session's end, wants no more of it. */
  | { type: 'cancel' };
