// Sends the SDK's requests by XMLHttpRequest, the only way a browser tells how much of an upload has gone.
import { XhrHttpHandler } from '@aws-sdk/xhr-http-handler';

type Handle = XhrHttpHandler['handle'];
type Request = Parameters<Handle>[0];
type Options = Parameters<Handle>[1];

/** Milliseconds in which nothing moves, after which a request is given up: its connection has died, and nobody was told. */
export const STANDSTILL_MS = 60_000;

export interface Watcher {
  /** The bytes sent so far. */
  onProgress?: ((bytes: number) => void) | undefined;
  /** S3 asks to slow down. */
  onThrottled?: (() => void) | undefined;
}

export class UploadHandler {
  readonly #watchers = new WeakMap<Blob, Watcher>();
  readonly metadata = { handlerProtocol: 'h1' };

  /** Tells `watcher` of every request with this body. */
  watch(body: Blob, watcher: Watcher): void {
    this.#watchers.set(body, watcher);
  }

  async handle(request: Request, options?: Options): ReturnType<Handle> {
    // One for each request: its events do not say which request they are about.
    const xhr = new XhrHttpHandler();
    const watcher = request.body instanceof Blob ? this.#watchers.get(request.body) : undefined;
    const standstill = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moves = () => {
      clearTimeout(timer);
      timer = setTimeout(() => standstill.abort(), STANDSTILL_MS);
    };
    xhr.on(XhrHttpHandler.EVENTS.UPLOAD_PROGRESS, (event: ProgressEvent) => {
      moves();
      watcher?.onProgress?.(event.loaded);
    });
    // S3 sends white space while it puts many parts together.
    xhr.on(XhrHttpHandler.EVENTS.PROGRESS, moves);
    const given = options?.abortSignal as AbortSignal | undefined;
    const abortSignal = given ? AbortSignal.any([given, standstill.signal]) : standstill.signal;
    moves();
    try {
      const result = await xhr.handle(request, { ...options, abortSignal });
      const { statusCode } = result.response;
      // The handler takes a broken connection or an abort for an answer with status 0, and the SDK takes that for a success: a photo
      // would be reported safe that never arrived. In the words of fetch, by which the SDK knows that another try may help.
      if (statusCode === 0) throw new TypeError('Failed to fetch');
      if (statusCode === 429 || statusCode === 503) watcher?.onThrottled?.();
      return result;
    } catch (error) {
      if (given?.aborted === true) throw new DOMException('Request aborted', 'AbortError');
      if (standstill.signal.aborted) throw new DOMException('Nothing moves any more', 'TimeoutError');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The SDK wants to configure its handler; there is nothing to configure. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}
