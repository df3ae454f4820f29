// Where a stream of any size becomes a file: a place the person picks, or, in browsers that cannot do that, the browser's own downloads
// by way of the service worker. Either way no more of it is in memory than is on its way.
import {
  DOWNLOADS,
  type AwakeMessage,
  type DownloadMessage,
  type FromWorker,
  type ToWorker,
} from './worker-messages.ts';

/** The disk is full, or does not let itself be written. */
export class DiskError extends Error {}

interface WriteOptions {
  signal: AbortSignal;
  /** The file has begun: who leaves the page now ends it. */
  onbegin: () => void;
}

/** Writes the whole stream. Fails with the stream's own error, with an AbortError, or with a DiskError. */
export type Target = (stream: ReadableStream<Uint8Array>, options: WriteOptions) => Promise<void>;

/** https://wicg.github.io/file-system-access/, which TypeScript does not know yet. */
type Picker = (options: {
  suggestedName: string;
  types: { accept: Record<string, string[]> }[];
}) => Promise<FileSystemFileHandle>;

/** `declined` by the person; undefined where this browser has no way. To be called while a click is still remembered. */
export async function chooseTarget(name: string): Promise<Target | 'declined' | undefined> {
  const pick = (globalThis as { showSaveFilePicker?: Picker }).showSaveFilePicker;
  if (!pick)
    return navigator.serviceWorker?.controller
      ? throughWorker(navigator.serviceWorker.controller, name)
      : undefined;
  try {
    const handle = await pick({
      suggestedName: name,
      types: [{ accept: { 'application/zip': ['.zip'] } }],
    });
    return (stream, options) => toFile(handle, stream, options);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return 'declined';
    throw error;
  }
}

/** Written beside the file and put in its place at the end: a download that is cancelled leaves nothing. */
async function toFile(
  handle: FileSystemFileHandle,
  stream: ReadableStream<Uint8Array>,
  { signal, onbegin }: WriteOptions,
): Promise<void> {
  try {
    const file = await handle.createWritable();
    onbegin();
    await stream.pipeTo(file as WritableStream<Uint8Array>, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new DiskError('the file could not be written', { cause: error });
  }
}

const AWAKE_MS = 10_000;
/** So long the worker may take to answer, and the browser to begin. */
const PATIENCE_MS = 15_000;

const throughWorker =
  (worker: ServiceWorker, name: string): Target =>
  async (stream, { signal, onbegin }) => {
    const { port1: port, port2 } = new MessageChannel();
    const tell = (message: ToWorker): void => port.postMessage(message);
    const reader = stream.getReader();
    const awake = setInterval(() => worker.postMessage({ type: 'awake' } satisfies AwakeMessage), AWAKE_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => reject(signal.reason as Error);
        signal.addEventListener('abort', stop);
        const late = setTimeout(() => reject(new DiskError('the browser did not begin')), PATIENCE_MS);
        let begun = false;
        const pulled = async (): Promise<void> => {
          if (!begun) onbegin();
          begun = true;
          clearTimeout(late);
          const { done, value } = await reader.read();
          tell(done ? { type: 'end' } : { type: 'chunk', chunk: value });
          if (done) resolve();
        };
        port.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
          if (data.type === 'ready' && data.path.startsWith(DOWNLOADS)) location.href = data.path;
          else if (data.type === 'pull') pulled().catch(reject);
          else if (data.type === 'cancel') reject(new DOMException('cancelled in the browser', 'AbortError'));
        });
        port.start();
        worker.postMessage({ type: 'download', name } satisfies DownloadMessage, [port2]);
      });
    } catch (error) {
      tell({ type: 'fail' });
      // What went wrong is thrown below; that the source cannot be cancelled for it is no news.
      await reader.cancel(error).catch(() => {});
      throw error;
    } finally {
      clearInterval(awake);
    }
  };
