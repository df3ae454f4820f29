// Sends the SDK's requests by XMLHttpRequest, the only way a browser tells how much of an upload has gone.
import { XhrHttpHandler } from '@aws-sdk/xhr-http-handler';

type Handle = XhrHttpHandler['handle'];
type Request = Parameters<Handle>[0];

export class UploadHandler {
  readonly #progress = new WeakMap<Blob, (bytes: number) => void>();
  readonly metadata = { handlerProtocol: 'h1' };

  /** Calls `onProgress` with the bytes sent so far, whenever a request with this body moves. */
  report(body: Blob, onProgress: (bytes: number) => void): void {
    this.#progress.set(body, onProgress);
  }

  async handle(request: Request, options?: Parameters<Handle>[1]): ReturnType<Handle> {
    // One for each request: its events do not say which request they are about.
    const xhr = new XhrHttpHandler();
    const onProgress = request.body instanceof Blob ? this.#progress.get(request.body) : undefined;
    if (onProgress)
      xhr.on(XhrHttpHandler.EVENTS.UPLOAD_PROGRESS, (event: ProgressEvent) => onProgress(event.loaded));
    const result = await xhr.handle(request, options);
    // The handler takes a broken connection or an abort for an answer with status 0, and the SDK takes that for a success:
    // a photo would be reported safe that never arrived.
    if (result.response.statusCode === 0) {
      if (options?.abortSignal?.aborted === true) throw new DOMException('Request aborted', 'AbortError');
      // In the words of fetch, by which the SDK knows that another try may help.
      throw new TypeError('Failed to fetch');
    }
    return result;
  }

  /** The SDK wants to configure its handler; there is nothing to configure. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}
